"""Example questions from the library's own documents: what a section of one of them says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import zip_longest

from assistant.answer import Answer, Source
from assistant.live import Readable
from ingest.documents import Passage

_ASKING = {
    "en": "What does “{title}” say about {heading}?",
    "fr": "Que dit « {title} » au sujet de : {heading} ?",
    "es": "¿Qué dice «{title}» sobre {heading}?",
    "ru": "Что сказано в документе «{title}» на тему: {heading}?",
    "ar": "ماذا تقول وثيقة «{title}» عن {heading}؟",
    "zh": "《{title}》关于“{heading}”说了什么？",
}
# Sections that people ask for come first; front matter never.
_WANTED = re.compile(
    r"lesson|leçon|lecci|recommend|recomend|result|finding|challenge|défi|financ|impact|priorit", re.I
)
_UNWANTED = re.compile(
    r"content|sommaire|índice|acronym|abbrev|annex|append|introduc|acknowledg|reference|bibliogra|executive|résumé|resumen",
    re.I,
)


def candidates(generation: Readable) -> Iterator[tuple[str, str]]:
    """(document, question), one a document, documents of different kinds first."""
    ranked: dict[str, int] = {}
    order = []
    for sha, source in generation.sources.items():
        ranked[source.kind] = ranked.get(source.kind, 0) + 1
        order.append((ranked[source.kind], sha))
    for _, sha in sorted(order)[:60]:
        source = generation.sources[sha]
        if source.language not in _ASKING or not _named(source):
            continue
        headings = _headings(generation.catalogue.passages_of(sha), source.title)
        wanted = next((heading for heading in headings if _WANTED.search(heading)), "")
        if wanted:
            yield sha, _ASKING[source.language].format(title=source.title, heading=_small(wanted))


def further(generation: Readable, answer: Answer) -> Iterator[tuple[str, str]]:
    """(document, question) of other sections of the documents that `answer` cites, one document in turn."""
    cited = {
        citation.hit.passage.id: citation.hit
        for sentence in answer.sentences
        for citation in sentence.citations
    }
    read = {_plain(heading) for hit in cited.values() for heading in hit.passage.headings}
    of_each = []
    for sha in dict.fromkeys(hit.source.document for hit in cited.values()):
        source = generation.sources.get(sha)
        asking = _ASKING.get(answer.language) or _ASKING.get(source.language if source else "")
        if source is None or asking is None or not _named(source, 150):
            continue
        headings = _headings(generation.catalogue.passages_of(sha), source.title)
        named = [
            heading
            for heading in headings
            if heading not in read and heading.casefold() not in answer.standing_question.casefold()
        ]
        named.sort(key=lambda heading: _WANTED.search(heading) is None)  # the longest sections stay first
        of_each.append(
            [(sha, asking.format(title=source.title, heading=_small(heading))) for heading in named]
        )
    for turn in zip_longest(*of_each):
        yield from filter(None, turn)


def _named(source: Source, longest: int = 90) -> bool:
    """Whether its title can stand in a question."""
    return 15 <= len(source.title) <= longest and not source.title.isupper()


def _plain(heading: str) -> str:
    """Without its number."""
    return re.sub(r"^(?:[\dIVXivx]{1,4}(?:[.)]\d*)*|[A-H][.)])\s+", "", heading).strip(" .:")


def _headings(passages: list[Passage], title: str) -> list[str]:
    """What sections are called that can be asked for, those with most text first."""
    found: dict[str, int] = {}
    for passage in passages:
        if passage.headings and passage.kind == "text":
            plain = _plain(passage.headings[-1])
            words = len(plain.split())
            fits = 8 <= len(plain) <= 60 and words >= 2 and not re.search(r"\d{3}|[?:]|\d$", plain)
            if fits and not _UNWANTED.search(plain) and plain.casefold() not in title.casefold():
                found[plain] = found.get(plain, 0) + len(passage.text)
    return sorted(found, key=lambda text: -found[text])


def _small(heading: str) -> str:
    """As it stands within a sentence."""
    if heading.isupper():
        return heading.lower()
    return heading[:1].lower() + heading[1:] if heading[1:].islower() else heading
