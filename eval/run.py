"""A bank put to a generation: every question asked, the run kept with what repeats it."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from threading import get_ident
from time import perf_counter

from pydantic import TypeAdapter, ValidationError

from assistant.answer import AssistantError, Citation, Filters, Refusal
from assistant.chat import Assistant
from assistant.verify import cite
from eval.bank import bank_hash, load_bank
from eval.results import Cited, EvalError, Found, Question, Result, Run, Said

log = logging.getLogger(__name__)

Progress = Callable[[int, int], None]  # questions done, of how many

# Of the settings, what no answer depends on: where things are, and the gate that runs the bank itself.
_ELSEWHERE = {"library", "models", "chat_key", "generation", "gate_bank", "gate_floor"}

DEEP = 40  # passages asked for, so that ten different pages are among them


def run_bank(assistant: Assistant, bank: Path, progress: Progress) -> Run:
    """Puts every question of `bank` to the assistant. Raises EvalError where the bank has faults."""
    questions = load_bank(bank)
    assistant.warm_up()  # else the first question's time is that of loading the model
    assistant.forget()  # else a small bank that is run again looks faster than it was
    started = datetime.now(UTC).isoformat(timespec="seconds")
    generation = assistant.generation()
    sources = assistant.sources()
    results: list[Result] = []
    for done, question in enumerate(questions):
        progress(done, len(questions))
        results.append(search_and_ask(assistant, question))
    progress(len(questions), len(questions))
    if assistant.generation() != generation:
        raise EvalError(f"generation {generation} was replaced while the bank was being run; run it again")
    gold = {place.document for question in questions for place in question.evidence}
    receipt = next((result.receipt for result in results if result.receipt), {})
    return Run(
        name="",
        started=started,
        bank=bank.name,
        bank_hash=bank_hash(bank),
        generation=generation,
        documents=len(sources),
        settings=json.loads(assistant.settings.model_dump_json(exclude=_ELSEWHERE)),
        models=receipt.get("models", {}),
        prompts=receipt.get("prompts", {}),
        questions=questions,
        results=tuple(results),
        languages={source.name: source.language for source in sources if source.name in gold},
        kinds={source.name: source.kind for source in sources if source.name in gold},
        program=program_hash(),
    )


def program_hash() -> str:
    """SHA-256 of the files that answers come from: programs, prompts and the evidence model."""
    digest = hashlib.sha256()
    for package in ("assistant", "ingest", "prompts"):
        folder = Path(str(files(package)))
        for file in sorted(folder.rglob("*")):
            if file.suffix in (".py", ".md", ".onnx"):
                digest.update(str(file.relative_to(folder)).encode() + b"\0")
                digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def search_only(assistant: Assistant, question: Question) -> Result:
    """What search finds for a question as it stands after its history, without an answer."""
    wanted = Filters(documents=question.documents)
    try:
        standing = assistant.standing(question.question, question.history)
        found = assistant.search(standing, k=DEEP, filters=wanted, reading=True)
    except AssistantError as error:
        return _failed(question, error)
    hits = tuple(Found(hit.source.name, hit.passage.page, hit.passage.id) for hit in found.hits)
    return Result(question.id, False, standing, found.language, hits)


def search_and_ask(assistant: Assistant, question: Question) -> Result:
    """The answer or refusal to a question, and what search finds. An error is kept as `problem`.

    Asking comes first: search then finds the question's vector remembered, and not the timed answer.
    """
    start = perf_counter()
    try:
        result = assistant.ask(
            question.question, history=question.history, filters=Filters(documents=question.documents)
        )
    except AssistantError as error:
        return replace(_failed(question, error), found=search_only(assistant, question).found)
    seconds = round(perf_counter() - start, 4)
    common = replace(
        search_only(assistant, question),
        standing_question=result.standing_question,
        language=result.language,
        seconds=seconds,
        receipt=json.loads(json.dumps(asdict(result.receipt))),  # as it comes back from the kept file
    )
    if isinstance(result, Refusal):
        return replace(common, reason=result.reason)
    sentences = tuple(
        Said(each.text, tuple(_cited(assistant, citation) for citation in each.citations))
        for each in result.sentences
    )
    return replace(common, answered=True, sentences=sentences, note=result.note)


def _failed(question: Question, error: AssistantError) -> Result:
    log.warning("question %s ended in an error: %s", question.id, error)
    return Result(question.id, False, question.question, question.language, (), problem=str(error))


def _cited(assistant: Assistant, citation: Citation) -> Cited:
    passage, source = citation.hit.passage, citation.hit.source
    page = assistant.page_text(passage.document, passage.page)
    return Cited(
        source.name,
        passage.page,
        passage.label,
        citation.quote,
        cite(citation.hit, citation.quote, page) is not None,
        passage.text,
        (source.title, *passage.headings),
        source.language,
    )


class Runs:
    """The runs kept in a library: one readable JSON file each, never changed, named by number."""

    def __init__(self, library: Path) -> None:
        self.folder = library / "runs"

    def names(self) -> Sequence[str]:
        """The kept runs, oldest first."""
        return sorted((file.stem for file in self.folder.glob("*.json") if file.stem.isdigit()), key=int)

    def keep(self, run: Run) -> Run:
        """`run` with the name it is kept under from now on."""
        self.folder.mkdir(parents=True, exist_ok=True)
        part = self.folder / f".{os.getpid()}-{get_ident()}.part"
        try:
            while True:
                number = int(self.names()[-1]) + 1 if self.names() else 1
                named = replace(run, name=f"{number:04d}")
                part.write_text(json.dumps(asdict(named), ensure_ascii=False, indent=1), encoding="utf-8")
                with suppress(FileExistsError):  # another run took the number meanwhile: the next one
                    os.link(part, self._file(named.name))
                    return named
        finally:
            part.unlink(missing_ok=True)

    def load(self, name: str) -> Run:
        """A kept run. Raises EvalError where there is none, or its file is damaged."""
        wanted = f"{int(name):04d}" if re.fullmatch(r"\d{1,9}", name) else name
        file = self._file(wanted)
        if wanted not in self.names():
            known = ", ".join(self.names()) or "none yet; run: python -m eval run BANK"
            raise EvalError(f"there is no run {name!r} in {self.folder}; the runs are: {known}")
        try:
            return TypeAdapter(Run).validate_json(file.read_bytes())
        except ValidationError as error:
            raise EvalError(
                f"{file} is damaged ({error.error_count()} faults); run the bank again"
            ) from error

    def _file(self, name: str) -> Path:
        return self.folder / f"{name}.json"
