"""A language model's opinion of a run (faithful? relevant?), and how far people agree with it. Advisory."""

from __future__ import annotations

import json
import logging
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from threading import get_ident
from typing import TYPE_CHECKING, Any, Literal, get_args

import prompts
from assistant.models import FIRST, TOTAL, ModelUnavailable, load_chat_model, stream_text
from assistant.spreadsheet import restored
from eval import bank_tables as tables
from eval.results import EvalError, Result, Run, Said
from eval.statistics import Interval, cohen_kappa, wilson
from eval.summary import verdict

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

    from assistant.settings import AssistantSettings

log = logging.getLogger(__name__)

Label = Literal["yes", "partly", "no"]
Aspect = Literal["faithful", "relevant"]
Progress = Callable[[int, int], None]  # judgements made, of how many

LABELS: tuple[Label, ...] = get_args(Label)
ASPECTS: tuple[Aspect, ...] = get_args(Aspect)
PROMPTS: dict[Aspect, str] = {"faithful": "judge_faithfulness", "relevant": "judge_relevance"}
WHAT: dict[Aspect, str] = {
    "faithful": "sentences are faithful to the passages they cite",
    "relevant": "answers are relevant to their questions",
}
ADVISORY = "advisory: a language model's opinion, which passes or fails nothing"

ROOM = 4_500  # characters of passages: with the prompt half of the local model's 4,096 tokens, in Arabic too
REPLY = 120  # tokens a judge may write: one word and a short sentence
UNREACHED = 3  # failures in a row after which the judge is given up
# A label that the line goes on with ("yes or no", "no passage ...") is none.
_LABEL = re.compile(
    r"[\W_]*(?:(?:answer|verdict|label)[\W_]+)?(yes|partly|partially|no)\b"
    r"(?![^\S\n]*(?:[\w/|]|,\s*(?:yes|partly|no)\b))(.*)",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True)
class Judgement:
    """One opinion. sentence: from 1; None where it is of the whole answer. label: None where the reply could
    not be read, or none came; `reason` then holds what came, or why none did."""

    question: str  # id
    sentence: int | None
    label: Label | None
    reason: str

    @property
    def aspect(self) -> Aspect:
        return _aspect(self.sentence)


def _aspect(sentence: int | None) -> Aspect:
    return "relevant" if sentence is None else "faithful"


@dataclass(frozen=True)
class Judged:
    """A run as a model sees it. prompts: name -> hash. writer: the model that wrote the answers, if any."""

    run: str
    model: str
    started: str  # ISO 8601, UTC
    prompts: dict[str, str]
    judgements: tuple[Judgement, ...]
    writer: str = ""
    advisory: str = ADVISORY

    def unread(self, aspect: Aspect) -> int:
        """How many replies could not be read; they are left out of all rates."""
        return sum(each.label is None for each in self.judgements if each.aspect == aspect)

    def rates(self, aspect: Aspect) -> dict[Label, Interval]:
        """Label -> its share of the replies that could be read (Wilson); excluded: those that could not."""
        counts = Counter(each.label for each in self.judgements if each.aspect == aspect)
        unread = counts.pop(None, 0)
        total = counts.total()
        return {label: wilson(counts[label], total, excluded=unread) for label in LABELS}

    def sentences(self) -> list[str]:
        """The result in plain words, which say first that it is advisory."""
        lines = [f"{self.advisory} (model: {self.model})"]
        if self.writer and self.writer == self.model:
            lines.append("the judge is the model that wrote the answers: expect it to be kind")
        for aspect in ASPECTS:
            rates = self.rates(aspect)
            other = ", ".join(f"{label} {rates[label].hits}" for label in LABELS[1:])
            unread = self.unread(aspect)
            left = f"; left out: {unread} whose reply could not be read" if unread else ""
            lines.append(f"{verdict(WHAT[aspect], rates['yes'])}; {other}{left}")
        return lines


def judge_model(settings: AssistantSettings) -> tuple[BaseChatModel, str]:
    """The model that the assistant's settings name, and its name. Raises EvalError, AssistantError."""
    if not settings.chat_model:
        raise EvalError("judging needs a chat model; set ASSISTANT_CHAT_MODEL (for example 'local')")
    model = load_chat_model(
        settings.chat_model,
        models_dir=settings.models,
        base_url=settings.chat_endpoint,
        api_key=settings.chat_key.get_secret_value(),
        timeout=settings.writing_time,
        max_tokens=REPLY,
    )
    return model, settings.chat_model


