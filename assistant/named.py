"""What a question names (projects and places, acronyms, years), and how much of it a passage lacks."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.answer import Hit
from assistant.names import acronyms_asked, beginning, expanded, holds_year, names_asked, tokens, years_asked
from assistant.words import ACRONYMS

# Years from which the period of a document is a horizon ("2012-2030" of a climate plan) and tells not what it
# reports on.
_HORIZON = 10


@dataclass(frozen=True)
class Named:
    """names: how they begin, five letters each. acronyms: as written. years: of four digits."""

    names: frozenset[str] = frozenset()
    acronyms: frozenset[str] = frozenset()
    years: tuple[int, ...] = ()

    @classmethod
    def of(cls, question: str, language: str) -> Named:
        return cls(names_asked(question, language), acronyms_asked(question), years_asked(question))

    def lacking(self, hit: Hit, *, abroad: bool) -> float:
        """How much of it neither the passage nor its headings, title or description have, 0 to 3: the share
        of the names, that of the acronyms, and 1 where none of the years is there. Of a passage in another
        language (`abroad`), which may write names and acronyms otherwise, the years alone."""
        text = " ".join((hit.source.title, *hit.passage.headings, hit.passage.text))
        found = float(bool(self.years) and not any(self._covers(year, text, hit) for year in self.years))
        if not abroad:
            called = f"{text} {hit.source.name}"
            found += self._lacking_names(called) + self._lacking_acronyms(called, hit.source.organisations)
        return found

    def _covers(self, year: int, text: str, hit: Hit) -> bool:
        source = hit.source
        since, until = source.period or (1, 0)
        covered = since <= year <= until and until - since <= _HORIZON
        return covered or year == source.published or holds_year(year, text)

    def _lacking_names(self, text: str) -> float:
        if not self.names:
            return 0.0
        return len(self.names - {beginning(token) for token in tokens(text)}) / len(self.names)

    def _lacking_acronyms(self, text: str, organisations: tuple[str, ...]) -> float:
        """A document of the organisation, and one that writes the acronym out, need not repeat it."""
        if not self.acronyms:
            return 0.0
        there = {token.casefold().rstrip("s") for token in (*tokens(text), *organisations)}
        missing = [
            name
            for name in self.acronyms
            if there.isdisjoint({name.casefold().rstrip("s"), *ACRONYMS.get(name, ())})
            and not expanded(name, [text])
        ]
        return len(missing) / len(self.acronyms)
