"""Follow-ups: "And in Niger?" becomes a question that can be searched and read without the conversation."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import prompts
from assistant.answer import Turn
from assistant.models import ModelUnavailable, stream_text
from assistant.names import name_tokens
from assistant.numbers import numbers
from assistant.words import reads_as, stems, stop_words
from ingest.phrases import fold, words
from ingest.places import country_code, find_countries

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

log = logging.getLogger(__name__)

LONGEST = 60  # words of a model's version: a longer one is an answer or a summary
TIMEOUT = 15.0  # seconds a model has; the rules need none
# Content words from which a question with "it" or "and" is taken to say itself what it is about.
ENOUGH = 6

_OPENERS = re.compile(
    r"^[¿¡\s«\"]*(?:(?:and|but|so|also|or|what about|how about|same for|et|mais|"
    r"qu['’ ]en est-il|quid|ou|y|e|pero|"
    r"qu[eé] hay de|qu[eé] tal|а|и|но|что насч[её]т|как насч[её]т)(?=[\s,:])|و(?=[^\W\d_]{2})|"
    r"(?:و?ماذا عن)\s|那么?|还有)",
    re.IGNORECASE,
)
_ENDS = re.compile(r"呢\s*[？?]?\s*$")
# "Is there", "il y a", "that"-clauses: no pointing back.
_EMPTY = re.compile(
    r"\b(?:(?:is|are|was|were) there|there (?:is|are|was|were|has|have)|is it (?:true|possible)|"
    r"il y a(?:vait)?|y a-t-il|"
    r"il exist\w+|ce que|est-ce que?|qu['’]est-ce|this year|cette ann[ée]e|este a[ñn]o|то, что)\b",
    re.IGNORECASE,
)
_POINTERS = re.compile(
    r"\b(?:it|its|they|them|their|theirs|he|she|him|her|his|there|these|those|this|instead|"
    r"the (?:same|former|latter|"
    r"other|others|previous|next|rest)|that(?=\s*[?.,!]|$|\s+(?:one|programme|program|project|country|evaluation|report|"
    r"document|initiative|framework|plan|region|phase|agency|target|figure|number|year|period))|"
    r"ils|elles|eux|leurs?|celui-ci|celle-ci|celui-l[àa]|celle-l[àa]|cela|[çc]a|cette|cet|ces|"
    r"ce (?:projet|programme|pays|rapport|plan|cadre|document|chiffre)|(?:-t)?-(?:il|elle)s?|"
    r"eso|esto|ese|esa|esos|esas|este|esta|estos|estas|aquel|aquella|ellos|ellas|all[íi]|ah[íi]|"
    r"он|она|оно|они|его|её|ее|их|ему|им|это|этот|эта|эти|этого|этой|этом|этих|там|тогда|"
    r"هذا|هذه|ذلك|تلك|هؤلاء|هو|هي|هم|هناك|فيه|فيها|منها|عنها|له|لها)\b|它|他们|她们|这个|这些|那个|那些|那里|该项目|该国|其中",
    re.IGNORECASE,
)
_QUESTION_WORDS_TEXT = """what which who whom whose where when why how quel quelle quels quelles qui que quoi
ou quand pourquoi comment combien cual cuales quien quienes donde cuando como cuanto cuanta cuantos cuantas
qu что какой какая какие кто где когда почему как сколько ما ماذا من متي اين لماذا كيف كم"""
_QUESTION_WORDS = frozenset(_QUESTION_WORDS_TEXT.split())
# What may stand beside a country or a year in "And on the Niger side?".
_FILLERS_TEXT = """side case part country countries year years same about cote cas partie pays annee lado
caso parte pais ano случае стране стороне году حالة حاله عام سنه بلد 年 呢 那 那么 在 和"""
_FILLERS = frozenset(_FILLERS_TEXT.split())
_YEARS = re.compile(r"(?<!\d)(?:19|20)\d\d(?:\s*[-–/]\s*(?:(?:19|20)?\d\d))?(?!\d)")
_LINKS = re.compile(
    r"[\s,،、]*(?:and|or|et|ou|y|e|o|и|или|و|和|与)?[\s,،、]*(?:the|le|la|les|el|in|en|au|aux|de|du|в|في)?\s*",
    re.IGNORECASE,
)
_PLACE = re.compile(r"(?:\b(?:au|aux|en|à la|à)\s+(?:la\s+|les\s+)?)$", re.IGNORECASE)


@dataclass(frozen=True)
class Standing:
    """A question that stands alone; `as_typed` where nothing had to be changed."""

    text: str
    as_typed: bool


def standing_question(
    question: str,
    history: Sequence[Turn],
    *,
    model: BaseChatModel | None = None,
    language: str = "",
    timeout: float = TIMEOUT,
) -> Standing:
    """`question` made to stand alone after the turns of `history` (oldest first).

    A model, where given, is asked only for a follow-up, and its version is used only where it keeps the
    question's names and numbers and brings none from elsewhere; else the rules' version is used.
    """
    question = " ".join(question.split())
    earlier = ""
    for turn in history:
        asked = " ".join(turn.question.split())
        earlier = _combined(asked, earlier) if earlier and is_follow_up(asked) else asked
    if not earlier or not is_follow_up(question):
        return Standing(question, True)
    text = _modelled(question, history, model, language, timeout) if model is not None else ""
    text = text or _combined(question, earlier)
    return Standing(text, text == question)


def is_follow_up(question: str) -> bool:
    """Whether `question` leans on an earlier one: it opens with "and", points back, or is hardly there."""
    opener = _OPENERS.match(question)
    rest = question[opener.end() :] if opener else question
    content = _content(rest)
    named = bool(_names(question))
    if opener or _ENDS.search(question):
        return len(content) < ENOUGH or bool(_POINTERS.search(_EMPTY.sub(" ", rest)))
    if _POINTERS.search(_EMPTY.sub(" ", question)):
        return not (named and len(content) >= ENOUGH - 2) and len(content) < 2 * ENOUGH
    asks = next(iter(words(question)), "") in _QUESTION_WORDS
    return not content or (len(content) == 1 and not (named and asks))


def _content(text: str) -> list[str]:
    """Content words, whatever the language: in no language's list of stop words, and no number."""
    if re.search(r"[\u3400-\u9fff]", text):
        return stems(text, "zh")
    kept = [
        word for word in words(text) if not word.isdigit() and len(word) > 1 and word not in _QUESTION_WORDS
    ]
    return [word for word in kept if not any(word in stop_words(each) for each in _scripts(text))]