def judge(
    run: Run,
    model: BaseChatModel,
    *,
    name: str,
    progress: Progress | None = None,
    first: float = FIRST,
    total: float = TOTAL,
) -> Judged:
    """Asks `model` whether each sentence is faithful to its passages, and each answer relevant.

    Refusals are not judged. name: the model's. first, total: seconds, as `stream_text` has them. Raises
    EvalError where the model cannot be reached.
    """
    started = datetime.now(UTC).isoformat(timespec="seconds")
    asked = [each for result in run.results if result.answered for each in _asked(result)]
    tell = progress or (lambda done, of: None)
    made: list[Judgement] = []
    failures = 0
    for done, (blank, messages) in enumerate(asked):
        tell(done, len(asked))
        try:
            reply = "".join(stream_text(model, messages, first=first, total=total))
            failures = 0
        except ModelUnavailable as error:
            failures += error.reason == "down"
            if failures >= UNREACHED:
                raise EvalError(f"the judge {name!r} cannot be reached; nothing was kept: {error}") from error
            made.append(replace(blank, reason=f"no reply: {error.reason}"))
            continue
        label, reason = read(reply)
        made.append(replace(blank, label=label, reason=reason))
    tell(len(asked), len(asked))
    used = {prompt: prompts.load(prompt).hash for prompt in PROMPTS.values()}
    writer = run.models.get("chat", {}).get("name", "")
    return Judged(run.name, name, started, used, tuple(made), writer)


def read(reply: str) -> tuple[Label | None, str]:
    """The label and the reason of a judge's reply; (None, the reply) where it does not begin with a label."""
    found = _LABEL.match(reply)
    if found is None:
        return None, " ".join(reply.split())[:500]
    word = found[1].casefold()
    reason = " ".join(found[2].split()).lstrip(".,:;*-–— ")
    label: Label = "partly" if word.startswith("part") else "yes" if word == "yes" else "no"
    return label, reason[:500]


def _asked(result: Result) -> Iterator[tuple[Judgement, list[tuple[str, str]]]]:
    """What is asked of one answer: an empty judgement, and the messages that fill it."""
    faithfulness, relevance = (prompts.load(PROMPTS[aspect]).text for aspect in ASPECTS)
    close = "\n\nFirst line: yes, partly or no. Second line: the reason."
    for number, sentence in enumerate(result.sentences, start=1):
        passages = "\n".join(f"<passage>\n{_data(text)}\n</passage>" for text in _passages(sentence))
        words = f"{passages}\n\n<sentence>\n{_data(sentence.text)}\n</sentence>{close}"
        yield Judgement(result.id, number, None, ""), [("system", faithfulness), ("human", words)]
    question, answer = _data(result.standing_question), _data(result.text[:ROOM])
    words = f"<question>\n{question}\n</question>\n\n<answer>\n{answer}\n</answer>{close}"
    yield Judgement(result.id, None, None, ""), [("system", relevance), ("human", words)]


def _data(text: str) -> str:
    """`text` so that it can close no fence."""
    return text.replace("<", "‹").replace(">", "›")


def _passages(sentence: Said) -> list[str]:
    """The cited passages, once each; of those too long, what stands around the quote."""
    quotes: dict[str, str] = {}
    for cited in sentence.citations:
        quotes.setdefault(cited.passage or cited.quote, cited.quote)
    share = ROOM // max(1, len(quotes))
    return [_around(passage, quote, share) for passage, quote in quotes.items()]


