"""What a question is about, as things that a document can be seen to mention in any of six languages.

A question in English about youth is met by "jeunesse": concepts.yaml says which words are one thing. What is
in no concept counts by its stem, in the question's own language alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from assistant.answer import AssistantError
from assistant.live import Readable
from assistant.search import lexical_terms
from ingest.terms import terms
from ingest.word_index import WordIndex

FILE = Path(__file__).with_name("concepts.yaml")
# What a passage has of a thing that stands in its title or headings alone, against one that says it.
_ABOVE = 0.5
# What a word in no concept weighs beside its rarity: mostly it is a verb, which others say otherwise.
PLAIN = 0.3
# Words that ask, and that tell nothing of what is asked for.
_ASKING = {
    "en": "document documents say says said tell tells mention mentions mentioned describe described address"
    " addressed discuss account taken take set given made done used many much kind sort cite cited name named"
    " state stated exist existing foresee foreseen plan planned how which what",
    "fr": "document documents dit disent mentionne mentionné décrit cité cités prévu prévus quel quels quelle"
    " quelles combien comment sujet compte pris prise",
    "es": "documento documentos dice dicen menciona mencionan describe citado citados previsto qué cuál"
    " cuáles cuánto cuántos cómo tema cuenta",
    "ru": "документ документы документе сказано говорится упоминается описано какие какой какая сколько как",
    "ar": "وثيقة الوثيقة تقول يذكر تذكر ما كم كيف أي",
    "zh": "文件 什么 哪些 多少 如何 怎样 说 提到",
}

Form = tuple[str, ...]  # the stems of a word or phrase, all of which have to stand in a passage


@dataclass(frozen=True)
class Thing:
    """Something that a question names; forms: language -> the words that are it, any of which will do."""

    name: str
    forms: Mapping[str, tuple[Form, ...]]


@dataclass(frozen=True)
class Met:
    """How a question's things are met in a generation. weights: of each thing, by its rarity, 1 in all.

    held: thing -> passage id -> 1 where the passage says it, _ABOVE where only its headings or title do.
    """

    things: tuple[Thing, ...]
    weights: tuple[float, ...]
    held: tuple[Mapping[str, float], ...]

    def share(self, passage: str, language: str) -> float | None:
        """What the passage says of what the question names, 0 to 1; None where nothing of it can be told in
        that language."""
        return self._weighed(language, lambda row: self.held[row].get(passage, 0.0))

    def share_of(self, words: frozenset[str], language: str) -> float | None:
        """The same for a text that holds `words` (index terms)."""
        return self._weighed(
            language, lambda row: any(words.issuperset(form) for form in self.things[row].forms[language])
        )

    def often(self, passages: Iterable[str], language: str) -> int:
        """How many of `passages` say the weightiest thing that can be told in `language`."""
        known = self._known(language)
        if not known:
            return 0
        held = self.held[max(known, key=lambda row: self.weights[row])]
        return sum(held.get(each) == 1.0 for each in passages)

    def _known(self, language: str) -> list[int]:
        """The rows of the things that can be told in `language`."""
        return [row for row, thing in enumerate(self.things) if language in thing.forms]

    def _weighed(self, language: str, said: Callable[[int], float]) -> float | None:
        known = self._known(language)
        whole = sum(self.weights[row] for row in known)
        return sum(self.weights[row] * said(row) for row in known) / whole if whole else None


@lru_cache(maxsize=1)
def concepts() -> tuple[Thing, ...]:
    """The concepts of the file. Raises AssistantError where it is faulty."""
    import yaml

    try:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # a tenth of the time
        data = yaml.load(FILE.read_text(encoding="utf-8"), loader)
        return tuple(
            Thing(name, {language: _forms(listed, language) for language, listed in by_language.items()})
            for name, by_language in data.items()
        )
    except (OSError, yaml.YAMLError, AttributeError, TypeError) as error:
        raise AssistantError(f"{FILE.name} cannot be read as concepts ({error}); correct it") from error


@lru_cache(maxsize=1)
def digest() -> str:
    """SHA-256 of the file: cells decided with another one are decided anew."""
    return hashlib.sha256(FILE.read_bytes()).hexdigest()


def _forms(listed: Sequence[str], language: str) -> tuple[Form, ...]:
    found = (tuple(dict.fromkeys(lexical_terms(str(each), language))) for each in listed)
    return tuple(dict.fromkeys(form for form in found if form))


def things(question: str, language: str) -> tuple[Thing, ...]:
    """What `question` names: concepts, longest first, then its other content words."""
    stems = lexical_terms(question, language)
    asking = {term for word in _ASKING.get(language, "").split() for term in terms(word, language)}
    open_ = {stem for stem in stems if stem not in asking}
    candidates = [
        (len(form), each, form)
        for each in concepts()
        for form in each.forms.get(language, ())
        if set(form) <= set(stems)
    ]
    found: dict[str, Thing] = {}
    for _, each, form in sorted(candidates, key=lambda item: (-item[0], item[1].name)):
        if set(form) & open_:
            found.setdefault(each.name, each)
            open_ -= set(form)
    for stem in dict.fromkeys(stem for stem in stems if stem in open_):
        shared = ("en", "fr", "es", "pt") if stem.isdigit() else (language,)
        found[stem] = Thing(stem, dict.fromkeys(shared, ((stem,),)))
    return tuple(found.values())


def met(generation: Readable, question: str, language: str) -> Met:
    """Where the things that `question` names are met in `generation`."""
    named = things(question, language)
    spoken = {source.language for source in generation.sources.values()}
    held = [_held(generation.words, thing, spoken) for thing in named]
    count = max(1, generation.words.size)
    rarity = np.array([np.log(1 + count / (1 + len(each))) for each in held])
    plain = [len(thing.forms) == 1 for thing in named]
    rarity *= np.where(plain, PLAIN, 1.0)
    weights = rarity / max(float(rarity.sum()), 1e-9)
    return Met(named, tuple(weights.tolist()), tuple(held))


def _held(words: WordIndex, thing: Thing, spoken: set[str]) -> dict[str, float]:
    found: dict[str, float] = {}
    for language, forms in thing.forms.items():
        if language in spoken or "und" in spoken:
            for passage, whole in words.holding(forms, language).items():
                found[passage] = max(found.get(passage, 0.0), 1.0 if whole else _ABOVE)
    return found
