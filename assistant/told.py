"""What a model is told: the prompt, then the passages that it writes from, as short as they can be."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import prompts
from assistant.answer import Answer, Hit
from assistant.orders import gives_orders
from assistant.sentences import units
from assistant.words import stems
from ingest.passages import estimate_tokens


def choose(hits: Sequence[Hit], quoted: Answer, passages: int) -> list[Hit]:
    """At most `passages` to write from: first those that the quotes rest on, then the best others."""
    cited = {
        citation.hit.passage.id: citation.hit for each in quoted.sentences for citation in each.citations
    }
    others = [hit for hit in hits if hit.passage.id not in cited]
    return [*cited.values(), *others][:passages]


def messages(
    question: str, language: str, chosen: Sequence[Hit], quoted: Answer, tokens: int
) -> list[tuple[str, str]]:
    """What the model is told: the prompt, and the numbered passages as data with the question after them.

    The prompt is the same for every question, so that a model which remembers its beginning reads it once.
    tokens: of all passages together, except that each shows one sentence at least.
    """
    from babel import Locale, UnknownLocaleError

    try:
        tongue = str(Locale.parse(language).get_display_name("en"))
    except (UnknownLocaleError, ValueError):
        tongue = "the language of the question"
    excerpts = _excerpts(question, language, chosen, quoted, tokens)
    blocks = []
    for number, (hit, text) in enumerate(zip(chosen, excerpts, strict=True), start=1):
        title = "" if gives_orders(hit.source.title) else as_data(hit.source.title)[:80]
        blocks.append(f"<passage>\n[{number}] {title}\n{as_data(text)}\n</passage>")
    prompt = prompts.load("answer")
    # Asked in the question's language: told in English, the local model answers in English.
    ask = prompt.fields.get(f"ask-{language}") or f"Answer in {tongue}. {prompt.fields['ask-en']}"
    passages = "<passages>\n" + "\n".join(blocks) + "\n</passages>"
    return [("system", prompt.text), ("human", f"{passages}\n\n{question}\n\n{ask}")]


def as_data(text: str) -> str:
    """`text` so that it can close no fence and set no mark: angle and numbered square brackets change."""
    text = text.replace("<", "‹").replace(">", "›")
    return re.sub(r"\[(\s*[\d,;\s–-]+)\]", r"(\1)", text)


def _excerpts(question: str, language: str, chosen: Sequence[Hit], quoted: Answer, tokens: int) -> list[str]:
    """Of each passage what was quoted, or else its nearest sentence; then neighbours while `tokens` last."""
    quotes = {" ".join(citation.quote.split()) for each in quoted.sentences for citation in each.citations}
    wanted = set(stems(question, language))
    texts = [_Excerpt.of(hit, quotes, wanted) for hit in chosen]
    left = tokens - sum(each.begin() for each in texts)
    for each in texts:
        left -= each.quote(left)
    growing = list(texts)
    while growing:
        for each in list(growing):
            cost = each.grow(left)
            left -= cost
            if not cost:
                growing.remove(each)
    return [each.text for each in texts]


@dataclass
class _Excerpt:
    """Some sentences of a passage, which grow by their neighbours."""

    parts: list[str]
    wanted: list[int]  # how many of the question's stems each has
    quoted: list[int]
    kept: set[int] = field(default_factory=set)

    @classmethod
    def of(cls, hit: Hit, quotes: set[str], wanted: set[str]) -> _Excerpt:
        rows = hit.passage.kind == "row"
        parts = (
            [hit.passage.text] if rows else [unit.text for unit in units(hit.passage, hit.source.language)]
        )
        parts = parts or [hit.passage.text[:500]]
        parts = [part for part in parts if not gives_orders(part)] or [""]
        near = [len(wanted & set(stems(part, hit.source.language))) for part in parts]
        quoted = [place for place, part in enumerate(parts) if " ".join(part.split()) in quotes]
        return cls(parts, near, quoted or [max(range(len(parts)), key=lambda place: (near[place], -place))])

    def begin(self) -> int:
        """Takes in what was quoted first, or else what is nearest; returns the tokens it takes."""
        self.kept.add(self.quoted[0])
        return estimate_tokens(self.parts[self.quoted[0]])

    def quote(self, tokens: int) -> int:
        """Takes in what else was quoted, as far as it fits."""
        taken = 0
        for place in self.quoted[1:]:
            cost = estimate_tokens(self.parts[place])
            if taken + cost <= tokens:
                self.kept.add(place)
                taken += cost
        return taken

    @property
    def text(self) -> str:
        pieces: list[str] = []
        for place in sorted(self.kept):
            gap = place and place - 1 not in self.kept and pieces
            pieces.append(f"… {self.parts[place]}" if gap else self.parts[place])
        return " ".join(pieces)

    def grow(self, tokens: int) -> int:
        """Takes in the neighbour that says most of what was asked, if it fits; returns what it takes."""
        beside = {place + step for place in self.kept for step in (-1, 1)} - self.kept
        costs = {
            place: estimate_tokens(self.parts[place]) for place in beside if 0 <= place < len(self.parts)
        }
        fitting = [place for place, cost in costs.items() if 0 < cost <= tokens]
        if not fitting:
            return 0
        best = max(fitting, key=lambda place: (self.wanted[place], -place))
        self.kept.add(best)
        return costs[best]
