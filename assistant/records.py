"""What is kept beside the library in records.sqlite, and in it what people say of answers.

Nothing of it leaves the machine.
"""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, get_args

from assistant.answer import Answer, AssistantError, Refusal, Turn
from assistant.migrations import migrate

log = logging.getLogger(__name__)

Verdict = Literal["right", "wrong", "wrong page", "incomplete"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)

FILE = "records.sqlite"
LONGEST = 2_000  # characters of a comment
WAIT = 30.0  # seconds that a writer waits for another one

# Applied once each, in this order; PRAGMA user_version counts them. Never change one: add the next.
_MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE feedback (
        id TEXT PRIMARY KEY, given TEXT NOT NULL, question TEXT NOT NULL, standing TEXT NOT NULL,
        language TEXT NOT NULL, history TEXT NOT NULL, scope TEXT NOT NULL, answered INTEGER NOT NULL,
        answer TEXT NOT NULL, cited TEXT NOT NULL, generation TEXT NOT NULL, receipt TEXT NOT NULL,
        verdict TEXT NOT NULL, comment TEXT NOT NULL
    )
    """,
    # Conversations (kept.py): whose, when they were begun and last went on; their exchanges as JSON, with the
    # words in them to search by, under the exchange's number; and answers that others may open (shares.py).
    """
    CREATE TABLE conversation (
        id TEXT PRIMARY KEY, person TEXT NOT NULL, title TEXT NOT NULL, begun TEXT NOT NULL,
        changed TEXT NOT NULL
    )
    """,
    "CREATE INDEX conversation_of ON conversation (person, changed)",
    """
    CREATE TABLE exchange (
        number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, conversation TEXT NOT NULL,
        place INTEGER NOT NULL, record TEXT NOT NULL
    )
    """,
    "CREATE INDEX exchange_of ON exchange (conversation, place)",
    "CREATE VIRTUAL TABLE exchange_words USING fts5(words)",
    """
    CREATE TABLE share (
        id TEXT PRIMARY KEY, person TEXT NOT NULL, exchange TEXT NOT NULL, made TEXT NOT NULL,
        open INTEGER NOT NULL, record TEXT NOT NULL
    )
    """,
    "CREATE INDEX share_of ON share (person, exchange)",
)


@dataclass(frozen=True)
class Place:
    """A place that an answer cited: the file's name, its 1-based page, and the quote."""

    document: str
    page: int | None
    quote: str


@dataclass(frozen=True)
class Feedback:
    """One verdict on one answer or refusal, with what was asked and said.

    id: of the answer; a later verdict on it takes the place of the earlier. when: ISO 8601, UTC. text: the
    answer's, or the refusal's reason. scope: the filters in words, "" for none. receipt: as JSON has it.
    """

    id: str
    when: str
    question: str
    standing_question: str
    history: tuple[Turn, ...]
    answered: bool
    text: str
    cited: tuple[Place, ...]
    generation: str
    verdict: Verdict
    comment: str = ""
    language: str = ""
    scope: str = ""
    receipt: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.verdict not in VERDICTS:
            raise ValueError(f"a verdict is one of {', '.join(VERDICTS)}, not {self.verdict!r}")


def feedback_on(
    result: Answer | Refusal,
    verdict: Verdict,
    comment: str = "",
    *,
    id: str,
    question: str,
    history: Sequence[Turn] = (),
    scope: str = "",
) -> Feedback:
    """What is kept of a verdict on `result`, given now. question: as it was typed."""
    sentences = result.sentences if isinstance(result, Answer) else ()
    places = (
        Place(each.hit.source.name, each.hit.passage.page, each.quote)
        for sentence in sentences
        for each in sentence.citations
    )
    return Feedback(
        id=id,
        when=datetime.now(UTC).isoformat(timespec="milliseconds"),
        question=question,
        standing_question=result.standing_question,
        history=tuple(history),
        answered=isinstance(result, Answer),
        text=result.text if isinstance(result, Answer) else result.reason,
        cited=tuple(dict.fromkeys(places)),
        generation=result.receipt.generation,
        verdict=verdict,
        comment=comment.strip()[:LONGEST],
        language=result.language,
        scope=scope,
        receipt=json.loads(json.dumps(asdict(result.receipt))),
    )


