"""Is it there: quotes found again on their page, and sentences held against what they cite.

Promise 2 lives here: `cite` is the only way to a Citation. `borne` is deliberately strict: a sentence
that is cut costs a reader little, for the quotes remain; one that misleads costs the trust in all others.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assistant.answer import Citation, Hit
from assistant.claims import CLAUSE, Text, own_stems, share, stems_of, windows
from assistant.counted import counted, swapped
from assistant.names import country_words, expanded, is_acronym, name_tokens, tokens
from assistant.numbers import numbers
from assistant.words import (
    ACRONYMS,
    ADVICE,
    HEDGES,
    NEGATORS,
    NOT_A_HEDGE,
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


def borne(
    sentence: str,
    cited: Sequence[str],
    *,
    language: str = "en",
    cited_languages: Sequence[str] = (),
    titles: Sequence[str] = (),
    cosine: Cosine | None = None,
    overlap: float = OVERLAP,
) -> Verdict:
    """Whether the cited passages bear `sentence`, and if not, why.

    language: of the sentence. cited_languages: of each passage ("" or "und": the sentence's). titles: of the
    documents and sections of the passages; names may stand there too, but not in the question alone: who asks
    of Kayes is not told of Mopti under its name. cosine: (sentence, passage) -> cosine, for passages in
    another language. overlap: share of its content stems that must stand there.
    """
    tongues = [tongue if tongue not in ("", "und") else language for tongue in cited_languages]
    tongues += [language] * (len(cited) - len(tongues))
    passages = [Text(text, tongue) for text, tongue in zip(cited, tongues, strict=True)]
    if not passages:
        return Verdict(False, "it cites nothing")
    claim = Text(sentence, language)
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
        _names(claim, passages, titles),
        _placed(claim, passages, titles),
        swapped(claim, passages),
        _flipped(claim, passages),
        _qualified(claim, passages),
        _unborne(claim, passages, titles, cosine, overlap),
        _supposed(claim, passages, titles),
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
    mine = stems_of(sentence, language) if language == passage_language else frozenset(words(sentence))
    theirs = stems_of(passage, language) if language == passage_language else frozenset(words(passage))
    return (len(mine & theirs) / len(mine) if mine else 0.0) + (len(shared) / len(ours) if ours else 0.0)


def _unborne(
    claim: Text, passages: Sequence[Text], titles: Sequence[str], cosine: Cosine | None, overlap: float
) -> str:
    unsaid = "the cited passages do not say this"
    same = [each for each in passages if each.language == claim.language]
    if same and _said(claim, [each.text for each in same], titles, overlap):
        for number in numbers(claim.text, claim.language):
            if all(each.language == claim.language for each in passages) and not counted(number, claim, same):
                return f"the cited passage gives {number} for something else"
        return ""
    abroad = [each for each in passages if each.language != claim.language]
    if abroad and cosine is None:
        return "it cites a passage in another language, and there is no way to compare meanings"
    ours = numbers(claim.text, claim.language)
    denies = bool(_scopes(claim.text, claim.language))
    for each in abroad:
        for window in windows(each.text):
            # The words around the number have to mean the sentence, not just some words of the passage; and
            # a cosine hardly sees a "not", so both have one or neither.
            if ours and not ours & numbers(window, each.language):
                continue
            if denies != bool(_scopes(window, each.language)):
                continue
            if cosine is not None and cosine(claim.text, window) >= COSINE:
                return ""
    return unsaid


def _said(claim: Text, texts: Sequence[str], titles: Sequence[str], overlap: float) -> bool:
    own = own_stems(claim.text, claim.language)
    if not own:
        return True
    about = frozenset[str]().union(*(stems_of(title, claim.language) for title in titles))
    shares = [stems_of(text, claim.language) for text in texts]
    together = frozenset[str]().union(*shares) | about
    best = max(len(own & each) for each in shares)  # titles say what it is about, not what is so
    return len(own & together) >= overlap * len(own) and best >= ALONE * len(own)


def _qualified(claim: Text, passages: Sequence[Text]) -> str:
    """An "only", "most" or "all" that no cited passage has, in the words of its own language."""
    known = [each for each in passages if each.language in QUALIFIERS]
    if not known:
        return ""
    spoken = frozenset(words(NOT_A_NEGATION.sub(" ", claim.text))) | numbers(claim.text)
    for place, group in enumerate(QUALIFIERS.get(claim.language, ())):
        said = {word for word in spoken & group if not word.isdigit() and word != "que"}
        if said and not any(
            QUALIFIERS[each.language][place] & (each.words | numbers(each.text, each.language))
            for each in known
        ):
            return f"no cited passage says {', '.join(sorted(said))}"
    return ""


def _names(claim: Text, passages: Sequence[Text], titles: Sequence[str]) -> str:
    places = set(find_countries(claim.text))
    for text in (*(each.text for each in passages), *titles):
        places -= set(find_countries(text))
    if places:
        return f"no cited passage names {', '.join(sorted(places))}"
    texts = (*(each.text for each in passages), *titles)
    known = set().union(*(words(text) for text in texts))
    roots = set().union(*(stems_of(text, claim.language) for text in texts))
    abroad = all(each.language != claim.language for each in passages)
    countries = country_words(claim.text)
    missing = []
    candidates = name_tokens(claim.text, claim.language)
    for name in candidates:
        lower = name.casefold()
        if {lower, lower.removesuffix("s"), f"{lower}s"} & (known | countries):
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


def _carriers(claim: Text, passages: Sequence[Text]) -> list[str]:
    """The sentences in the claim's language that hold half of its words."""
    own = own_stems(claim.text, claim.language)
    return [
        part
        for each in passages
        if each.language == claim.language
        for part in split_sentences(each.text)
        if own and len(own & stems_of(part, claim.language)) >= ALONE * len(own)
    ]


def _placed(claim: Text, passages: Sequence[Text], titles: Sequence[str]) -> str:
    """A country of which the passages say something else: their sentences that say this name others."""
    ours = set(find_countries(claim.text))
    theirs = (
        {country for part in _carriers(claim, passages) for country in find_countries(part)} if ours else ()
    )
    if theirs and ours - set(theirs) - {country for title in titles for country in find_countries(title)}:
        return "the cited passage says this of another country"
    return ""


def _supposed(claim: Text, passages: Sequence[Text], titles: Sequence[str]) -> str:
    """What the passages only plan, advise or ask, told as if it were so; or advice that is none of theirs."""
    advice = ADVICE.get(claim.language, frozenset())
    there = frozenset(words(" ".join((*(each.text for each in passages), *titles))))
    known = all(each.language == claim.language for each in passages)
    if known and advice & claim.words and not advice & there:
        return "no cited passage advises this"
    hedges = HEDGES.get(claim.language, frozenset())
    said = [frozenset(words(NOT_A_HEDGE.sub(" ", part))) for part in _carriers(claim, passages)]
    if said and all(hedges & each for each in said) and not hedges & claim.words:
        return "the cited passage plans, advises or asks what the sentence tells as a fact"
    return ""


def _scopes(text: str, language: str) -> list[list[str]]:
    """What each negator of `text` reaches: the stems after it, to the end of its clause, at most six."""
    scopes = []
    text = re.sub(r"n[’']t\b", " not", text)
    text = NOT_A_NEGATION.sub(" ", text)
    for clause in CLAUSE.split(text):
        if language == "zh":
            pieces = re.split("不|没有|没|未|无", clause)
            scopes += [stems(piece, language)[:6] for piece in pieces[1:]]
            continue
        lower = words(clause)
        at = next((place for place, word in enumerate(lower) if word in NEGATORS.get(language, ())), None)
        if at is not None:
            scopes.append(stems(" ".join(lower[at + 1 :]), language)[:6])
    return scopes


def _flipped(claim: Text, passages: Sequence[Text]) -> str:
    """The same words with a "not" on one side only, or with an opposite in their place."""
    ours = _scopes(claim.text, claim.language)
    for passage in passages:
        if passage.language != claim.language:
            continue
        best = max(split_sentences(passage.text), key=lambda text: share(claim, text), default="")
        if share(claim, best) < OVERLAP:
            continue
        theirs, there = _scopes(best, claim.language), stems_of(best, claim.language)
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
