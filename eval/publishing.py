"""The gate before publishing: a bank put to a candidate and to the live generation, and what would change."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import cached_property

from assistant.answer import AssistantError
from assistant.chat import Assistant
from assistant.settings import AssistantSettings
from eval.bank import bank_hash, load_bank
from eval.compare import Change, Short, load_floors, shortfalls, worse
from eval.moves import Moves, about, cited
from eval.report.build import build
from eval.report.content import Content, Reply
from eval.report.page import render
from eval.report.pages import pages_of
from eval.report.questions import why_changed
from eval.report.verdict import questions
from eval.report.words import also, ended, file_name, say, together
from eval.results import EvalError, Run
from eval.run import Runs, program_hash, run_bank
from ingest.gate import Changed, Direction, GateRequest, GateResult, GateWords, write
from ingest.library import Library, LibraryError
from ingest.settings import IngestSettings
from ingest.wording import LANGUAGES, listed

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
    changed = _changed(content, before, after, moves) if before else ()
    left_out = tuple(question.id for question in bank if question.id not in asked)
    found = _Found(request, before, after, moves, changed, left_out, shortfalls(after, floors))
    words = {language: found.told(language) for language in LANGUAGES}
    return GateResult(
        passed=not words["en"].faults,
        verdict=words["en"].verdict,
        better=sum(each.direction == "better" for each in changed),
        worse=sum(each.direction == "worse" for each in changed),
        changed=changed,
        run=after.name,
        report=report,
        faults=words["en"].faults,
        left_out=left_out,
        told=words,
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


def _content(request: GateRequest, before: Run | None, after: Run, moves: Moves) -> Content:
    with closing(Library(request.root).catalogue(request.candidate)) as catalogue:
        pages = pages_of(catalogue)
        return build(after, before, lambda name, page: pages(moves.renamed.get(name, name), page))


def _changed(content: Content, before: Run, after: Run, moves: Moves) -> tuple[Changed, ...]:
    """The questions that are answered otherwise: worse ones first, then better ones."""
    assert content.comparison is not None
    why = _Why(before, after, moves)
    return tuple(
        Changed(
            each.question,
            _words(each.old),
            _words(each.new),
            _DIRECTIONS[each.effect],
            why.said(each.link.text, "en"),
            each.link.text,
        )
        for each in content.comparison.changed
    )


def _words(reply: Reply) -> str:
    """What was said as one text, each sentence with the places that it cites."""
    where = {citation.number: citation.where for citation in reply.citations}
    said = (f"{each.text} [{'; '.join(where[mark] for mark in each.marks)}]" for each in reply.sentences)
    return reply.silence or "\n".join(said)


class _Why:
    """Why answers are not what they were: what became of the documents, and what of the answer."""

    def __init__(self, before: Run, after: Run, moves: Moves) -> None:
        self._asked = {question.id: question for question in after.questions}
        self._old, self._new = ({result.id: result for result in run.results} for run in (before, after))
        self._moves = moves

    def said(self, id_: str, ui: str) -> str:
        happened = self._moves.what_happened(self.documents(id_), ui)
        return together(ui, (happened, why_changed(self._old[id_], self._new[id_], ui)))

    def documents(self, id_: str) -> list[str]:
        """The file names that the question is about, or that one of its answers cites."""
        return [*about(self._asked[id_]), *cited(self._old[id_]), *cited(self._new[id_])]


@dataclass(frozen=True)
class _Found:
    """What the gate has to say, in any language."""

    request: GateRequest
    before: Run | None
    after: Run
    moves: Moves
    changed: Sequence[Changed]
    left_out: Sequence[str]
    short: Sequence[Short]

    @cached_property
    def worse(self) -> list[Change]:
        return worse(self.before, self.after) if self.before else []

    def told(self, ui: str) -> GateWords:
        faults = (*(each.said(ui) for each in self.short), *(self._worse(each, ui) for each in self.worse))
        why = _Why(self.before, self.after, self.moves) if self.before else None
        whys = tuple(why.said(each.id, ui) for each in self.changed) if why else ()
        return GateWords(self._verdict(faults, ui), faults, whys)

    def _worse(self, change: Change, ui: str) -> str:
        assert self.before is not None
        fields = {"name": self.before.generation, "moved": change.moved_by(ui)}
        return say(ui, "gate_said.worse_than", label=change.metric.labelled(ui), **fields)

    def _verdict(self, faults: Sequence[str], ui: str) -> str:
        name, against = self.request.candidate, self.request.against
        if not faults:
            parts = [say(ui, "gate_said.passes", name=name)]
        else:
            key = "gate_said.short_more" if len(faults) > 1 else "gate_said.short"
            parts = [say(ui, key, name=name, fault=faults[0], count=len(faults) - 1)]
        if against:
            ways = Counter(each.direction for each in self.changed)
            counts = {"count": len(self.changed), "all": len(self.after.questions)}
            key = "gate_said.changed" if self.changed else "gate_said.same"
            parts.append(say(ui, key, name=against, worse=ways["worse"], better=ways["better"], **counts))
        if gone := self._withdrawn():
            parts.append(say(ui, "gate_said.withdraws", names=_some(gone, ui)))
        if self.left_out:
            names = _some(self.left_out, ui)
            parts.append(say(ui, "gate_said.left_out", count=len(self.left_out), names=names))
        return ended(ui, also(ui, parts))

    def _withdrawn(self) -> list[str]:
        """The withdrawn documents that answers rest on."""
        if self.before is None:
            return []
        why = _Why(self.before, self.after, self.moves)
        named = {name for each in self.changed for name in why.documents(each.id)}
        return sorted(self.moves.withdrawn & named)


def _some(names: Sequence[str], ui: str) -> str:
    first = listed(ui, (file_name(name, ui) for name in names[:_NAMED]))
    rest = len(names) - _NAMED
    return say(ui, "gate_said.more", names=first, count=rest) if rest > 0 else first
