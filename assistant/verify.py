"""Is it there: quotes found again on their page, and sentences held against what they cite.

Promise 2 lives here: `cite` is the only way to a Citation. `borne` is deliberately strict: a sentence
that is cut costs a reader little, for the quotes remain; one that misleads costs the trust in all others.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from assistant.answer import Citation, Hit
from assistant.names import country_words, expanded, is_acronym, name_tokens, tokens
from assistant.numbers import numbers
from assistant.words import (
    ACRONYMS,
    NEGATORS,
    NOT_A_NEGATION,
    QUALIFIERS,
    opposites,
    split_sentences,
    stems,
)
from ingest.clean import join_lines
from ingest.phrases import words
from ingest.places import find_countries

Cosine = Callable[[str, str], float]

# Share of a sentence's content stems, names left out, that must stand in what it cites (same language).
OVERLAP = 0.6
# ... and that one cited passage alone must hold: nothing is stitched from halves of two.
ALONE = 0.5
# Cosine of a sentence and one of a passage in another language (multilingual-e5-small, no prefixes). On XNLI,
# English against five languages: 80 % of what is entailed is above, 20 % of what is contradicted, below 1 %
# of what is unrelated.
COSINE = 0.85
# Names are written otherwise in another language: so many of them may be missing there, as a share.
MISSING_ABROAD = 1 / 3

_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_CLAUSE = re.compile(
    r"[,;:](?=\s)|[()]|[，；、：،؛]|\s(?:and|while|et|tandis|y|mientras|и|а|و)\s|\s(?=و[^\W\d_]{3})"
)


@dataclass(frozen=True)
class Verdict:
    """Whether a sentence may be shown; `reason` says why not ("" where it may)."""

    ok: bool
    reason: str = ""

    def __bool__(self) -> bool:
        return self.ok


def cite(hit: Hit, quote: str, page_text: str) -> Citation | None:
    """`quote` as a citation of `hit`, in the page's own words; None where the page does not hold it.

    White space is folded and words broken at a line's end are joined on both sides; nothing else is
    loosened. A quote that begins or ends inside a word or a number of the page is not found.
    """
    for join in (_folded, _joined):
        wanted, page = join(quote), join(page_text)
        at = page.find(wanted) if any(char.isalnum() for char in wanted) else -1
        while at >= 0:
            end = at + len(wanted)
            if _whole(page, at) and _whole(page, end):
                return Citation(hit, page[at:end])
            at = page.find(wanted, at + 1)
    return None


def _folded(text: str) -> str:
    return " ".join(text.split())


def _joined(text: str) -> str:
    return join_lines(text.split("\n"))


def _whole(text: str, at: int) -> bool:
    """Whether no word or number of `text` runs across the offset `at`."""
    before, after = text[max(0, at - 1) : at], text[at : at + 1]
    if _UNSPACED.match(before) or _UNSPACED.match(after):
        return True
    if before.isalnum() and after.isalnum():
        return False
    marks = ".,٫٬'’"  # "1|,200", "1,|200"
    return not (
        (text[max(0, at - 2) : at - 1].isdigit() and before in marks and before and after.isdigit())
        or (before.isdigit() and after in marks and after and text[at + 1 : at + 2].isdigit())
    )


@dataclass(frozen=True)
class _Text:
    """A text taken apart once."""

    text: str
    language: str

    @property
    def stems(self) -> frozenset[str]:
        return _stems(self.text, self.language)

    @property
    def words(self) -> frozenset[str]:
        return frozenset(words(self.text))


@lru_cache(maxsize=512)
def _stems(text: str, language: str) -> frozenset[str]:
    return frozenset(stems(text, language))


def borne(
    sentence: str,
    cited: Sequence[str],
    *,
    language: str = "en",
    cited_languages: Sequence[str] = (),
    titles: Sequence[str] = (),
    question: str = "",
    cosine: Cosine | None = None,
) -> Verdict:
    """Whether the cited passages bear `sentence`, and if not, why.

    language: of the sentence. cited_languages: of each passage ("" or "und": the sentence's). titles: of the
    documents and sections of the passages; names may stand there, or in the question, too (countries only in
    passage or title). cosine: (sentence, passage) -> cosine, for passages in another language.
    """
    tongues = [tongue if tongue not in ("", "und") else language for tongue in cited_languages]
    tongues += [language] * (len(cited) - len(tongues))
    passages = [_Text(text, tongue) for text, tongue in zip(cited, tongues, strict=True)]
    if not passages:
        return Verdict(False, "it cites nothing")
    claim = _Text(sentence, language)
    if any(sentence in split_sentences(each.text) for each in passages):
        return Verdict(True)  # the passage's own words
    if re.search(r"://|\]\(|<[a-zA-Z/!]", sentence):
        return Verdict(False, "it holds a link or markup")
    missing = numbers(sentence, language) - set().union(
        *(numbers(each.text, each.language) for each in passages)
    )
    if missing:
        return Verdict(False, f"no cited passage holds the number {', '.join(sorted(missing))}")
    for reason in (
        _names(claim, passages, titles, question),
        _swapped(claim, passages),
        _flipped(claim, passages),
        _qualified(claim, passages),
        _unborne(claim, passages, titles, cosine),
    ):
        if reason:
            return Verdict(False, reason)
    return Verdict(True)


def support(sentence: str, passage: str, language: str, passage_language: str) -> float:
    """How much of the sentence `passage` shows, 0 to 2: share of stems (or names) and of numbers."""
    if passage_language in ("", "und"):
        passage_language = language
    ours = numbers(sentence, language)
    shared = ours & numbers(passage, passage_language)
    mine = _stems(sentence, language) if language == passage_language else frozenset(words(sentence))
    theirs = _stems(passage, language) if language == passage_language else frozenset(words(passage))
    return (len(mine & theirs) / len(mine) if mine else 0.0) + (len(shared) / len(ours) if ours else 0.0)


def _unborne(claim: _Text, passages: Sequence[_Text], titles: Sequence[str], cosine: Cosine | None) -> str:
    unsaid = "the cited passages do not say this"
    same = [each for each in passages if each.language == claim.language]
    if same and _said(claim, [each.text for each in same], titles):
        for number in numbers(claim.text, claim.language):
            if all(each.language == claim.language for each in passages) and not _counted(
                number, claim, same, titles
            ):
                return f"the cited passage gives {number} for something else"
        return ""
    abroad = [each for each in passages if each.language != claim.language]
    if abroad and cosine is None:
        return "it cites a passage in another language, and there is no way to compare meanings"
    ours = numbers(claim.text, claim.language)
    denies = bool(_scopes(claim.text, claim.language))
    for each in abroad:
        for window in _windows(each.text):
            # The words around the number have to mean the sentence, not just some words of the passage; and
            # a cosine hardly sees a "not", so both have one or neither.
            if ours and not ours & numbers(window, each.language):
                continue
            if denies != bool(_scopes(window, each.language)):
                continue
            if cosine is not None and cosine(claim.text, window) >= COSINE:
                return ""
    return unsaid


def _windows(text: str) -> list[str]:
    """Each sentence of `text`, alone and with the one before it ("They ..." leans on that)."""
    parts = split_sentences(text)
    return parts + [f"{one} {two}" for one, two in pairwise(parts)]


def _own(text: str, language: str) -> frozenset[str]:
    """The content stems of a sentence without its names, which are checked apart; all, if all are names."""
    names = {
        stem for name in name_tokens(text, language, first=False) for stem in stems(name, language, keep=True)
    }
    return (_stems(text, language) - names) or _stems(text, language)


def _said(claim: _Text, texts: Sequence[str], titles: Sequence[str]) -> bool:
    own = _own(claim.text, claim.language)
    if not own:
        return True
    about = frozenset[str]().union(*(_stems(title, claim.language) for title in titles))
    shares = [_stems(text, claim.language) for text in texts]
    together = frozenset[str]().union(*shares) | about
    best = max(len(own & (each | about)) for each in shares)
    return len(own & together) >= OVERLAP * len(own) and best >= ALONE * len(own)


def _counted(number: str, claim: _Text, passages: Sequence[_Text], titles: Sequence[str]) -> bool:
    """Whether a passage says of `number` what the sentence says of it: by half its words at least."""
    about = frozenset[str]().union(*(_stems(title, claim.language) for title in titles))
    clause = next(
        (part for part in _CLAUSE.split(claim.text) if number in numbers(part, claim.language)), claim.text
    )
    own = _own(clause, claim.language)
    if len(own) < 2:
        own = _own(claim.text, claim.language)
    for each in passages:
        # A table row has its number in one line and what it counts in another.
        windows = (
            [each.text] if each.text.count("\n") and ": " in each.text.split("\n")[0] else _windows(each.text)
        )
        for window in windows:
            if number in numbers(window, each.language):
                # A year often belongs to more words than one clause has: a third will do there.
                least = 1 / 3 if re.fullmatch("(?:19|20)..", number) else ALONE
                if len(own & (_stems(window, each.language) | about)) >= least * len(own):
                    return True
    return not own


def _qualified(claim: _Text, passages: Sequence[_Text]) -> str:
    """An "only", "most" or "all" that no cited passage in the same language has."""
    same = [each for each in passages if each.language == claim.language]
    if not same:
        return ""
    spoken = frozenset(words(NOT_A_NEGATION.sub(" ", claim.text))) | numbers(claim.text)
    for group in QUALIFIERS.get(claim.language, ()):
        said = {word for word in spoken & group if not word.isdigit() and word != "que"}
        if said and not any(group & (each.words | numbers(each.text)) for each in same):
            return f"no cited passage says {', '.join(sorted(said))}"
    return ""


def _names(claim: _Text, passages: Sequence[_Text], titles: Sequence[str], question: str) -> str:
    places = set(find_countries(claim.text))
    for text in (*(each.text for each in passages), *titles):
        places -= set(find_countries(text))
    if places:
        return f"no cited passage names {', '.join(sorted(places))}"
    texts = (*(each.text for each in passages), *titles, question)
    known = set().union(*(words(text) for text in texts))
    roots = set().union(*(_stems(text, claim.language) for text in texts))
    abroad = all(each.language != claim.language for each in passages)
    countries = country_words(claim.text)
    missing = []
    candidates = name_tokens(claim.text, claim.language)
    for name in candidates:
        lower = name.casefold()
        if lower in known or lower in countries or lower.removesuffix("s") in known:
            continue
        if is_acronym(name):
            if not expanded(name, texts) and not ACRONYMS.get(name, frozenset()) & known:
                return f"no cited passage names {name}"
            continue
        first = name == next(iter(tokens(claim.text)), "")
        shared = 3 if abroad else min(5, len(lower)) if first else 0
        if set(stems(lower, claim.language)) & roots or (
            shared and any(word[:shared] == lower[:shared] for word in known)
        ):
            continue
        missing.append(name)
    if missing and (not abroad or len(missing) > MISSING_ABROAD * len(candidates)):
        return f"no cited passage names {', '.join(missing)}"
    return ""


def _near(number: str, text: _Text) -> list[frozenset[str]]:
    """For each place where `number` stands: the names of its clause, or else of the clause before."""
    return [names for names, counted in _clauses(text) if number in counted]


@lru_cache(maxsize=256)
def _clauses(text: _Text) -> list[tuple[frozenset[str], frozenset[str]]]:
    """(names, numbers) of each clause; one without a name has those of the clause before it."""
    found = []
    for sentence in split_sentences(text.text):
        before = frozenset[str]()
        for clause in _CLAUSE.split(sentence):
            written = {name.casefold() for name in name_tokens(clause, text.language)}
            names = frozenset(find_countries(clause)) | (written - country_words(clause))
            found.append((names or before, frozenset(numbers(clause, text.language))))
            before = names or before
    return found


def _swapped(claim: _Text, passages: Sequence[_Text]) -> str:
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


def _holds(name: str, text: _Text) -> bool:
    return name in text.words or name in find_countries(text.text)


def _rival(
    held: set[str], rivals: frozenset[str], number: str, claim: _Text, passages: Sequence[_Text]
) -> bool:
    """Whether `held` and `rivals` are two of a kind: countries, both in the sentence, each with a number."""
    if all(len(name) == 3 and name.isupper() for name in held) and any(name.isupper() for name in rivals):
        return True
    if any(_holds(name, claim) for name in rivals):
        return True
    return any(held & names and counted - {number} for each in passages for names, counted in _clauses(each))


def _scopes(text: str, language: str) -> list[list[str]]:
    """What each negator of `text` reaches: the stems after it, to the end of its clause, at most six."""
    scopes = []
    text = re.sub(r"n[’']t\b", " not", text)
    text = NOT_A_NEGATION.sub(" ", text)
    for clause in _CLAUSE.split(text):
        if language == "zh":
            pieces = re.split("不|没有|没|未|无", clause)
            scopes += [stems(piece, language)[:6] for piece in pieces[1:]]
            continue
        lower = words(clause)
        at = next((place for place, word in enumerate(lower) if word in NEGATORS.get(language, ())), None)
        if at is not None:
            scopes.append(stems(" ".join(lower[at + 1 :]), language)[:6])
    return scopes


def _flipped(claim: _Text, passages: Sequence[_Text]) -> str:
    """The same words with a "not" on one side only, or with an opposite in their place."""
    ours = _scopes(claim.text, claim.language)
    for passage in passages:
        if passage.language != claim.language:
            continue
        best = max(split_sentences(passage.text), key=lambda text: _share(claim, text), default="")
        if _share(claim, best) < OVERLAP:
            continue
        theirs, there = _scopes(best, claim.language), _stems(best, claim.language)
        denied = [scope for scope in theirs if _reached(scope, claim.stems)]
        denies = [scope for scope in ours if _reached(scope, there)]
        if bool(denied and not ours) or bool(denies and not theirs):
            return "the cited passage says the opposite: one denies what the other affirms"
        for one, other in opposites(claim.language):
            for mine, its in ((one, other), (other, one)):
                if mine in claim.stems and its in there and mine not in there and its not in claim.stems:
                    return "the cited passage says the opposite"
    return ""


def _reached(scope: Sequence[str], others: frozenset[str]) -> bool:
    """Whether a negator's scope is what the other side speaks of."""
    return bool(scope) and (scope[0] in others or sum(stem in others for stem in scope) >= 2)


def _share(claim: _Text, text: str) -> float:
    own = claim.stems
    return len(own & _stems(text, claim.language)) / len(own) if own else 0.0
