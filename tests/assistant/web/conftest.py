"""A small invented library behind the screen's protocol, and a server that shows it."""

from __future__ import annotations

import copy
import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant.answer import (
    Answer,
    AssistantError,
    Citation,
    Event,
    Filters,
    Finished,
    Hit,
    Quoted,
    Receipt,
    Refusal,
    Searching,
    Sentence,
    Source,
    Turn,
    Written,
)
from assistant.settings import AssistantSettings
from ingest.documents import Block, Page, Passage

NASTY = (
    '<script>alert("x")</script><img src=x onerror=alert(1)> ![](http://evil.example/a.png) '
    "${alert(1)} {{this}}"
)

_RIVER = (
    "Of the returnees who were offered vocational training, 64 per cent were earning an income twelve "
    "months after their return. Women were less likely to complete a course than men, above all where no "
    "child care was at hand."
)
_FLEUVE = (
    "Les délais de paiement ont découragé un tiers des participants, surtout pendant la saison des pluies."
)
_NOTE = "Begin with what people already do when they come home."

_PADDING = (
    "The evaluation team visited six districts and spoke with two hundred and twelve returnees, village "
    "committees and local officials. Interviews were held in three languages and notes were compared every "
    "evening, so that differences between districts could be followed up on the next day. "
)
_PAGES = {
    "river": (
        f"4.2 Reintegration support\n{_PADDING * 2}\n{_RIVER}\n{_PADDING * 2}\n"
        "The committee recommends that training places be paired with child care in every district."
    ),
    "fleuve": (
        "Constats principaux\nLes comités villageois ont suivi les activités jusqu'à la fin du projet.\n"
        f"{_FLEUVE}\nLes partenaires locaux demandent un calendrier plus souple."
    ),
    "note": (
        f"Planning with communities\n{_NOTE} A plan that ignores informal savings groups will be ignored "
        "by them in turn.\nWrite targets that a district office can count."
    ),
    "nasty": f"{NASTY}\nThe words {NASTY} stand on this page.",
}


