"""The gate: whether the passages found hold evidence for an answer at all, and what the library lacks."""

from __future__ import annotations

import math
import re
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass

from assistant.answer import Hit
from assistant.quoting import Choice, keys, stem
from assistant.questions import asked, holds, names
from ingest.phrases import words

FEATURES = ("sentence", "passage", "together", "kind", "similarity", "margin", "unmet", "abroad")
WEIGHTS: dict[str, float] = dict.fromkeys(FEATURES, 0.0)
BIAS = 0.0
THRESHOLD = 0.5

_YEAR = re.compile(r"(?<![\d.,/])(?:19|20)\d\d(?![\d,/]|\.\d)")
# A project code or document symbol: "IB.0238", "A/80/74", "NG20P0516".
_CODE = re.compile(r"(?<![\w.])(?=[\w./-]*\d{2})[A-Z]{1,6}[./-]?\d[\w./-]*\d(?!\w)|(?<!\w)[A-Z]{1,4}(?:/[\w.]+){2,}")


@dataclass(frozen=True)
class Gate:
    """Lets an answer pass whose evidence is at least `threshold`."""

    threshold: float = THRESHOLD

    def __call__(self, evidence: float) -> bool:
        return evidence >= self.threshold


def evidence(question: str, language: str, hits: Sequence[Hit], choices: Sequence[Choice]) -> float:
    """How likely it is, 0 to 1, that the chosen sentences answer; `hits` best first, `choices` from them."""
    if not hits or not choices:
        return 0.0
    found = features(question, language, hits, choices)
    return 1 / (1 + math.exp(-(BIAS + sum(WEIGHTS[name] * value for name, value in found.items()))))


def features(question: str, language: str, hits: Sequence[Hit], choices: Sequence[Choice]) -> dict[str, float]:
    """The gate's features by name.

    sentence, passage, together: share of the question's words, by rarity among the hits, that the best chosen
    sentence has; that its passage has with title and headings; that all hits have. kind: whether what is asked
    for is there (-1 to 1). similarity: the best cosine; margin: by how much it stands out. unmet: names and
    numbers of the question that no hit has. abroad: whether the best sentence is in another language.
    """
    texts = [" ".join((hit.source.title, *hit.passage.headings, hit.passage.text)) for hit in hits]
    held = [_held(text, hit, language) for text, hit in zip(texts, hits, strict=True)]
    by_hit = {id(hit): found for hit, found in zip(hits, held, strict=True)}
    weights = {}
    for wanted in dict.fromkeys(key for pair in _wanted(question, language) for key in pair if key):
        often = sum(wanted in found for found in held)
        weights[wanted] = math.log((len(hits) + 1) / (often + 0.5))

    def share(found: Iterable[frozenset[str]]) -> float:
        known = frozenset().union(*found)
        pairs = _wanted(question, language)
        each = [min(weights[key] for key in pair if key) for pair in pairs]
        met = [weight for pair, weight in zip(pairs, each, strict=True) if not known.isdisjoint(pair)]
        return sum(met) / max(sum(each), 1e-9)

    chosen = [(choice, _held(f"{choice.unit.lead} {choice.unit.text}", choice.hit, language)) for choice in choices]
    similarities = [hit.similarity for hit in hits if hit.similarity is not None]
    best = max(similarities, default=0.0)
    rest = sorted(similarities)[:-1]
    besides = frozenset(words(question)) | names(question, language)
    kinds = asked(question)
    there = [any(holds(kind, c.unit.text, c.hit.source.language, besides) for c in choices) for kind in kinds]
    everything = frozenset().union(*(words(text) for text in texts))
    special = {word for word in besides if word.isdigit()} | names(question, language)
    first = max(choices, key=lambda choice: choice.score)
    return {
        "sentence": max(share([found]) for _, found in chosen),
        "passage": max(share([found, by_hit.get(id(choice.hit), frozenset())]) for choice, found in chosen),
        "together": share(held),
        "kind": 2 * sum(there) / len(there) - 1 if there else 0.0,
        "similarity": (best - 0.85) / 0.03 if similarities else 0.0,
        "margin": (best - sum(rest) / len(rest)) / 0.03 if rest else 0.0,
        "unmet": float(sum(not _met(word, everything) for word in special)),
        "abroad": float(first.hit.source.language not in ("", "und", language)),
    }


