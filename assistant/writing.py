"""The writing composer: a chat model writes from numbered passages; only what verification bears is shown."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import prompts
from assistant.answer import Answer, Citation, Hit, Sentence
from assistant.models import FIRST, TOTAL, ModelUnavailable, fare_of, load_chat_model, stream_text
from assistant.numbers import numbers
from assistant.orders import gives_orders
from assistant.sentences import units
from assistant.told import as_data, choose, messages
from assistant.verify import Cosine, Verdict, borne, cite, support
from assistant.words import reads_as, sentence_ends, stems

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

__all__ = ["ModelUnavailable", "load_chat_model", "write"]

log = logging.getLogger(__name__)

SENTENCES = 5  # sentences shown at most
QUOTES = 3  # quotes that one written sentence may rest on
# Share of a written sentence's content stems that must stand in its quotes: more than for a passage, of which
# a reader sees more.
OVERLAP = 0.75

_MARK = r"\[\s*(?:passages?\s+)?\d+(?:\s*[,;–-]\s*(?:passages?\s+)?\d+)*\s*\]"
_MARKS = re.compile(_MARK, re.IGNORECASE)
_MARKS_NEXT = re.compile(rf"(?:[ \t]*{_MARK})*[.。]?", re.IGNORECASE)
_NUMBERING = re.compile(r"^\W*\d+(?:\.\d+)*[.)]\s")
_BULLET = re.compile(r"^\s*(?:[-*•–]\s+|\d{1,2}[.)]\s+|#+\s+)|\*\*|__")


def complete_sentences(pieces: Iterator[str]) -> Iterator[str]:
    """Sentences with their marks, each once the next has begun; an unfinished last one is dropped."""
    text = ""
    leading: bool | None = None  # some models set the mark before the sentence
    for piece in pieces:
        text += piece
        if leading is None and text.strip():
            leading = text.lstrip().startswith("[")
        while (cut := _first_cut(text, leading is True)) is not None:
            if text[:cut].strip():
                yield text[:cut].strip()
            text = text[cut:]
    text = text.strip()
    if text and (_MARKS.search(text[-12:]) or re.search(r"[.!?؟۔。！？…][\"'”’»)\]]*$", text)):
        yield text


def _first_cut(text: str, leading: bool) -> int | None:
    """Where the first sentence of `text` ends, marks after it included, once it is sure that it has."""
    for end in sentence_ends(text):
        marks = None if leading else _MARKS_NEXT.match(text, end)
        cut = marks.end() if marks else end
        rest = text[cut:].lstrip(" \t")
        if rest and (leading or not rest.startswith("[")):
            return cut
    return None


def write(
    question: str,
    language: str,
    hits: Sequence[Hit],
    quoted: Answer,
    model: BaseChatModel,
    *,
    page_text: Callable[[Hit], str],
    cosine: Cosine | None = None,
    first: float = FIRST,
    total: float = TOTAL,
    sentences: int = SENTENCES,
) -> Iterator[Sentence]:
    """The verified sentences `model` writes on `question`, each as soon as it stands; nothing if none does.

    hits: best first. quoted: the quoting composer's answer; what it cites is read first. page_text: the text
    of a hit's page. first, total: seconds. Raises ModelUnavailable where the model is down, slow or silent;
    sentences yielded before that stay verified. What they leave untold of `quoted` follows as it is.
    """
    fare = fare_of(model)
    chosen = choose(hits, quoted, fare.passages)
    desk = _Desk(language, chosen, page_text, cosine)
    told = messages(question, language, chosen, quoted, fare.tokens)
    pieces = stream_text(model, told, first=first, total=total)
    try:
        for raw in complete_sentences(pieces):
            sentence = desk.check(raw)
            if sentence is not None:
                yield sentence
            if len(desk.shown) >= sentences or desk.again:  # a small model goes round in circles
                break
    finally:
        close = getattr(pieces, "close", None)
        if close is not None:
            close()
    if desk.shown:
        yield from (each for each in quoted.sentences if not desk.told(each))


def warm_up(model: BaseChatModel) -> None:
    """Lets a local model read the part of its prompt that never changes, which it then remembers."""
    if fare_of(model).remembers:
        for _ in stream_text(model, [("system", prompts.load("answer").text), ("human", "")]):
            break


@dataclass
class _Desk:
    """Checks one written sentence after another against the passages of one question."""

    language: str
    hits: Sequence[Hit]
    page_text: Callable[[Hit], str]
    cosine: Cosine | None
    shown: list[str] = field(default_factory=list)
    again: bool = False  # whether the last sentence had been shown before
    cited: set[tuple[str, str]] = field(default_factory=set)  # (passage id, quote)

    def check(self, raw: str) -> Sentence | None:
        """`raw` as a cited sentence, or None where it does not stand."""
        marks = {int(mark) for found in _MARKS.findall(raw) for mark in _marked(found, len(self.hits))}
        text = _BULLET.sub("", _MARKS.sub("", raw))
        text = re.sub(r"\s+([.,;:!?。，])", r"\1", " ".join(text.split())).lstrip(" :;,.–-")
        self.again = text in self.shown
        if text.rstrip(".") == "NONE" or not any(char.isalpha() for char in text) or text.endswith("?"):
            return None
        sentence, reason = None, self._unfit(text, marks)
        if not reason:
            by_support = sorted(self.hits, key=lambda hit: -self._support(text, hit.passage.text, hit))
            # A small model often sets no mark, or a wrong one: then the passage that supports it most is
            # tried.
            for cited in ([self.hits[mark - 1] for mark in sorted(marks)], by_support[:1]):
                if sentence is None and cited:
                    sentence, why = self._stands(text, cited)
                    reason = reason or why
        if sentence is None:
            log.info("a written sentence was cut: %s", reason)
            log.debug("the sentence that was cut: %s", text)
            return None
        self.shown.append(text)
        self.cited |= {(each.hit.passage.id, each.quote) for each in sentence.citations}
        return sentence

    def told(self, quoted: Sentence) -> bool:
        """Whether what was shown rests on this sentence, and tells its numbers and half of its words."""
        if not any((each.hit.passage.id, each.quote) in self.cited for each in quoted.citations):
            return False
        shown, text = " ".join(self.shown), _NUMBERING.sub("", quoted.text)
        if numbers(text, quoted.language) - numbers(shown, self.language):
            return False
        own = set(stems(text, quoted.language))
        return quoted.language != self.language or 2 * len(own & set(stems(shown, self.language))) >= len(own)

    def _unfit(self, text: str, marks: set[int]) -> str:
        if self.again:
            return "it repeats another"
        titles = {as_data(title) for hit in self.hits for title in (hit.source.title, *hit.passage.headings)}
        if " › " in text or any(title.startswith(text) for title in titles):
            return "it is a title"
        if text.endswith((":", "：")):
            return "it ends where a list should follow"
        if not reads_as(text, self.language):
            return "it is in another language"
        if any(not 1 <= mark <= len(self.hits) for mark in marks):
            return "its mark leads nowhere"
        return ""

    def _support(self, text: str, option: str, hit: Hit) -> float:
        return support(text, option, self.language, hit.source.language)

    def _stands(self, text: str, cited: Sequence[Hit]) -> tuple[Sentence | None, str]:
        """`text` with the fewest quotes of one of `cited` that bear it, or why none do.

        The quotes themselves, and not only the passage around them: a reader is shown no more. Of one
        passage: what is put together from two may be said by neither.
        """
        reason = ""
        for hit in sorted(cited, key=lambda hit: -self._support(text, hit.passage.text, hit)):
            options = self._options(hit)
            chosen: list[Citation] = []
            why = "no cited passage was found on its page"
            while len(chosen) < QUOTES and (fitting := _fitting(options, chosen)):
                chosen.append(max(fitting, key=lambda option: self._nearness(text, [*chosen, option])))
                verdict = self._borne(text, chosen)
                if verdict:
                    ordered = tuple(option for option in options if option in chosen)
                    return Sentence(text, ordered, self.language), ""
                why = verdict.reason
            reason = reason or why
        return None, reason

    def _options(self, hit: Hit) -> list[Citation]:
        page = self.page_text(hit)
        found = [cite(hit, option, page) for option in candidates(hit, page)]
        return [citation for citation in found if citation is not None]

    def _borne(self, text: str, chosen: Sequence[Citation]) -> Verdict:
        """Whether quotes of one passage bear `text`; a row has its columns' names beside it."""
        hit = chosen[0].hit
        row = hit.passage.kind == "row"
        return borne(
            text,
            [hit.passage.text if row else " ".join(each.quote for each in chosen)],
            language=self.language,
            cited_languages=[hit.source.language],
            titles=[hit.source.title, *hit.passage.headings],
            cosine=self.cosine,
            overlap=OVERLAP,
        )

    def _nearness(self, text: str, chosen: Sequence[Citation]) -> float:
        near = self._support(text, " ".join(each.quote for each in chosen), chosen[-1].hit)
        if self.cosine is not None and chosen[-1].hit.source.language not in (self.language, "", "und"):
            return near + 4 * self.cosine(text, chosen[-1].quote)
        return near


