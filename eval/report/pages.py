"""The pages of a library by file name, and a gold quote shown on its page."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import lru_cache

from assistant.web.excerpt import excerpt
from eval.report.content import Expected
from eval.report.words import file_name, say
from eval.results import Gold, Place, Run
from ingest.catalogue import Catalogue
from ingest.library import Library

PageText = Callable[[str, int | None], str]

LONGEST = 1800  # characters of an excerpt; quotes further apart are shown apart
AROUND = 260  # characters of a page shown on either side of a quote: enough to see what it is about


def pages_of(catalogue: Catalogue) -> PageText:
    """(file name, page) -> the page's text, "" where the library has none; for as long as it is open."""
    documents: dict[str, list[str]] = {}
    for entry in catalogue.documents():
        documents.setdefault(entry.name, []).append(entry.sha)

    @lru_cache(maxsize=512)
    def page_text(document: str, page: int | None) -> str:
        texts = (catalogue.page_text(sha, page) for sha in documents.get(document, ()))
        return next(filter(None, texts), "")

    return page_text


@contextmanager
def pages_of_run(library: Library, run: Run) -> Iterator[PageText | None]:
    """The pages of the generation that the run was put to; None where that is gone: it has none to show."""
    if run.generation not in library.generations():
        yield None
        return
    with closing(library.catalogue(run.generation)) as catalogue:
        yield pages_of(catalogue)


def expected(gold: Sequence[Gold], page_text: PageText | None, ui: str = "en") -> tuple[Expected, ...]:
    """Each gold page once, its quotes in their surroundings, or a remark that says why it cannot be shown."""
    pages: dict[Place, list[str]] = {}
    for each in gold:
        pages.setdefault(each.place, []).append(each.quote)
    found: list[Expected] = []
    for where, quotes in pages.items():
        together = _expected(where, quotes, page_text, ui)
        if together.parts and sum(len(text) for text, _ in together.parts) > LONGEST:
            found += [_expected(where, [quote], page_text, ui) for quote in quotes]
        else:
            found.append(together)
    return tuple(found)


def _expected(where: Place, quotes: Sequence[str], page_text: PageText | None, ui: str) -> Expected:
    name, wanted = place(*where, ui=ui), tuple(filter(str.strip, quotes))
    if page_text is None:
        return Expected(name, wanted)
    text = page_text(*where)
    if not text.strip():
        return Expected(name, wanted, remark=say(ui, "question.no_text"))
    if not wanted:
        return Expected(name, ())
    shown = excerpt(text, wanted, around=AROUND)
    if shown is None:
        return Expected(name, wanted, remark=say(ui, "question.not_whole"))
    return Expected(name, wanted, shown.parts, shown.before, shown.after)


def place(document: str, page: int | None, label: str = "", ui: str = "en") -> str:
    """ "report.pdf, p. 24 (printed 21)"; the file name alone for formats without pages."""
    document = file_name(document, ui)
    if page is None:
        return document
    if label.strip() in ("", str(page)):
        return say(ui, "question.page", document=document, page=page)
    return say(ui, "question.page_printed", document=document, page=page, label=label)
