"""The sentence that shows best what a document says of a family: prose before table rows and contents."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from assistant.answer import Citation, Hit, Source
from assistant.sentences import Unit, count_words, units
from assistant.verify import cite
from ingest.documents import Passage

Spans = Sequence[tuple[int, int]]  # of places, as offsets into their page's text

# So many passages are looked at for the best sentence: the rest cost time, and one of these nearly always has
# a whole sentence.
_LOOKED_AT = 4
_KINDS = {"text": 0, "row": 1, "footnote": 2}
_ENDS = re.compile(r"[.!?؟۔。！？;؛；]['\"”’»)\]]*$")
_LEADERS = re.compile(r"\.{4,}|(?:\. ){4,}|…{2,}|_{4,}|https?:|www\.")
_FEWEST, _MOST = 8, 50  # words of a sentence that can stand by itself and is read at a glance


class Quotes:
    """Finds the quotes of one document; what a passage's sentences are is worked out once."""

    def __init__(self, source: Source, page_text: Callable[[int | None], str]) -> None:
        self._source, self._page_text = source, page_text
        self._units: dict[str, tuple[Unit, ...]] = {}

    def best(self, held: Mapping[Passage, Spans]) -> Citation | None:
        """The best sentence of the passages that hold places, None where none can be cited."""
        order = sorted(held, key=lambda each: (_KINDS[each.kind], -min(len(held[each]), 3), each.ordinal))
        ranked = []
        for place, passage in enumerate(order[:_LOOKED_AT]):
            for unit in self._of(passage):
                count = _held(passage, unit, held[passage], self._page_text(passage.page))
                if count:
                    ranked.append((_worth(passage, unit, count), -place, -unit.start, passage, unit))
        ranked.sort(key=lambda each: each[:3], reverse=True)
        for _, _, _, passage, unit in ranked:
            if found := self._cited(passage, unit, held[passage]):
                return found
        return self.line(held)

    def line(self, held: Mapping[Passage, Spans]) -> Citation | None:
        """The line of the page that holds the first place, for places that stand in no sentence: a heading,
        an entry of a table of contents. `held`: by the passage beside them."""
        for passage, spans in held.items():
            page = self._page_text(passage.page)
            for start, end in spans:
                first, last = page.rfind("\n", 0, start) + 1, page.find("\n", end)
                line = page[first : last if last >= 0 else len(page)]
                quote = line if count_words(line) <= 2 * _MOST else page[start:end]
                if found := cite(Hit(passage, self._source, 0.0), quote, page):
                    return found
        return None

    def opening(self, passage: Passage, words: int = 60) -> Citation | None:
        """The first sentences of a passage, up to about so many words."""
        kept: list[Unit] = []
        for unit in self._of(passage):
            if kept and count_words(passage.text[kept[0].start : unit.end]) > words:
                break
            kept.append(unit)
        if not kept:
            return None
        if passage.kind == "row":
            return self._cited(passage, kept[0], ())
        quote = passage.text[kept[0].start : kept[-1].end]
        return cite(Hit(passage, self._source, 0.0), quote, self._page_text(passage.page))

    def _of(self, passage: Passage) -> tuple[Unit, ...]:
        if passage.id not in self._units:
            self._units[passage.id] = units(passage, self._source.language)
        return self._units[passage.id]

    def _cited(self, passage: Passage, unit: Unit, spans: Spans) -> Citation | None:
        """`unit` as it stands on the page; of a row the cell that holds a place, or else its longest."""
        page = self._page_text(passage.page)
        hit = Hit(passage, self._source, 0.0)
        if passage.kind != "row":
            return cite(hit, unit.text, page)
        cells = [line.split(": ", 1)[-1] for line in unit.text.split("\n") if line.strip()]
        wanted = [page[start:end] for start, end in spans]
        cells.sort(key=lambda cell: (-sum(words in cell for words in wanted), -len(cell)))
        return next((found for cell in cells if (found := cite(hit, cell, page))), None)


def _held(passage: Passage, unit: Unit, spans: Spans, page: str) -> int:
    """How many places `unit` holds."""
    if passage.kind == "row":  # its text is not the page's, so its words are looked for
        return sum(page[start:end] in unit.text for start, end in spans)
    begin, stop = passage.start + unit.start, passage.start + unit.end
    return sum(begin <= start and end <= stop for start, end in spans)


def _worth(passage: Passage, unit: Unit, count: int) -> float:
    words = count_words(unit.text)
    digits = sum(char.isdigit() for char in unit.text) / max(len(unit.text), 1)
    worth = 2.0 * (_FEWEST <= words <= _MOST) + 1.5 * bool(_ENDS.search(unit.text))
    worth += 0.4 * min(count, 3) - (passage.kind == "row") - 1.5 * (passage.kind == "footnote")
    worth -= 2.0 * bool(_LEADERS.search(unit.text)) + 1.0 * (digits > 0.12) + 0.5 * bool(unit.lead)
    return worth - (1.0 if unit.text.isupper() else 0.0)
