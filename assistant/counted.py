"""Is a number given for what a sentence gives it for: the words beside it, and whose it is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from assistant.claims import CLAUSE, Text, own_stems, stems_of
from assistant.names import country_words, name_tokens
from assistant.numbers import numbers
from assistant.words import SCALES, split_sentences, stems
from ingest.places import find_countries

# Share of a clause's content stems that must stand around its number in what it cites: all of six, six of
# seven. A year often belongs to more words than one clause has.
AROUND = 0.85
AROUND_YEARS = 1 / 3
# Words from which not a whole sentence counts as around a number, but the clauses beside it.
LONG = 50
STRETCH = 40


def counted(number: str, claim: Text, passages: Sequence[Text]) -> bool:
    """Whether a passage says of `number` what the sentence says of it: the words right beside it, and nearly
    all of its clause's. Names are checked apart."""
    clause = next(
        (part for part in CLAUSE.split(claim.text) if number in numbers(part, claim.language)), claim.text
    )
    own = own_stems(clause, claim.language)
    if len(own) < 2:
        own = own_stems(claim.text, claim.language)
    year = re.fullmatch("(?:19|20)..", number) is not None
    beside = frozenset() if year else _beside(number, clause, claim.language) & own
    for each in passages:
        # A table row has its number in one line and what it counts in another.
        row = each.text.count("\n") and ": " in each.text.split("\n")[0]
        for holds, around in [(each.text, each.text)] if row else _around(each.text):
            there = stems_of(around, each.language)
            if (
                number in numbers(holds, each.language)
                and beside <= there
                and len(own & there) >= (AROUND_YEARS if year else AROUND) * len(own)
            ):
                return True
    return not own


def _beside(number: str, clause: str, language: str) -> frozenset[str]:
    """The content stems right before and right after `number` where `clause` has it in digits."""
    for match in re.finditer(r"\d(?:[\d.,'’\s]*\d)?", clause):
        scale = SCALES.match(clause, match.end())
        end = scale.end() if scale else match.end()
        if number in numbers(clause[match.start() : end], language):
            before, after = stems(clause[: match.start()], language), stems(clause[end:], language)
            return frozenset((*before[-1:], *after[:1]))
    return frozenset()


def _around(text: str) -> list[tuple[str, str]]:
    """(where a number stands, what counts as around it): a sentence with the one before it, on which "they"
    leans, or a stretch of a long one."""
    found, before = [], ""
    for sentence in split_sentences(text):
        if len(sentence.split()) <= LONG:
            found += [(sentence, sentence), (sentence, f"{before} {sentence}")]
        else:
            found += [(stretch, stretch) for stretch in _stretches(sentence)]
        before = sentence
    return found


def _stretches(sentence: str) -> list[str]:
    """The clauses of `sentence`, as many together as have STRETCH words at most."""
    found, begin, last = [], 0, 0
    for end in [*(match.end() for match in CLAUSE.finditer(sentence)), len(sentence)]:
        if last > begin and len(sentence[begin:end].split()) > STRETCH:
            found.append(sentence[begin:last])
            begin = last
        last = end
    return [*found, sentence[begin:]]


def _near(number: str, text: Text) -> list[frozenset[str]]:
    """For each place where `number` stands: the names of its clause, or else of the clause before."""
    return [names for names, counted in _clauses(text) if number in counted]


@lru_cache(maxsize=256)
def _clauses(text: Text) -> list[tuple[frozenset[str], frozenset[str]]]:
    """(names, numbers) of each clause; one without a name has those of the clause before it."""
    found = []
    for sentence in split_sentences(text.text):
        before = frozenset[str]()
        for clause in CLAUSE.split(sentence):
            written = {name.casefold() for name in name_tokens(clause, text.language)}
            names = frozenset(find_countries(clause)) | (written - country_words(clause))
            found.append((names or before, frozenset(numbers(clause, text.language))))
            before = names or before
    return found


def swapped(claim: Text, passages: Sequence[Text]) -> str:
    """A number that stands with one name in the sentence and, everywhere it is cited, with others."""
    for number in numbers(claim.text, claim.language):
        theirs = [names for each in passages for names in _near(number, each)]
        for ours in _near(number, claim):
            held = {name for name in ours if any(_holds(name, each) for each in passages)}
            if held and theirs and all(names and not held & names for names in theirs):
                rivals = frozenset[str]().union(*theirs)
                if _rival(held, rivals, number, claim, passages):
                    return f"the cited passage gives {number} for another"
    return ""


def _holds(name: str, text: Text) -> bool:
    return name in text.words or name in find_countries(text.text)


def _rival(
    held: set[str], rivals: frozenset[str], number: str, claim: Text, passages: Sequence[Text]
) -> bool:
    """Whether `held` and `rivals` are two of a kind: countries, both in the sentence, each with a number."""
    if all(len(name) == 3 and name.isupper() for name in held) and any(name.isupper() for name in rivals):
        return True
    if any(_holds(name, claim) for name in rivals):
        return True
    return any(held & names and counted - {number} for each in passages for names, counted in _clauses(each))
