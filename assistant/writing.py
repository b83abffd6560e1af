"""The writing composer: a chat model writes from numbered passages; only what verification bears is shown."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import prompts
from assistant.answer import Answer, Citation, Hit, Sentence
from assistant.models import FIRST, TOTAL, ModelUnavailable, load_chat_model, stream_text
from assistant.numbers import numbers
from assistant.sentences import units
from assistant.verify import Cosine, borne, cite, support
from assistant.words import reads_as, sentence_ends, split_sentences, stems
from ingest.passages import estimate_tokens

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

__all__ = ["ModelUnavailable", "load_chat_model", "write"]

log = logging.getLogger(__name__)

PASSAGES = 6  # passages a model is given at most
# Tokens of passages a model is given at most: the local model reads 56 a second on two cores.
BUDGET = 1500
SENTENCES = 5  # sentences shown at most

_MARK = r"\[\s*(?:passages?\s+)?\d+(?:\s*[,;–-]\s*(?:passages?\s+)?\d+)*\s*\]"
_MARKS = re.compile(_MARK, re.IGNORECASE)
_MARKS_NEXT = re.compile(rf"(?:[ \t]*{_MARK})*[.。]?", re.IGNORECASE)
_BULLET = re.compile(r"^\s*(?:[-*•–]\s+|\d{1,2}[.)]\s+|#+\s+)|\*\*|__")


def complete_sentences(pieces: Iterator[str]) -> Iterator[str]:
    """Sentences with their marks, each once the next has begun; an unfinished last one is dropped."""
    text = ""
    leading: bool | None = None  # some models set the mark before the sentence
    for piece in pieces:
        text += piece
        if leading is None and text.strip():
            leading = text.lstrip().startswith("[")
        while (cut := _first_cut(text, leading is True)) is not None:
            if text[:cut].strip():
                yield text[:cut].strip()
            text = text[cut:]
    text = text.strip()
    if text and (_MARKS.search(text[-12:]) or re.search(r"[.!?؟۔。！？…][\"'”’»)\]]*$", text)):
        yield text


def _first_cut(text: str, leading: bool) -> int | None:
    """Where the first sentence of `text` ends, marks after it included, once it is sure that it has."""
    for end in sentence_ends(text):
        marks = None if leading else _MARKS_NEXT.match(text, end)
        cut = marks.end() if marks else end
        rest = text[cut:].lstrip(" \t")
        if rest and (leading or not rest.startswith("[")):
            return cut
    return None


def write(
    question: str,
    language: str,
    hits: Sequence[Hit],
    quoted: Answer,
    model: BaseChatModel,
    *,
    page_text: Callable[[Hit], str],
    cosine: Cosine | None = None,
    first: float = FIRST,
    total: float = TOTAL,
    sentences: int = SENTENCES,
) -> Iterator[Sentence]:
    """The verified sentences `model` writes on `question`, each as soon as it stands; nothing if none does.

    hits: best first. quoted: the quoting composer's answer; what it cites is read first. page_text: the text
    of a hit's page. first, total: seconds. Raises ModelUnavailable where the model is down, slow or silent;
    sentences yielded before that stay verified.
    """
    chosen = choose(hits, quoted)
    desk = _Desk(question, language, chosen, page_text, cosine, quoted)
    pieces = stream_text(
        model, messages(question, language, chosen, quoted, sentences), first=first, total=total
    )
    try:
        for raw in complete_sentences(pieces):
            sentence = desk.check(raw)
            if sentence is not None:
                yield sentence
            if len(desk.shown) >= sentences:
                return
    finally:
        close = getattr(pieces, "close", None)
        if close is not None:
            close()


def choose(hits: Sequence[Hit], quoted: Answer) -> list[Hit]:
    """The passages to write from: those the quotes rest on, then the best others."""
    cited = [citation.hit for sentence in quoted.sentences for citation in sentence.citations]
    by_id = {hit.passage.id: hit for hit in (*cited, *hits)}
    return list(by_id.values())[:PASSAGES]


def messages(
    question: str, language: str, chosen: Sequence[Hit], quoted: Answer, sentences: int = SENTENCES
) -> list[tuple[str, str]]:
    """What the model is told: the prompt, and the numbered passages as data with the question after them."""
    from babel import Locale, UnknownLocaleError

    try:
        tongue = str(Locale.parse(language).get_display_name("en"))
    except (UnknownLocaleError, ValueError):
        tongue = "the language of the question"
    share = BUDGET // max(1, len(chosen))
    quotes = {
        citation.hit.passage.id: citation.quote for each in quoted.sentences for citation in each.citations
    }
    blocks = []
    for number, hit in enumerate(chosen, start=1):
        about = [hit.source.title, *hit.passage.headings[-2:]]
        wanted = quotes.get(hit.passage.id, question)
        text = _excerpt(hit.passage.text, share, wanted, hit.source.language)
        blocks.append(
            f"<passage>\n[{number}] {_as_data(' > '.join(about))[:200]}\n{_as_data(text)}\n</passage>"
        )
    prompt = prompts.load("answer")
    # Asked in the question's language: told in English, the local model answers in English.
    ask = prompt.fields.get(f"ask-{language}") or f"Answer in {tongue}. {prompt.fields['ask-en']}"
    passages = "<passages>\n" + "\n".join(blocks) + "\n</passages>"
    return [
        ("system", prompt.filled(language=tongue, sentences=str(sentences))),
        ("human", f"{passages}\n\n{question}\n\n{ask}"),
    ]


def _as_data(text: str) -> str:
    """`text` so that it can close no fence and set no mark: angle and numbered square brackets change."""
    text = text.replace("<", "‹").replace(">", "›")
    return re.sub(r"\[(\s*[\d,;\s–-]+)\]", r"(\1)", text)


def _excerpt(text: str, tokens: int, wanted: str, language: str) -> str:
    """`text`, or where it is too long the sentences around the one that is nearest to `wanted`."""
    if estimate_tokens(text) <= tokens:
        return text
    parts = split_sentences(text)
    aim = set(stems(wanted, language))
    at = max(range(len(parts)), key=lambda place: (len(aim & set(stems(parts[place], language))), -place))
    start, end = at, at + 1
    while True:
        grown = [(start - 1, end), (start, end + 1)]
        fits = [
            (low, high)
            for low, high in grown
            if low >= 0 and high <= len(parts) and estimate_tokens(" ".join(parts[low:high])) <= tokens
        ]
        if not fits:
            break
        start, end = fits[-1]
    kept = " ".join(parts[start:end])
    return kept[: tokens * 4] if estimate_tokens(kept) > tokens else kept


@dataclass
class _Desk:
    """Checks one written sentence after another against the passages of one question."""

    question: str
    language: str
    hits: Sequence[Hit]
    page_text: Callable[[Hit], str]
    cosine: Cosine | None
    quoted: Answer
    shown: list[str] = field(default_factory=list)

    def check(self, raw: str) -> Sentence | None:
        """`raw` as a cited sentence, or None where it does not stand."""
        marks = {int(mark) for found in _MARKS.findall(raw) for mark in _marked(found)}
        text = _BULLET.sub("", _MARKS.sub("", raw))
        text = re.sub(r"\s+([.,;:!?。，])", r"\1", " ".join(text.split()))
        if text.rstrip(".") == "NONE" or not any(char.isalpha() for char in text) or text.endswith("?"):
            return None
        if (
            text in self.shown
            or not reads_as(text, self.language)
            or any(not 1 <= mark <= len(self.hits) for mark in marks)
        ):
            log.info(
                "a written sentence was cut: repeated, in another language, or with a mark that leads nowhere"
            )
            return None
        by_support = sorted(self.hits, key=lambda hit: -self._support(text, hit))
        # A small model often sets no mark, or a wrong one: then the passage that supports it most is tried.
        for cited in ([self.hits[mark - 1] for mark in sorted(marks)], by_support[:1]):
            sentence = self._stands(text, cited) if cited else None
            if sentence is not None:
                self.shown.append(text)
                return sentence
        return None

    def _support(self, text: str, hit: Hit) -> float:
        return support(text, hit.passage.text, self.language, hit.source.language)

    def _stands(self, text: str, cited: Sequence[Hit]) -> Sentence | None:
        verdict = borne(
            text,
            [hit.passage.text for hit in cited],
            language=self.language,
            cited_languages=[hit.source.language for hit in cited],
            titles=[title for hit in cited for title in (hit.source.title, *hit.passage.headings)],
            question=self.question,
            cosine=self.cosine,
        )
        if not verdict:
            log.info("a written sentence was cut: %s", verdict.reason)
            return None
        best = max(self._support(text, hit) for hit in cited)
        kept = [hit for hit in cited if self._support(text, hit) >= best / 3]  # a mark that adds nothing goes
        citations = [citation for hit in kept for citation in self._quotes(text, hit)]
        return Sentence(text, tuple(citations), self.language) if citations else None

    def _quotes(self, text: str, hit: Hit) -> list[Citation]:
        """The sentence of the passage that supports `text` most, and one more if numbers miss in it."""
        page = self.page_text(hit)
        rest = set(numbers(text, self.language))
        options = [option for option in candidates(hit, page) if cite(hit, option, page) is not None]
        order = list(options)
        found: list[str] = []
        while options and len(found) < 2:
            best = max(options, key=lambda option: self._nearness(text, option, hit, rest))
            covered = rest & numbers(best, hit.source.language)
            if found and not covered:
                break
            found.append(best)
            rest -= covered
            options.remove(best)
            if not rest:
                break
        cited = (cite(hit, quote, page) for quote in sorted(found, key=order.index))
        return [citation for citation in cited if citation is not None]

    def _nearness(self, text: str, option: str, hit: Hit, rest: set[str]) -> float:
        near = support(text, option, self.language, hit.source.language)
        near += len(rest & numbers(option, hit.source.language))
        if hit.source.language not in (self.language, "", "und"):
            if self.cosine is not None:
                return near + 4 * self.cosine(text, option)
            quotes = {each.quote for said in self.quoted.sentences for each in said.citations}
            return near + (0.1 if option in quotes else 0.0)
        return near


def candidates(hit: Hit, page: str) -> list[str]:
    """What may be quoted of a hit: its sentences, or a table row in the page's own words (or its cells)."""
    passage = hit.passage
    if passage.kind != "row":
        return [unit.text for unit in units(passage, hit.source.language)]
    row = page[passage.start : passage.end]
    cells = [line.partition(": ")[2] or line for line in passage.text.splitlines()]
    return [row] if 0 < len(row) <= 500 else [cell for cell in cells if cell in page]


def _marked(mark: str) -> list[int]:
    """The passage numbers of one mark: "[1, 3]" -> 1, 3; "[2-4]" -> 2, 3, 4."""
    found: list[int] = []
    for part in re.split(r"[,;]", mark):
        ends = [int(number) for number in re.findall(r"\d+", part)]
        found += range(ends[0], min(ends[-1], ends[0] + PASSAGES) + 1) if len(ends) == 2 else ends
    return found