def _fitting(options: Sequence[Citation], chosen: Sequence[Citation]) -> list[Citation]:
    """What may be quoted of a passage beside `chosen`: only what stands next to it, for "this factor" and
    "they" lean on that."""
    taken = {place for place, option in enumerate(options) if option in chosen}
    return [
        option
        for place, option in enumerate(options)
        if place not in taken and (not taken or {place - 1, place + 1} & taken)
    ]


def candidates(hit: Hit, page: str) -> list[str]:
    """What may be quoted of a hit: its sentences, or a table row in the page's own words (or its cells).

    None of it gives orders: what a model was told to say must not be borne out by the order to say it.
    """
    passage = hit.passage
    if passage.kind != "row":
        found = [unit.text for unit in units(passage, hit.source.language)]
    else:
        row = page[passage.start : passage.end]
        cells = [line.partition(": ")[2] or line for line in passage.text.splitlines()]
        found = [row] if 0 < len(row) <= 500 else [cell for cell in cells if cell in page]
    return [text for text in found if not gives_orders(text)]


def _marked(mark: str, most: int) -> list[int]:
    """The passage numbers of one mark: "[1, 3]" -> 1, 3; "[2-4]" -> 2, 3, 4."""
    found: list[int] = []
    for part in re.split(r"[,;]", mark):
        ends = [int(number) for number in re.findall(r"\d+", part)]
        found += range(ends[0], min(ends[-1], ends[0] + most) + 1) if len(ends) == 2 else ends
    return found