def _scripts(text: str) -> tuple[str, ...]:
    if re.search(r"[\u0400-\u04ff]", text):
        return ("ru",)
    return ("ar",) if re.search(r"[\u0600-\u06ff]", text) else ("en", "fr", "es")


def _names(text: str) -> set[str]:
    """Names in `text`, lower case; its first word only where it is an abbreviation or a country."""
    found = {
        name.casefold()
        for each in _scripts(text)
        for name in name_tokens(text.strip("¿¡ "), each, first=False)
    }
    return found | set(find_countries(text))


def _combined(question: str, earlier: str) -> str:
    """The rules' version: a country for a country, a year for a year, or both questions in a row."""
    text = earlier
    rest = question
    for spans in (_country_span, _year_span):
        new = spans(question)
        if new is None:
            continue
        old = spans(text)
        if old is None:
            break
        at, upto = old
        begin, end = new
        before, lead = _PLACE.search(text[:at]), _PLACE.search(question[:begin])
        if before and lead:  # "au Sénégal" -> "en Mauritanie"
            at, begin = before.start(), lead.start()
        text = text[:at] + question[begin:end] + text[upto:]
        rest = rest.replace(question[begin:end], " ")
    opener = _OPENERS.match(rest)
    left = [word for word in _content(rest[opener.end() :] if opener else rest) if word not in _FILLERS]
    if text != earlier and not left:
        return text
    parts = earlier.split(" — ")
    kept = [parts[0], parts[-1]] if len(parts) > 1 else parts  # the topic, and what was asked last
    return " — ".join([*kept, question])


def _year_span(text: str) -> tuple[int, int] | None:
    """Where the only year (or span of years) of `text` stands."""
    found = list(_YEARS.finditer(text))
    return found[0].span() if len(found) == 1 else None


def _country_span(text: str) -> tuple[int, int] | None:
    """Where the countries of `text` stand, if in one place ("Mali", "Mali and Nigeria")."""
    if not find_countries(text):
        return None
    spans: list[tuple[int, int]] = []
    tokens = [match.span() for match in re.finditer(r"[^\W\d_]+", text)]
    if re.search(r"[\u3400-\u9fff]", text):
        tokens = [(at, at + 1) for at in range(len(text))]
    at = 0
    while at < len(tokens):
        for size in range(min(8, len(tokens) - at), 0, -1):
            start, end = tokens[at][0], tokens[at + size - 1][1]
            if _is_country(text[start:end]):
                spans.append((start, end))
                at += size - 1
                break
        at += 1
    if not spans:
        return None
    for (_, end), (start, _) in pairwise(spans):
        if not _LINKS.fullmatch(text[end:start]):
            return None
    return spans[0][0], spans[-1][1]


def _is_country(text: str) -> bool:
    """Whether the whole of `text` is a country's name, with nothing around it but its article."""
    if re.search(r"[\u3400-\u9fff]", text):
        return bool(find_countries(text)) and not find_countries(text[1:]) and not find_countries(text[:-1])
    first = words(text)[:1]
    return (
        len(text) > 3
        and first[0] not in ("de", "du", "des", "d", "del", "of")
        and country_code(text) is not None
    )


def _modelled(
    question: str, history: Sequence[Turn], model: BaseChatModel, language: str, timeout: float
) -> str:
    """The model's version, "" where it is late, broken or not to be trusted."""
    lines = []
    for turn in history[-4:]:
        lines.append(f"User: {turn.question}")
        if turn.answer:
            lines.append(f"Assistant: {turn.answer[:300]}")
    lines.append(f"User: {question}")
    talk = "\n".join(lines).replace("<", "‹").replace(">", "›")
    system = prompts.load("standing").filled(language=language or "the language of the last question")
    messages = [
        ("system", system),
        ("human", f"<conversation>\n{talk}\n</conversation>\n\nThe last question, rewritten:"),
    ]
    try:
        written = "".join(stream_text(model, messages, first=timeout, total=timeout))
    except ModelUnavailable as error:
        log.info("the rules make the standing question: %s", error)
        return ""
    text = next((line.strip().strip('"“”«»') for line in written.splitlines() if line.strip()), "")
    known = " ".join([question, *(f"{turn.question} {turn.answer}" for turn in history)])
    kept = _names(question) <= _names(text) | set(words(text)) and numbers(question) <= numbers(text)
    added = {
        name for name in _names(text) if name not in words(fold(known)) and name not in find_countries(known)
    }
    invented = added or numbers(text) - numbers(known)
    if (
        not text
        or len(text.split()) > LONGEST
        or not kept
        or invented
        or (language and not reads_as(text, language))
    ):
        log.info("the rules make the standing question: the model's version changes it")
        return ""
    return text
