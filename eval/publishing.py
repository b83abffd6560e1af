"""The gate before publishing: a bank put to a candidate and to the live generation, and what would change."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace

from assistant.answer import AssistantError
from assistant.chat import Assistant
from assistant.settings import AssistantSettings
from eval.bank import bank_hash, load_bank
from eval.compare import below, load_floors, worse
from eval.moves import Moves, about, cited
from eval.report import render
from eval.report_build import build
from eval.report_content import Content, Reply
from eval.report_pages import pages_of
from eval.report_verdict import questions
from eval.results import EvalError, Question, Run
from eval.run import Runs, program_hash, run_bank
from ingest.gate import Changed, Direction, GateRequest, GateResult, write
from ingest.library import Library, LibraryError
from ingest.settings import IngestSettings

_NAMED = 3  # of documents or questions the verdict names so many; the result names all
_DIRECTIONS: dict[str, Direction] = {"better": "better", "worse": "worse", "neither": "other"}
# What AssistantSettings adds, but for what changes no answer: runs with other values are not the same.
_NO_MATTER = {"generation", "host", "port", "chat_key", "first_token", "writing_time"}
_MATTER = AssistantSettings.model_fields.keys() - IngestSettings.model_fields.keys() - _NO_MATTER


def gate(request: GateRequest) -> GateResult:
    """Whether the candidate may be published: every floor holds, and no measure is worse than live.

    Raises LibraryError where the bank or the floor file has faults, or no question is about this library.
    """
    try:
        return _gate(request)
    except (EvalError, AssistantError) as error:
        raise LibraryError(f"the gate cannot say whether to publish: {error}") from error


def _gate(request: GateRequest) -> GateResult:
    floors = load_floors(request.floor) if request.floor else {}
    bank = load_bank(request.bank)
    moves = Moves.between(Library(request.root), request.against, request.candidate)
    asked = {question.id for question in bank if moves.can_ask(question)}
    if not asked:
        raise EvalError(
            f"none of the {questions(len(bank))} of {request.bank.name} is about documents of this library;"
            " name another bank"
        )
    *live, candidate = (_only(run, asked) for run in _runs(request, len(bank)))
    before, after = live[0] if live else None, moves.under_old_names(candidate)
    content = _content(request, before, after, moves)
    report = f"{request.candidate}.html"
    write(request.root, report, render(content))
    faults = below(after, floors) + (_worse(before, after) if before else [])
    changed = _changed(content, before, after, moves) if before else ()
    left_out = tuple(question.id for question in bank if question.id not in asked)
    return GateResult(
        passed=not faults,
        verdict=_verdict(request, len(asked), faults, changed, left_out, moves),
        better=sum(each.direction == "better" for each in changed),
        worse=sum(each.direction == "worse" for each in changed),
        changed=changed,
        run=after.name,
        report=report,
        faults=tuple(faults),
        left_out=left_out,
    )


# Running


def _runs(request: GateRequest, count: int) -> list[Run]:
    """The run of the live generation, where there is one, and that of the candidate."""
    names = [name for name in (request.against, request.candidate) if name]
    kept = {name: _kept(request, name) for name in names}
    missing = [name for name in names if kept[name] is None]
    return [kept[name] or _run(request, name, missing, count) for name in names]


def _run(request: GateRequest, name: str, missing: Sequence[str], count: int) -> Run:
    earlier = missing.index(name) * count

    def tell(done: int, total: int) -> None:
        detail = f"generation {name}, question {min(done + 1, total)} of {total}"
        request.progress("gate", earlier + done, len(missing) * count, detail)

    with Assistant(_settings(request, name)) as assistant:
        return Runs(request.root).keep(run_bank(assistant, request.bank, tell))


def _settings(request: GateRequest, generation: str) -> AssistantSettings:
    """Those of the assistant, with those of the request for the library and its models."""
    given = {name: getattr(request.settings, name) for name in IngestSettings.model_fields}
    return AssistantSettings(**{**given, "library": request.root, "generation": generation})


def _kept(request: GateRequest, generation: str) -> Run | None:
    """A run that would come out the same if it were made again, None if there is none."""
    info = Library(request.root).info(generation)
    bank, program = bank_hash(request.bank), program_hash()
    settings = json.loads(_settings(request, generation).model_dump_json(include=set(_MATTER)))
    runs = Runs(request.root)
    for name in reversed(runs.names()):
        try:
            run = runs.load(name)
        except EvalError:  # damaged, or of another version
            continue
        if run.started <= info.created:  # of another generation: a discarded one's name is given again
            return None
        if (
            (run.generation, run.bank_hash, run.program) == (generation, bank, program)
            and run.models.get("embedding", {}).get("hash") == info.models["embedding"]["hash"]
            and settings.items() <= run.settings.items()
        ):
            return run
    return None


def _only(run: Run, asked: set[str]) -> Run:
    """The run without the questions that this library cannot be asked."""
    pairs = [pair for pair in zip(run.questions, run.results, strict=True) if pair[0].id in asked]
    return replace(run, questions=tuple(q for q, _ in pairs), results=tuple(result for _, result in pairs))


# Judging


def _worse(before: Run, after: Run) -> list[str]:
    return [
        f"{change.metric.label}: worse than in generation {before.generation}, {change.moved_by()}"
        for change in worse(before, after)
    ]


def _content(request: GateRequest, before: Run | None, after: Run, moves: Moves) -> Content:
    with closing(Library(request.root).catalogue(request.candidate)) as catalogue:
        pages = pages_of(catalogue)
        return build(after, before, lambda name, page: pages(moves.renamed.get(name, name), page))


def _changed(content: Content, before: Run, after: Run, moves: Moves) -> tuple[Changed, ...]:
    """The questions that are answered otherwise: worse ones first, then better ones."""
    assert content.comparison is not None
    asked: dict[str, Question] = {question.id: question for question in after.questions}
    old, new = ({result.id: result for result in run.results} for run in (before, after))
    found = []
    for each in content.comparison.changed:
        id_ = each.link.text
        named = [*about(asked[id_]), *cited(old[id_]), *cited(new[id_])]
        why = " ".join(filter(None, (moves.what_happened(named), each.why)))
        direction = _DIRECTIONS[each.effect]
        found.append(Changed(each.question, _words(each.old), _words(each.new), direction, why, id_))
    return tuple(found)


def _words(reply: Reply) -> str:
    """What was said as one text, each sentence with the places that it cites."""
    where = {citation.number: citation.where for citation in reply.citations}
    said = (f"{each.text} [{'; '.join(where[mark] for mark in each.marks)}]" for each in reply.sentences)
    return reply.silence or "\n".join(said)


def _verdict(
    request: GateRequest,
    asked: int,
    faults: Sequence[str],
    changed: Sequence[Changed],
    left_out: Sequence[str],
    moves: Moves,
) -> str:
    more = f" (and {len(faults) - 1} more like it)" if len(faults) > 1 else ""
    why = f"falls short: {faults[0]}{more}" if faults else "may be published"
    parts = [f"generation {request.candidate} {why}"]
    if request.against:
        counts = {way: sum(each.direction == way for each in changed) for way in ("worse", "better")}
        told = f"{counts['worse']} worse, {counts['better']} better" if changed else ""
        many = f"{len(changed) or 'none'} of {questions(asked)}"
        parts.append(
            f"{many} would be answered otherwise than by generation {request.against}{told and f' ({told})'}"
        )
    gone = [name for name in sorted(moves.withdrawn) if any(name in each.why for each in changed)]
    if gone:
        parts.append(f"it withdraws documents that answers rest on: {_some(gone)}")
    if left_out:
        parts.append(
            f"{questions(len(left_out))} left out, about documents that this library lacks: {_some(left_out)}"
        )
    sentence = "; ".join(parts)
    return f"{sentence[:1].upper()}{sentence[1:]}."


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"{', '.join(names[:_NAMED])}{more}"
