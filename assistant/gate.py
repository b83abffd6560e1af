"""The gate: whether the passages found hold evidence for an answer at all."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assistant.answer import Hit
from assistant.features import keys, stem
from assistant.questions import names
from assistant.quoting import Choice
from assistant.words import ACRONYMS
from ingest.phrases import words

# Fitted by logistic regression on 957 cases of SQuAD 2.0 (CC BY-SA 4.0; a piece of its training part): a
# question with passages of its article, its own among them or left out. AUC on other articles .87, without
# "margin" .77.
WEIGHTS: dict[str, float] = {"sentence": 1.9, "passage": 0.9, "margin": 1.4, "unmet": -1.6}
BIAS = -2.1
# Low on purpose: evidence tells little (AUC .68 on programme documents with the answering passages in or out,
# .61 on SQuAD 2.0 and NoMIRACL), and above 0.09 more than 5 % of answerable questions are refused: there
# 3 of 68 on programme documents are, and 59 of 68 are answered whose passages were taken out. Chosen on these
# same questions, so expect somewhat worse; `eval.calibrate` measures it anew.
THRESHOLD = 0.09


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


def features(
    question: str, language: str, hits: Sequence[Hit], choices: Sequence[Choice]
) -> dict[str, float]:
    """The gate's features by name, those of WEIGHTS.

    sentence, passage: share of the question's words, by rarity among the hits, that stand in the best chosen
    sentence, and in it, its passage, title and headings. margin: by how much the best cosine stands out from
    the others. unmet: 1 where a name or number of the question stands in no hit (countries are left to
    `assistant.missing`; not where all hits are in another language, which may write names otherwise).
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

    chosen = [
        (choice, _held(f"{choice.unit.lead} {choice.unit.text}", choice.hit, language)) for choice in choices
    ]
    similarities = [hit.similarity for hit in hits if hit.similarity is not None]
    rest = sorted(similarities)[:-1]
    everything = frozenset().union(*(words(text) for text in texts))
    same = any(hit.source.language in ("", "und", language) for hit in hits)
    special = _special(question, language) if same else set()
    return {
        "sentence": max(share([found]) for _, found in chosen),
        "passage": max(share([found, by_hit.get(id(choice.hit), frozenset())]) for choice, found in chosen),
        "margin": (max(similarities) - sum(rest) / len(rest)) / 0.03 if rest else 0.0,
        "unmet": float(any(not _met(word, everything) for word in special)),
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


def _special(question: str, language: str) -> set[str]:
    """Names and numbers of the question; countries not, which other languages write otherwise."""
    from ingest.places import find_countries

    found = names(question, language) | {word for word in words(question) if word.isdigit()}
    return {word for word in found if not find_countries(word)}


def _met(word: str, known: frozenset[str]) -> bool:
    forms = {word, word.removesuffix("s"), *ACRONYMS.get(word.upper(), ())}
    return not forms.isdisjoint(known) or (len(word) > 5 and any(each.startswith(word[:5]) for each in known))


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