class FakeEngine:
    """Answers by keyword; `delay` seconds pass before each event after the first (a slow model)."""

    def __init__(self, folder: Path, delay: float = 0.0) -> None:
        self.delay = delay
        self.settings = AssistantSettings(library=folder)
        self.asked: list[tuple[str, tuple[Turn, ...], Filters, bool]] = []
        self.limited: dict[str, str] = {}  # key of a document -> the group that it is limited to
        self.left: dict[str, str] = {}  # SHA-256 of one that has left the library -> the same
        self._groups: frozenset[str] | None = None
        self._files: dict[str, Path] = {}
        self._sources: dict[str, Source] = {}
        title = "Final evaluation of the River Basin Return Programme"
        self._add(
            folder,
            "river",
            _pdf(folder),
            Source(
                "", "river.pdf", title, "evaluation", ("MLI", "SEN"), ("IOM",), (2019, 2021), 2022, "en", ""
            ),
        )
        title = "Revue à mi-parcours du projet Fleuve"
        self._add(
            folder,
            "fleuve",
            b"<h1>Revue</h1><script>alert(1)</script>",
            Source("", "revue-fleuve.html", title, "evaluation", ("SEN",), ("UNDP",), None, 2020, "fr", ""),
        )
        title = "Guidance note: planning with communities"
        self._add(
            folder,
            "note",
            b"# Planning\n<script>alert(1)</script>",
            Source("", "note.md", title, "guidance note", (), ("IOM",), None, 2018, "en", ""),
        )
        self._add(
            folder,
            "nasty",
            b"plain",
            Source("", "<b>nasty</b>.txt", NASTY, "report", (), (), None, None, "en", ""),
        )

    def _add(self, folder: Path, key: str, data: bytes, source: Source) -> None:
        digest = hashlib.sha256(data).hexdigest()
        path = folder / digest
        path.write_bytes(data)
        self._files[digest] = path
        self._sources[key] = replace(source, document=digest)

    def hit(
        self, key: str, words: str, page: int | None, label: str, headings: tuple[str, ...], ordinal: int
    ) -> Hit:
        text, source = _PAGES[key], self._sources[key]
        start = text.index(words)
        passage = Passage(source.document, ordinal, page, label, headings, words, start, start + len(words))
        return Hit(passage, source, 1.0)

    def sentences(self) -> tuple[Sentence, ...]:
        river = self.hit("river", _RIVER, 34, "iv", ("4 Findings", "4.2 Reintegration support"), 7)
        fleuve = self.hit("fleuve", _FLEUVE, None, "", ("Constats principaux",), 2)
        first, second = river.passage.text.split(". ", 1)
        return (
            Sentence(f"{first}.", (Citation(river, f"{first}."),), "en"),
            Sentence(second, (Citation(river, second),), "en"),
            Sentence(fleuve.passage.text, (Citation(fleuve, fleuve.passage.text),), "fr"),
        )

    def stream(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        filters: Filters = Filters(),  # noqa: B008
        as_typed: bool = False,
        sentences: Any = None,
    ) -> Iterator[Event]:
        self.asked.append((question, tuple(history), filters, as_typed))
        standing = f"{question} (after {history[-1].question})" if history and not as_typed else question
        yield Searching(standing, as_typed=standing == question)
        time.sleep(self.delay)
        receipt = Receipt("0001", {}, {}, filters, (), len(self._sources))
        low = question.lower()
        if "broken" in low:
            raise ValueError("secret detail")
        if "unavailable" in low:
            raise AssistantError("The library is being moved. Try again in a minute.")
        if "moon" in low:
            guidance = self.hit("note", _NOTE, None, "", ("Planning with communities",), 1)
            nearest = (guidance, self.sentences()[0].citations[0].hit)
            reason = "None of the documents speaks of the moon; the nearest passages are about planning."
            yield Finished(Refusal(standing, "en", reason, nearest, receipt))
            return
        wanted, sentences = sentences, self.sentences()
        if "nasty" in low:
            hit = self.hit("nasty", f"The words {NASTY} stand on this page.", 1, "<i>1</i>", (NASTY,), 0)
            sentences = (Sentence(hit.passage.text, (Citation(hit, hit.passage.text),), "en"),)
        answer = Answer(standing, "en", sentences[:wanted], receipt)
        if "write" not in low:
            yield Finished(answer)
            return
        yield Quoted(answer)
        written = (
            Sentence(
                "Most people who took up vocational training had an income a year later.",
                answer.sentences[0].citations,
                "en",
            ),
            Sentence(
                "Late payments and missing child care made others give up.",
                (*answer.sentences[2].citations, *answer.sentences[1].citations),
                "en",
            ),
        )
        for each in written:
            time.sleep(self.delay)
            yield Written(each)
        note = "One sentence was left out because no passage bears it out."
        yield Finished(replace(answer, sentences=written, composer="writing", note=note))

    def next_questions(self, answer: Answer) -> Iterator[str]:
        yield "What did the committee recommend?"
        yield ""
        yield "How were the interviews held?"

    def seen_by(self, groups: frozenset[str]) -> FakeEngine:
        seen = copy.copy(self)
        seen._groups = groups
        seen._sources = {
            key: source for key, source in self._sources.items() if self.limited.get(key, "") in ("", *groups)
        }
        return seen

    def supersede(self, key: str, newer: str) -> None:
        self._sources[key] = replace(self._sources[key], superseded=newer)

    def may_read_left(self, document: str) -> bool:
        return self._groups is None or self.left.get(document, "") in ("", *self._groups)

    def sources(self) -> Sequence[Source]:
        return list(self._sources.values())

    def example_questions(self) -> Sequence[str]:
        return (
            "How many returnees had an income after vocational training?",
            "What held participants back in Senegal?",
            "How should plans treat informal savings groups?",
        )

    def page_text(self, document: str, page: int | None) -> str:
        key = next(key for key, source in self._sources.items() if source.document == document)
        return _PAGES[key]

    def page(self, document: str, page: int | None) -> Page | None:
        key = next(key for key, source in self._sources.items() if source.document == document)
        if key == "river" and page in range(1, 34):
            return Page(page, "", ())
        if page != {"river": 34, "nasty": 1}.get(key):
            return None
        blocks = tuple(Block("paragraph", line) for line in _PAGES[key].split("\n"))
        return Page(page, "iv" if key == "river" else "", blocks)

    def page_count(self, document: str) -> int:
        return 34 if document == self._sources["river"].document else 1

    def original(self, document: str) -> Path:
        return self._files[document]

    def generation(self) -> str:
        return "0001"


def _pdf(folder: Path) -> bytes:
    """34 pages; the words of "river" stand on the last one, broken into lines."""
    import textwrap

    from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

    path = folder / "made.pdf"
    canvas = Canvas(str(path), invariant=1)
    for number in range(1, 34):
        canvas.drawString(72, 720, f"Final evaluation, page {number}")
        canvas.showPage()
    text = canvas.beginText(72, 760)
    for paragraph in _PAGES["river"].split("\n"):
        text.textLines("\n".join(textwrap.wrap(paragraph, 80)))
        text.textLine()
    canvas.drawText(text)
    canvas.save()
    return path.read_bytes()


@pytest.fixture
def engine(tmp_path: Path) -> FakeEngine:
    return FakeEngine(tmp_path)


@pytest.fixture(scope="session")
def make_engine() -> Callable[..., FakeEngine]:
    return FakeEngine