def connect(library: Path) -> sqlite3.Connection:
    """The library's records, made and brought up to date as needed; the caller closes it.

    Several processes may write: each waits up to WAIT seconds. Raises AssistantError.
    """
    path = library / FILE
    try:
        library.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path, timeout=WAIT)
        try:
            connection.execute("PRAGMA secure_delete = ON")  # what is deleted is written over
            migrate(connection, path, _MIGRATIONS, WAIT)
        except BaseException:
            connection.close()
            raise
    except (OSError, sqlite3.Error) as error:
        raise _unusable(path, error) from error
    return connection


@contextmanager
def using(library: Path) -> Iterator[sqlite3.Connection]:
    """`connect`, closed after the block; errors of the database in it are AssistantErrors too."""
    with closing(connect(library)) as connection:
        try:
            yield connection
        except sqlite3.Error as error:
            raise _unusable(library / FILE, error) from error


def clear(connection: sqlite3.Connection) -> None:
    """Takes out of the file what was deleted: from the word index, which else keeps a deleted word until it
    is merged, and from the log of changes beside the file. Call it after the change is committed.

    Where others read for longer than WAIT the log keeps it until a later call, or until the last reader ends.
    """
    with connection:
        connection.execute("INSERT INTO exchange_words (exchange_words) VALUES ('optimize')")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def _unusable(path: Path, error: Exception) -> AssistantError:
    return AssistantError(
        f"{path} cannot be used ({error}); see that the disk has room and that this program may write there"
    )


def keep_feedback(library: Path, feedback: Feedback) -> None:
    """Keeps `feedback`, in place of an earlier verdict on the same answer. Raises AssistantError."""
    row = (
        feedback.id,
        feedback.when,
        feedback.question,
        feedback.standing_question,
        feedback.language,
        json.dumps([asdict(turn) for turn in feedback.history]),
        feedback.scope,
        int(feedback.answered),
        feedback.text,
        json.dumps([asdict(place) for place in feedback.cited]),
        feedback.generation,
        json.dumps(feedback.receipt),
        feedback.verdict,
        feedback.comment,
    )
    # A browser may send half of a surrogate pair, which SQLite does not take.
    plain = [each.encode(errors="replace").decode() if isinstance(each, str) else each for each in row]
    marks = ", ".join("?" * len(plain))
    with using(library) as connection, connection:
        connection.execute(f"INSERT OR REPLACE INTO feedback VALUES ({marks})", plain)
    log.info("kept the verdict %r on answer %s", feedback.verdict, feedback.id)


def feedback(library: Path, verdicts: Sequence[Verdict] = ()) -> tuple[Feedback, ...]:
    """What was said of answers, oldest first; only `verdicts`, where some are named. Raises AssistantError.

    Reading makes no file: a library without feedback gives none.
    """
    if not (library / FILE).is_file():
        return ()
    wanted = tuple(verdicts) or VERDICTS
    query = (
        "SELECT id, given, question, standing, history, answered, answer, cited, generation, verdict,"
        f" comment, language, scope, receipt FROM feedback WHERE verdict IN ({', '.join('?' * len(wanted))})"
        " ORDER BY given, rowid"
    )
    with using(library) as connection:
        return tuple(_feedback(row) for row in connection.execute(query, wanted))


def _feedback(row: Sequence[Any]) -> Feedback:
    id_, when, question, standing, history, answered, text, cited, generation, verdict, *rest = row
    comment, language, scope, receipt = rest
    return Feedback(
        id_,
        when,
        question,
        standing,
        tuple(Turn(**each) for each in json.loads(history)),
        bool(answered),
        text,
        tuple(Place(**each) for each in json.loads(cited)),
        generation,
        verdict,
        comment,
        language,
        scope,
        json.loads(receipt),
    )
