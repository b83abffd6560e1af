"""The focal point's front door: python -m assistant serve | ask | search."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from assistant.answer import Answer, AssistantError, Filters, Hit, Refusal, Turn
from ingest.documents import IngestError
from ingest.terminal import print_json, run, say

app = typer.Typer(help="Questions in: chat in the browser, or ask in the terminal.", no_args_is_help=True)

Library = Annotated[Path | None, typer.Option("--library", help="the library's directory")]
Question = Annotated[str | None, typer.Argument(help="the question")]
Batch = Annotated[
    Path | None, typer.Option("--batch", help="JSON lines of {id, question, history}; - is stdin")
]
Json = Annotated[bool, typer.Option("--json", help="print JSON")]
Country = Annotated[
    list[str] | None, typer.Option("--country", help="name or ISO 3166 code; may be repeated")
]
DocumentKind = Annotated[list[str] | None, typer.Option("--kind", help="evaluation, framework, brief, ...")]
Language = Annotated[list[str] | None, typer.Option("--language", help="of the documents: en, fr, ...")]
Organisation = Annotated[list[str] | None, typer.Option("--organisation", help="IOM, UNDP, ...")]
Since = Annotated[int | None, typer.Option("--from", help="documents that cover this year or later ones")]
Until = Annotated[int | None, typer.Option("--to", help="documents that cover this year or earlier ones")]
Document = Annotated[list[str] | None, typer.Option("--document", help="a file name; may be repeated")]


@app.command()
def serve(
    library: Library = None,
    host: Annotated[str | None, typer.Option(help="the address to listen on")] = None,
    port: Annotated[int | None, typer.Option(help="the port to listen on")] = None,
    open_browser: Annotated[bool, typer.Option("--open", help="open the chat in a browser")] = False,
) -> None:
    """Start the chat in the browser."""
    from assistant.app import serve as act

    with _assistant(library) as assistant:
        assistant.warm_up()
        settings = assistant.settings
        act(assistant, host=host or settings.host, port=port or settings.port, open_browser=open_browser)


@app.command()
def ask(
    question: Question = None,
    library: Library = None,
    batch: Batch = None,
    as_json: Json = False,
    country: Country = None,
    kind: DocumentKind = None,
    language: Language = None,
    organisation: Organisation = None,
    since: Since = None,
    until: Until = None,
    document: Document = None,
) -> None:
    """Answer a question with citations, or say that the documents do not."""
    filters = _filters(country, kind, language, organisation, since, until, document)
    items = _questions(question, batch)
    with _assistant(library) as assistant:
        for item in items:
            result = assistant.ask(item["question"], history=_history(item), filters=filters)
            if batch or as_json:
                print_json({"id": item.get("id"), **_result_json(result)}, one_line=batch is not None)
            else:
                _print_result(result)


@app.command()
def search(
    question: Question = None,
    library: Library = None,
    batch: Batch = None,
    k: Annotated[int, typer.Option("--k", min=1, max=100, help="passages wanted")] = 10,
    quick: Annotated[
        bool, typer.Option("--quick", help="do not read the best passages to order them")
    ] = False,
    as_json: Json = False,
    country: Country = None,
    kind: DocumentKind = None,
    language: Language = None,
    organisation: Organisation = None,
    since: Since = None,
    until: Until = None,
    document: Document = None,
) -> None:
    """List the passages nearest to a question."""
    filters = _filters(country, kind, language, organisation, since, until, document)
    items = _questions(question, batch)
    with _assistant(library) as assistant:
        for item in items:
            standing = assistant.standing(item["question"], _history(item))
            found = assistant.search(standing, k=k, filters=filters, reading=not quick)
            if batch or as_json:
                passages = [_hit_json(hit) for hit in found.hits]
                print_json({"id": item.get("id"), "passages": passages}, one_line=batch is not None)
            else:
                for number, hit in enumerate(found.hits, 1):
                    say(f"{number:2}. {_place(hit)}")
                    say("    " + " ".join(hit.passage.text.split())[:300])


def _hit_json(hit: Hit) -> dict[str, Any]:
    return {
        "document": hit.source.name,
        "title": hit.source.title,
        "page": hit.passage.page,
        "label": hit.passage.label,
        "headings": list(hit.passage.headings),
        "text": hit.passage.text,
        "score": round(hit.score, 6),
        "legs": {"dense": hit.dense, "lexical": hit.lexical},
    }


def _result_json(result: Answer | Refusal) -> dict[str, Any]:
    from dataclasses import asdict

    answered = isinstance(result, Answer)
    return {
        "kind": "answer" if answered else "refusal",
        "standing_question": result.standing_question,
        "language": result.language,
        "sentences": [
            {"text": sentence.text, "citations": [citation.to_json() for citation in sentence.citations]}
            for sentence in (result.sentences if isinstance(result, Answer) else ())
        ],
        "reason": "" if isinstance(result, Answer) else result.reason,
        "nearest": [] if isinstance(result, Answer) else [_hit_json(hit) for hit in result.nearest],
        "note": result.note if isinstance(result, Answer) else "",
        "receipt": asdict(result.receipt),
    }


def _print_result(result: Answer | Refusal) -> None:
    if isinstance(result, Refusal):
        say(result.reason)
        if result.nearest:
            say("\nNearest passages (not an answer):")
        for hit in result.nearest:
            say(f"  - {_place(hit)}: " + " ".join(hit.passage.text.split())[:200])
        return
    numbers: dict[str, int] = {}
    places: dict[str, str] = {}
    for sentence in result.sentences:
        marks = []
        for citation in sentence.citations:
            id_ = citation.hit.passage.id
            number = numbers.setdefault(id_, len(numbers) + 1)
            places[id_] = _place(citation.hit)
            marks.append(f"[{number}]")
        say(f"{sentence.text} {''.join(dict.fromkeys(marks))}")
    say("")
    for id_, number in numbers.items():
        say(f"[{number}] {places[id_]}")
    if result.note:
        say(f"\n{result.note}")


def _place(hit: Hit) -> str:
    passage, source = hit.passage, hit.source
    page = f", p. {passage.page}" if passage.page else ""
    label = (
        f" (printed {passage.label})" if passage.page and passage.label not in ("", str(passage.page)) else ""
    )
    return f"{source.title} ({source.name}{page}{label})"


def _filters(
    country: list[str] | None,
    kind: list[str] | None,
    language: list[str] | None,
    organisation: list[str] | None,
    since: int | None,
    until: int | None,
    document: list[str] | None,
) -> Filters:
    return Filters(
        tuple(country or ()), tuple(kind or ()), tuple(language or ()), tuple(organisation or ()),
        since, until, tuple(document or ()),
    )  # fmt: skip


def _questions(question: str | None, batch: Path | None) -> list[dict[str, Any]]:
    if (question is None) == (batch is None):
        raise AssistantError("give either a QUESTION or --batch FILE")
    if question is not None:
        return [{"question": question}]
    assert batch is not None
    return list(_lines(batch))


def _lines(batch: Path) -> Iterator[dict[str, Any]]:
    try:
        text = sys.stdin.read() if str(batch) == "-" else batch.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise AssistantError(f"{batch} cannot be read ({error}); give a UTF-8 file of JSON lines") from error
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            item = json.loads(line)
        except json.JSONDecodeError as error:
            raise AssistantError(
                f"{batch}, line {number} is not JSON: {error.msg}; correct the line"
            ) from error
        if not isinstance(item, dict) or not isinstance(item.get("question"), str):
            raise AssistantError(f'{batch}, line {number} has no text "question"; add it')
        yield item


def _history(item: dict[str, Any]) -> tuple[Turn, ...]:
    """Earlier turns: chat messages (role, content), objects with question and answer, or bare questions."""
    turns: list[Turn] = []
    for entry in item.get("history") or ():
        if not isinstance(entry, dict):
            turns.append(Turn(str(entry)))
        elif entry.get("role") == "user":
            turns.append(Turn(str(entry.get("content", ""))))
        elif "role" in entry:
            if turns:
                turns[-1] = Turn(turns[-1].question, str(entry.get("content", "")))
        else:
            turns.append(Turn(str(entry.get("question", "")), str(entry.get("answer", ""))))
    return tuple(turns)


def _assistant(library: Path | None) -> Any:
    from assistant.chat import Assistant
    from assistant.settings import AssistantSettings

    settings = AssistantSettings()
    return Assistant(settings.model_copy(update={"library": library}) if library else settings)


def main() -> None:
    run(app, AssistantError, IngestError)


if __name__ == "__main__":
    main()
