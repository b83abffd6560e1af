"""Example questions from the library's own documents: what a section of one of them says."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.live import Generation
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


def candidates(generation: Generation) -> Iterator[tuple[str, str]]:
    """(document, question), one a document, documents of different kinds first."""
    ranked: dict[str, int] = {}
    order = []
    for sha, source in generation.sources.items():
        ranked[source.kind] = ranked.get(source.kind, 0) + 1
        order.append((ranked[source.kind], sha))
    for _, sha in sorted(order)[:60]:
        source = generation.sources[sha]
        title = source.title
        if source.language not in _ASKING or not 15 <= len(title) <= 90 or title.isupper():
            continue
        heading = _heading(generation.catalogue.passages_of(sha), source.title)
        if heading:
            yield sha, _ASKING[source.language].format(title=source.title, heading=heading)


def _heading(passages: list[Passage], title: str) -> str:
    found: dict[str, int] = {}
    for passage in passages:
        if passage.headings and passage.kind == "text":
            plain = re.sub(r"^[\dIVXivx]{1,4}(?:[.)]\d*)*\s+", "", passage.headings[-1]).strip(" .:")
            fits = 8 <= len(plain) <= 60 and len(plain.split()) >= 2 and not re.search(r"\d{3}|[?:]", plain)
            if fits and not _UNWANTED.search(plain) and plain.casefold() not in title.casefold():
                found[plain] = found.get(plain, 0) + len(passage.text)
    wanted = [text for text in found if _WANTED.search(text)]
    best = max(wanted, key=lambda text: found[text], default="")
    if best.isupper():
        return best.lower()
    return best[:1].lower() + best[1:] if best[1:2].islower() else best