def _around(text: str, quote: str, room: int) -> str:
    if len(text) <= room:
        return text
    at = max(text.find(quote), 0)
    start = max(0, min(at - (room - len(quote)) // 2, len(text) - room)) if len(quote) < room else at
    return text[start : start + room]


# Kept beside the run


def _file(library: Path, run: str) -> Path:
    return library / "runs" / f"{run}.judged.json"


def keep(judged: Judged, library: Path) -> Path:
    """Keeps it beside its run, in place of an earlier judging; the file."""
    file = _file(library, judged.run)
    part = file.with_name(f".{os.getpid()}-{get_ident()}.part")
    try:
        part.write_text(json.dumps(asdict(judged), ensure_ascii=False, indent=1), encoding="utf-8")
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)
    return file


def load(run: str, library: Path) -> Judged:
    """What was kept of the run `run` ("0002"). Raises EvalError where it was not judged, or is damaged."""
    from pydantic import TypeAdapter, ValidationError

    file = _file(library, run)
    if not file.is_file():
        raise EvalError(f"run {run} has not been judged; run: python -m eval judge {run}")
    try:
        return TypeAdapter(Judged).validate_json(file.read_bytes())
    except ValidationError as error:
        raise EvalError(f"{file} is damaged ({error.error_count()} faults); judge the run again") from error


# People's labels against the judge's


COLUMNS = ("id", "sentence", *ASPECTS)

Item = tuple[str, int | None]  # a question's id, and the number of a sentence or None


@dataclass(frozen=True)
class Agreement:
    """People's labels against a judge's, over what both labelled.

    n: items. agreed: the share with the same label (Wilson). kappa: Cohen's, None where it is undefined.
    table: people's label -> the judge's -> items. unread: labelled by people, but the judge's reply could not
    be read. by: the same for each aspect alone, where there is any of it.
    """

    n: int
    agreed: Interval
    kappa: float | None
    table: dict[Label, dict[Label, int]]
    unread: int
    by: dict[Aspect, Agreement]

    @property
    def sentence(self) -> str:
        """ "the judge agrees with people on 17 of 20 (95 %: 64 to 95 %), kappa 0.62: advisory"."""
        if not self.n:
            return "the judge and people labelled nothing in common: advisory"
        kappa = "undefined (one and the same label throughout)" if self.kappa is None else f"{self.kappa:.2f}"
        rate = verdict("", self.agreed).replace("  ", " ")
        left = f"; {self.unread} left out, where the judge's reply could not be read" if self.unread else ""
        return f"the judge agrees with people on {rate}, kappa {kappa}{left}: advisory"


def agreement(judged: Judged, labels: Path) -> Agreement:
    """People's labels (CSV or XLSX) against the judge's.

    Columns: id, sentence, faithful, relevant. A row with a sentence's number (from 1) says whether it is
    faithful, a row without one whether the answer is relevant: yes, partly or no. Raises EvalError that lists
    every fault by row and column.
    """
    said = {(each.question, each.sentence): each.label for each in judged.judgements}
    people = _labels(labels, said)
    by: dict[Aspect, Agreement] = {}
    for aspect in ASPECTS:
        own = {item: label for item, label in people.items() if _aspect(item[1]) == aspect}
        if own:
            by[aspect] = _agreement(own, said, {})
    return _agreement(people, said, by)


def _agreement(
    people: dict[Item, Label], said: dict[Item, Label | None], by: dict[Aspect, Agreement]
) -> Agreement:
    pairs = [(label, other) for item, label in people.items() if (other := said[item]) is not None]
    counts = Counter(pairs)
    unread = len(people) - len(pairs)
    return Agreement(
        n=len(pairs),
        agreed=wilson(sum(one == other for one, other in pairs), len(pairs), excluded=unread),
        kappa=cohen_kappa([one for one, _ in pairs], [other for _, other in pairs]),
        table={one: {other: counts[one, other] for other in LABELS} for one in LABELS},
        unread=unread,
        by=by,
    )


def _labels(path: Path, said: dict[Item, Label | None]) -> dict[Item, Label]:
    """What people said of each item of the run."""
    try:
        content = path.read_bytes()
        packed = content.startswith(b"PK\x03\x04")
        rows = iter(tables.xlsx_rows(content) if packed else tables.csv_rows(content))
        header = [str(cell or "").strip().casefold() for cell in next(rows, [])]
        numbered = list(enumerate(rows, start=2))
    except OSError as error:
        raise EvalError(f"the labels {path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise EvalError(f"{path.name} is not UTF-8: save the file as UTF-8 text") from error
    except EvalError as error:
        raise EvalError(f"{path.name}: {error}") from error
    missing = [name for name in COLUMNS[:2] if name not in header]
    if missing or not set(header) & set(ASPECTS):
        raise EvalError(f"{path.name}: row 1: the columns are {', '.join(COLUMNS)}, not {', '.join(header)}")
    people: dict[Item, Label] = {}
    first: dict[Item, int] = {}
    faults: list[str] = []
    for row, cells in numbered:
        values = {name: _word(cell) for name, cell in zip(header, cells, strict=False) if name in COLUMNS}
        if not any(values.values()):
            continue
        found = _item(values, said)
        if isinstance(found, str):
            faults.append(f"row {row}, {found}")
            continue
        item, label = found
        if first.setdefault(item, row) != row:
            faults.append(f"row {row}, column id: the same was labelled in row {first[item]}")
        people[item] = label
    if not faults and not people:
        faults.append("there is no label in it")
    if faults:
        raise EvalError(f"{path.name} has faults:\n" + "\n".join(f"- {fault}." for fault in faults))
    return people


def _word(cell: Any) -> str:
    if isinstance(cell, tables.Unusable):
        return cell.reason
    return restored(tables.cell_text(cell)).strip()


def _item(values: dict[str, str], said: dict[Item, Label | None]) -> tuple[Item, Label] | str:
    """What a row labels, and how; or what is wrong with it, from its column on."""
    id_, number = values.get("id", ""), values.get("sentence", "")
    if not any(known == id_ for known, _ in said):
        return f'column id: the run has no answer to a question "{id_}"'
    if number and not re.fullmatch("[0-9]{1,4}", number):
        return f'column sentence: "{number}" is no number; leave it empty for the whole answer'
    item: Item = (id_, int(number) if number else None)
    wanted = _aspect(item[1])
    other = "relevant" if wanted == "faithful" else "faithful"
    if item not in said:
        last = max(place or 0 for known, place in said if known == id_)
        return f'column sentence: the answer to "{id_}" has sentences 1 to {last}, not {number}'
    if values.get(other):
        what = "a whole answer" if item[1] is None else "a sentence"
        return f"column {other}: of {what} only {wanted} is labelled; empty this cell"
    label = values.get(wanted, "").casefold()
    if label not in LABELS:
        return f'column {wanted}: "{label}" is not yes, partly or no'
    return item, label
