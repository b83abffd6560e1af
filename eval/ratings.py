"""What people say of a run's answers, kept in the library's records.sqlite, and how far they agree."""

from __future__ import annotations

import sqlite3
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path
from typing import Literal, get_args

from eval.results import EvalError
from eval.statistics import cohen_kappa

Verdict = Literal["right", "partly", "wrong"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
LONGEST = 60  # characters of a rater's name

# `who` is the rater's name whatever its capitals: the same person, typed again, goes on where they were.
_TABLE = """
CREATE TABLE IF NOT EXISTS ratings (
    run TEXT NOT NULL, question TEXT NOT NULL, who TEXT NOT NULL, rater TEXT NOT NULL,
    verdict TEXT NOT NULL, page_bears INTEGER NOT NULL, given TEXT NOT NULL,
    PRIMARY KEY (run, question, who)
)
"""
# Landis and Koch 1977, Biometrics 33:159: kappa up to ..., in words.
_DEGREES = ((0.0, "no"), (0.2, "slight"), (0.4, "fair"), (0.6, "moderate"), (0.8, "substantial"))


@dataclass(frozen=True)
class Rating:
    """One person's word on one answer. page_bears: whether the cited pages bear the answer out."""

    run: str
    question: str
    rater: str
    verdict: Verdict
    page_bears: bool
    when: str  # ISO 8601, UTC


@dataclass(frozen=True)
class Difference:
    """An answer that two people rated differently: their verdicts, and whether the page bears it."""

    question: str
    verdicts: tuple[Verdict, Verdict]
    page_bears: tuple[bool, bool]


@dataclass(frozen=True)
class Agreement:
    """Two people on the answers that both rated. Kappas are None where they are undefined."""

    raters: tuple[str, str]
    answers: int
    same_verdict: int
    verdict_kappa: float | None
    same_page: int
    page_kappa: float | None
    differences: tuple[Difference, ...]

    @property
    def sentences(self) -> tuple[str, str]:
        """Plain words on the verdicts, and on the cited pages."""
        one, two = self.raters
        rated = "the same answer" if self.answers == 1 else f"the same {self.answers} answers"
        return (
            f"{one} and {two} rated {rated} and give the same verdict on {self.same_verdict}."
            f" {_beyond_chance(self.verdict_kappa)}",
            f"On whether the cited page bears the answer out they agree on {self.same_page} of"
            f" {self.answers}. {_beyond_chance(self.page_kappa)}",
        )


def _beyond_chance(kappa: float | None) -> str:
    if kappa is None:
        return "Both gave one and the same word throughout, so Cohen's kappa is undefined."
    return f"Beyond chance that is {degree(kappa)} agreement (Cohen's kappa {kappa:.2f})."


def degree(kappa: float) -> str:
    """How far a kappa is agreement: "no", "slight", "fair", "moderate", "substantial", "almost perfect"."""
    return next((word for most, word in _DEGREES if kappa <= most), "almost perfect")


def rater_name(typed: str) -> str:
    """The name or initials as they are kept. Raises EvalError where there is none, or it is too long."""
    visible = "".join(each if each.isprintable() else " " for each in unicodedata.normalize("NFC", typed))
    name = " ".join(visible.split())
    if not name:
        raise EvalError("whose rating is it? Type your name or initials")
    if len(name) > LONGEST:
        raise EvalError(f"the name has {len(name)} characters; shorten it to {LONGEST}, or give initials")
    return name


def rate(library: Path, run: str, question_id: str, rater: str, verdict: str, page_bears: bool) -> Rating:
    """Keeps a rating, in place of an earlier one by the same person on the same answer.

    Raises EvalError for a verdict that is none or a rater without a name; AssistantError where the records
    cannot be used.
    """
    name = rater_name(rater)
    known = next((each for each in VERDICTS if each == verdict), None)
    if known is None:
        raise EvalError(f"a verdict is one of {', '.join(VERDICTS)}, not {verdict!r}")
    made = Rating(run, question_id, name, known, page_bears, datetime.now(UTC).isoformat(timespec="seconds"))
    with _records(library) as connection, connection:
        connection.execute(
            "INSERT OR REPLACE INTO ratings VALUES (?, ?, ?, ?, ?, ?, ?)",
            (run, question_id, name.casefold(), name, known, int(page_bears), made.when),
        )
    return made


def ratings(library: Path, run: str) -> tuple[Rating, ...]:
    """All ratings of a run's answers, by rater, then question."""
    from assistant.records import FILE

    if not (library / FILE).is_file():  # reading makes no file
        return ()
    query = (
        "SELECT run, question, rater, verdict, page_bears, given FROM ratings WHERE run = ?"
        " ORDER BY who, question"
    )
    with _records(library) as connection:
        return tuple(
            Rating(of, question, rater, verdict, bool(bears), when)
            for of, question, rater, verdict, bears, when in connection.execute(query, (run,))
        )


@contextmanager
def _records(library: Path) -> Iterator[sqlite3.Connection]:
    from assistant.answer import AssistantError
    from assistant.records import FILE, connect

    with closing(connect(library)) as connection:
        try:
            connection.execute(_TABLE)
            yield connection
        except sqlite3.Error as error:
            raise AssistantError(
                f"the ratings in {library / FILE} cannot be used ({error}); see that the disk has room"
            ) from error


def by_rater(found: Sequence[Rating]) -> dict[str, dict[str, Rating]]:
    """Rater -> question -> rating, raters as they last wrote themselves."""
    people: dict[str, dict[str, Rating]] = {}
    names: dict[str, str] = {}
    for rating in sorted(found, key=lambda each: each.when):
        names[rating.rater.casefold()] = rating.rater
        people.setdefault(rating.rater.casefold(), {})[rating.question] = rating
    return {names[who]: people[who] for who in sorted(people)}


def agreement(found: Sequence[Rating]) -> tuple[Agreement, ...]:
    """For each two people who rated the same answers of a run, how far they agree."""
    people = by_rater(found)
    pairs = []
    for one, two in combinations(people, 2):
        shared = sorted(people[one].keys() & people[two].keys())
        if shared:
            pairs.append(_agreement(one, two, [(people[one][each], people[two][each]) for each in shared]))
    return tuple(pairs)


def _agreement(one: str, two: str, pairs: Sequence[tuple[Rating, Rating]]) -> Agreement:
    first, second = [a.verdict for a, _ in pairs], [b.verdict for _, b in pairs]
    here, there = [a.page_bears for a, _ in pairs], [b.page_bears for _, b in pairs]
    return Agreement(
        (one, two),
        len(pairs),
        sum(a == b for a, b in zip(first, second, strict=True)),
        cohen_kappa(first, second),
        sum(a == b for a, b in zip(here, there, strict=True)),
        cohen_kappa(here, there),
        tuple(
            Difference(a.question, (a.verdict, b.verdict), (a.page_bears, b.page_bears))
            for a, b in pairs
            if (a.verdict, a.page_bears) != (b.verdict, b.page_bears)
        ),
    )