def _wanted(question: str, language: str) -> list[tuple[str, str]]:
    """Each content word of the question as it is compared within its language, and across languages."""
    if language == "zh":
        return [(key, "") for key in dict.fromkeys(keys(question, language))]
    pairs = ((stem(word, language), word[:5]) for word in words(question))
    return list(dict.fromkeys((own, abroad) for own, abroad in pairs if own))


def _held(text: str, hit: Hit, language: str) -> frozenset[str]:
    tongue = language if hit.source.language in ("", "und") else hit.source.language
    return frozenset(keys(text, tongue, tongue != language))


def _met(word: str, known: frozenset[str]) -> bool:
    return word in known or word.removesuffix("s") in known or (len(word) > 5 and any(each.startswith(word[:5]) for each in known))


def missing_names(question: str, hits: Sequence[Hit], known_countries: Container[str]) -> tuple[str, ...]:
    """What the question names and nothing found has: countries (alpha-3), years, codes, as the question has them.

    A country of `known_countries` (alpha-3: the library has a document about it) is never called missing, nor
    one that a passage found, its headings or its document's description names.
    """
    from ingest.places import find_countries

    texts = [" ".join((hit.source.title, hit.source.name, hit.source.symbol, *hit.passage.headings, hit.passage.text)) for hit in hits]
    everything = "\n".join(texts)
    there = set(find_countries(everything)).union(*(hit.source.countries for hit in hits))
    missing = [code for code in find_countries(question) if code not in there and code not in known_countries]
    years = [year for year in dict.fromkeys(_YEAR.findall(question)) if not _has_year(int(year), everything, hits)]
    if len(years) == len(set(_YEAR.findall(question))):  # "2020-2024" is met where one of its ends is
        missing += years
    squeezed = re.sub(r"\W", "", everything).casefold()
    codes = [code for code in dict.fromkeys(_CODE.findall(question)) if re.sub(r"\W", "", code).casefold() not in squeezed]
    return (*missing, *codes)


def _has_year(year: int, text: str, hits: Sequence[Hit]) -> bool:
    if str(year) in text or re.search(rf"(?<!\d)(?:19|20)\d\d\s?[-–/]\s?{year % 100:02}(?!\d)", text):
        return True
    periods = [hit.source.period for hit in hits if hit.source.period is not None]
    return any(since <= year <= until for since, until in periods) or any(hit.source.published == year for hit in hits)


def calibrate(rows: Iterable[tuple[float, bool]], most_wrong_refusals: float = 0.05) -> float:
    """The threshold for (evidence, answerable) pairs: of all that refuse at most `most_wrong_refusals` of the
    answerable ones, the one with the best balanced accuracy; the lowest of equals.

    Raises ValueError without pairs of both sorts.
    """
    pairs = list(rows)
    good = sorted(value for value, answerable in pairs if answerable)
    bad = sorted(value for value, answerable in pairs if not answerable)
    if not good or not bad:
        raise ValueError("calibration needs answerable and unanswerable questions; these are all of one sort")
    best, found = -1.0, 0.0
    for threshold in sorted({0.0, *(value for value, _ in pairs)}):
        refused_wrongly = sum(value < threshold for value in good) / len(good)
        if refused_wrongly > most_wrong_refusals:
            break
        balanced = (1 - refused_wrongly + sum(value < threshold for value in bad) / len(bad)) / 2
        if balanced > best + 1e-12:
            best, found = balanced, threshold
    return found
