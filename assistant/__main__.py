"""The focal point's front door: python -m assistant serve | ask | search."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from assistant import grid_commands, people_commands
from assistant.answer import Answer, AssistantError, Hit, Refusal, Turn
from assistant.options import (
    Country,
    Document,
    DocumentKind,
    Json,
    Language,
    Library,
    Organisation,
    Since,
    Until,
    assistant_of,
    filters_of,
    settings_of,
)
from ingest.documents import IngestError
from ingest.terminal import print_json, run, say

app = typer.Typer(help="Questions in: chat in the browser, or ask in the terminal.", no_args_is_help=True)

app.add_typer(people_commands.app, name="users")
grid_commands.add_to(app)

Question = Annotated[str | None, typer.Argument(help="the question")]
Batch = Annotated[
    Path | None, typer.Option("--batch", help="JSON lines of {id, question, history}; - is stdin")
]
InForce = Annotated[
    bool | None,
    typer.Option("--in-force/--superseded", help="only documents in force, or only superseded ones"),
]


@app.command()
def serve(
    library: Library = None,
    host: Annotated[str | None, typer.Option(help="the address to listen on")] = None,
    port: Annotated[int | None, typer.Option(help="the port to listen on")] = None,
    open_browser: Annotated[bool, typer.Option("--open", help="open the chat in a browser")] = False,
) -> None:
    """Start the chat in the browser."""
    from assistant.app import check_address
    from assistant.app import serve as act

    settings = settings_of(library)
    check_address(settings.library, host or settings.host)  # before the models are loaded
    with assistant_of(library) as assistant:
        assistant.warm_up()
        assistant.live.follow()
        act(assistant, host=host or settings.host, port=port or settings.port, open_browser=open_browser)


@app.command()
def mcp(library: Library = None) -> None:
    """Serve the library to one person's own assistant: MCP on standard input and output."""
    from assistant.api.mcp_server import stdio

    with assistant_of(library) as assistant:
        assistant.live.follow()
        stdio(assistant)


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
    in_force: InForce = None,
) -> None:
    """Answer a question with citations, or say that the documents do not."""
    filters = filters_of(country, kind, language, organisation, since, until, document, in_force)
    items = _questions(question, batch)
    with assistant_of(library) as assistant:
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
    in_force: InForce = None,
) -> None:
    """List the passages nearest to a question."""
    filters = filters_of(country, kind, language, organisation, since, until, document, in_force)
    items = _questions(question, batch)
    with assistant_of(library) as assistant:
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
        **hit.marks(),
        "score": round(hit.score, 6),
        "legs": {"dense": hit.dense, "lexical": hit.lexical},
    }


def _result_json(result: Answer | Refusal) -> dict[str, Any]:
    from dataclasses import asdict

    answered = isinstance(result, Answer)
    caution = result.caution if isinstance(result, Answer) else ""
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
        **({"caution": caution} if caution else {}),
        **_offer_json(result),
        "receipt": asdict(result.receipt),
    }


def _offer_json(result: Answer | Refusal) -> dict[str, Any]:
    from dataclasses import asdict

    from assistant.offers import offer_of

    offer = offer_of(result.standing_question)
    return {} if offer is None else {"offer": asdict(offer)}


def _print_result(result: Answer | Refusal) -> None:
    if isinstance(result, Refusal):
        say(result.reason)
        if result.nearest:
            say("\nNearest passages (not an answer):")
        for hit in result.nearest:
            say(f"  - {_place(hit)}: " + " ".join(hit.passage.text.split())[:200])
        return
    if result.caution:
        say(f"{result.caution}\n")
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
    return "; ".join((f"{source.title} ({source.name}{page}{label})", *hit.cautions))


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


def main() -> None:
    run(app, AssistantError, IngestError)


if __name__ == "__main__":
    main()
