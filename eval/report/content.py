"""What a report of a run says, part by part: built once (build.py), rendered as a page or as DOCX."""

from __future__ import annotations

import re
from dataclasses import dataclass

from eval.statistics import Interval

# What neither HTML nor XML may hold: control characters, lone surrogates, non-characters.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def printable(text: str) -> str:
    return _UNPRINTABLE.sub("\ufffd", text)


@dataclass(frozen=True)
class Link:
    """A question's id, and the anchor of its part of the report ("" where it has none)."""

    text: str
    anchor: str = ""


@dataclass(frozen=True)
class Claim:
    """One sentence of the verdict under its label: "Good", "Falls short" ...

    kind: which it is in every language: "overall", "good", "short", "first" or "since".
    """

    kind: str
    label: str
    sentence: str


@dataclass(frozen=True)
class Measure:
    """One metric, ready to print. `earlier`, `was` and `moved` are those of the run before, if there is one.

    name: the metric's. moved: "better", "worse", or "" where no difference is shown.
    """

    name: str
    label: str
    rate: bool
    interval: Interval
    value: str  # "77 %"
    span: str  # "66 to 86 %"
    counted: str  # "51 of 66"
    left_out: str  # how many questions, and why
    earlier: Interval | None = None
    was: str = ""
    moved: str = ""


@dataclass(frozen=True)
class Group:
    """Measures under a heading; `left_out` where all leave out the same, and then theirs is empty."""

    title: str
    measures: tuple[Measure, ...]
    left_out: str = ""


@dataclass(frozen=True)
class Direction:
    """One way to be wrong about refusing, with what it costs; questions: those that went that way."""

    title: str
    value: str
    counted: str
    cost: str
    questions: tuple[Link, ...]


@dataclass(frozen=True)
class Time:
    label: str
    value: str
    note: str = ""
    was: str = ""


@dataclass(frozen=True)
class Cell:
    text: str
    small: str = ""


@dataclass(frozen=True)
class Table:
    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class Lost:
    """A stage, and its label, with the questions lost there; `share` of all questions of the run."""

    stage: str
    label: str
    meaning: str
    advice: str
    share: float
    questions: tuple[Link, ...]


@dataclass(frozen=True)
class Sentence:
    """A sentence with the numbers of its citations; `differs`: it is not in the other run's answer."""

    text: str
    marks: tuple[int, ...]
    differs: bool = False


@dataclass(frozen=True)
class Citation:
    """A place that an answer cites; quotes: those that are not themselves sentences of the answer."""

    number: int
    where: str
    right: bool | None  # None where no page is expected
    verbatim: bool
    quotes: tuple[str, ...]


@dataclass(frozen=True)
class Reply:
    """An answer with its citations, or the words of a refusal or an error (`silence`)."""

    sentences: tuple[Sentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    silence: str = ""
    note: str = ""


@dataclass(frozen=True)
class Fact:
    words: str
    met: bool


@dataclass(frozen=True)
class Expected:
    """A gold place. parts: of its page, each quoted or not, () where the page cannot be shown (`remark`)."""

    where: str
    quotes: tuple[str, ...]
    parts: tuple[tuple[str, bool], ...] = ()
    cut_before: bool = False
    cut_after: bool = False
    remark: str = ""


@dataclass(frozen=True)
class Failure:
    """A question that fell short: what was expected, what was given, and where it was lost.

    lost: the words for `stage`.
    """

    link: Link
    question: str
    standing: str  # "" where the question was searched as it was put
    history: tuple[tuple[str, str], ...]
    about: str
    stage: str
    lost: str
    meaning: str
    found: str
    facts: tuple[Fact, ...]
    expected: tuple[Expected, ...]
    expects_refusal: bool
    reply: Reply
    note: str


@dataclass(frozen=True)
class Answers:
    """An answer that changed. effect: "worse", "better" or "neither".

    cause: "error", "question", "retrieval", "choice" or "wording".
    """

    link: Link
    question: str
    about: str
    effect: str
    cause: str
    why: str  # the sentence that begins with it
    old: Reply
    new: Reply
    old_outcome: str
    new_outcome: str


@dataclass(frozen=True)
class Move:
    """One measure before and after. verdict: "better", "worse" or "no difference shown"."""

    label: str
    was: str
    now: str
    verdict: str
    test: str
    gained: tuple[Link, ...]
    lost: tuple[Link, ...]


@dataclass(frozen=True)
class Comparison:
    name: str  # of the run before
    summary: str
    moves: tuple[Move, ...]
    changed: tuple[Answers, ...]


@dataclass(frozen=True)
class Definition:
    label: str
    better: str
    method: str
    left_out: str


@dataclass(frozen=True)
class Repeat:
    """How to make this run again, and what its measures mean."""

    command: str
    power: str
    facts: tuple[tuple[str, str], ...]
    settings: tuple[tuple[str, str], ...]
    definitions: tuple[Definition, ...]
    wording: tuple[tuple[str, tuple[str, ...]], ...]  # heading, paragraphs


@dataclass(frozen=True)
class Content:
    """ui: the language that all of it is in, but for what documents, banks and answers say."""

    title: str
    subtitle: str
    compared: str
    verdict: tuple[Claim, ...]
    standard: str  # what "good" means in the verdict
    groups: tuple[Group, ...]
    directions: tuple[Direction, ...]
    refusing: str
    times: tuple[Time, ...]
    seconds: tuple[float, ...]
    strata: tuple[Table, ...]
    questions: int
    lost: tuple[Lost, ...]
    failures: tuple[Failure, ...]
    comparison: Comparison | None
    repeat: Repeat
    ui: str = "en"
