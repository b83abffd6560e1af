"""The page behind a citation: its image, where the quote stands on it, and what the panel tells of it."""

# No `from __future__ import annotations`: FastAPI reads the annotations, which name a local `Request`.
import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from assistant.answer import AssistantError, Hit, Source
from assistant.marks import Marker, Marks
from assistant.web import names, originals, page_text
from assistant.web.access import engine_for
from assistant.web.engine import Engine
from assistant.web.evidence_words import ENGLISH, Words
from assistant.web.language import language_of
from ingest.admin import Admin
from ingest.documents import IngestError, Page
from ingest.preview_image import PagePictures

log = logging.getLogger(__name__)

WIDTHS = (800, 1200, 1600)  # pixels
_SHA256 = re.compile(r"[0-9a-f]{64}")
_NUMBER = re.compile(r"[1-9][0-9]{0,5}", re.ASCII)
_HEADERS = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}
# A page's image never changes, but whether its reader may see it does: a browser that has it asks each time.
_PICTURE = {**_HEADERS, "Cache-Control": "private, no-cache"}


class Asked(BaseModel):
    """quotes: to be marked. near: offsets, in the page's text, of the passage that they were taken from."""

    model_config = ConfigDict(extra="forbid")

    quotes: list[Annotated[str, Field(max_length=20_000)]] = Field(default=[], max_length=40)
    near: tuple[int, int] | None = None


@dataclass(frozen=True)
class Shown:
    """A page that the person may see."""

    source: Source
    page: Page
    pages: int
    pdf: Path | None  # None for formats without pages
    password: str
    generation: str


class _Missing(Exception):
    pass


def add_routes(app: Any, engine: Engine) -> None:
    """`GET /page/{document}/{page}.png`, `GET` and `POST /evidence/{document}[/{page}]` on a FastAPI app.

    A document is named by its SHA-256, a page by its number from 1. What is not there, or not for this
    person, is 404. The panel sends quotes by POST, so that no address holds them.
    """
    from fastapi import Query, Request
    from starlette.responses import JSONResponse, PlainTextResponse, Response

    pictures, marker = PagePictures(), Marker()

    def answered(answer: Callable[[], Response]) -> Response:
        try:
            return answer()
        except (_Missing, AssistantError, IngestError) as problem:
            log.info("no evidence shown: %s", problem)
            return PlainTextResponse("There is no such page.", 404, _HEADERS)

    def picture(request: Request, document: str, page: str, w: int = WIDTHS[1]) -> Response:
        def drawn() -> Response:
            shown = _shown(engine_for(request, engine), document, page)
            if shown.pdf is None or shown.page.index is None or w not in WIDTHS:
                raise _Missing("no image")
            headers = {**_PICTURE, "ETag": f'"{document[:20]}-{page}-{w}"'}
            if request.headers.get("if-none-match") == headers["ETag"]:
                return Response(None, 304, headers)
            png = pictures.png(shown.pdf, shown.page.index, shown.password, w)
            return Response(png, 200, headers, "image/png")

        return answered(drawn)

    def told(request: Request, document: str, page: str, asked: Asked) -> Response:
        def tell() -> Response:
            shown = _shown(engine_for(request, engine), document, page)
            words = Words(language_of(request))
            return JSONResponse(evidence(shown, asked.quotes, asked.near, marker, words), 200, _HEADERS)

        return answered(tell)

    def get(
        request: Request,
        document: str,
        page: str = "",
        quote: list[str] = Query(default=[], max_length=40),  # noqa: B008
    ) -> Response:
        return told(request, document, page, Asked(quotes=quote))

    def post(request: Request, document: str, asked: Asked, page: str = "") -> Response:
        return told(request, document, page, asked)

    app.add_api_route("/page/{document}/{page}.png", picture, methods=["GET"], response_model=None)
    for path in ("/evidence/{document}", "/evidence/{document}/{page}"):
        app.add_api_route(path, get, methods=["GET"], response_model=None)
        app.add_api_route(path, post, methods=["POST"], response_model=None)


def _shown(engine: Engine, document: str, number: str) -> Shown:
    """The page; raises _Missing where this person's library has none such."""
    if not _SHA256.fullmatch(document) or (number and not _NUMBER.fullmatch(number)):
        raise _Missing("malformed")
    source = next((each for each in engine.sources() if each.document == document), None)
    if source is None:
        raise _Missing("no such document")
    page = engine.page(document, int(number) if number else None)
    if page is None:
        raise _Missing("no such page")
    path = engine.original(document)
    pdf = path if page.index is not None and originals.media_type(path) == "application/pdf" else None
    password = Admin(engine.settings.library).passwords().get(document, "") if pdf else ""
    return Shown(source, page, engine.page_count(document), pdf, password, engine.generation())


def evidence(
    shown: Shown,
    quotes: Sequence[str],
    near: tuple[int, int] | None,
    marker: Marker,
    words: Words = ENGLISH,
) -> dict[str, Any]:
    """What the panel shows of a page, as JSON; `text` is HTML whose every word is escaped."""
    source, page = shown.source, shown.page
    quotes = [quote for quote in quotes if any(map(str.isalnum, quote))]
    found = page_text.find(page, quotes, near)
    marks, note = _marked(shown, quotes, near, marker, words)
    where = place(page, words)
    text, cut = page_text.html(page, found.stretches)
    if marks is None and found.missing:
        note = " ".join(filter(None, (note, words[found.why])))
    if not page.text:
        note = " ".join(filter(None, (note, page.problem and words["unread"])))
    address = f"/page/{source.document}/{page.index}.png"
    original = f"/original/{source.document}"
    alt = words["alt marked" if marks and marks.rectangles else "alt"]
    return {
        "title": source.title,
        "facts": " · ".join(filter(None, (*names.details(source, words.ui), source.symbol))),
        "symbol": source.symbol,
        "period": names.years(source),
        "language": source.language if source.language != "und" else "",
        "page": page.index,
        "pages": shown.pages if page.index else None,
        "label": f"{where} {words['of'].format(pages=shown.pages)}" if where else "",
        "previous": page.index - 1 if page.index and page.index > 1 else None,
        "next": page.index + 1 if page.index and page.index < shown.pages else None,
        "image": None if marks is None else {str(width): f"{address}?w={width}" for width in WIDTHS},
        "shape": None if marks is None else round(marks.shape, 5),
        "alt": alt.format(where=where, title=source.title),
        "marks": [] if marks is None else [each._asdict() for each in marks.rectangles],
        "note": " ".join(filter(None, (note, words["cut"] if cut else ""))),
        "caution": cautions(source, page, words),
        "footnote": footnote(source, page, found.number, shown.generation, words),
        "original": original + (f"#page={page.index}" if page.index else ""),
        "download": f"{original}?download=1",
        "text": text,
    }


def _marked(
    shown: Shown,
    quotes: Sequence[str],
    near: tuple[int, int] | None,
    marker: Marker,
    words: Words,
) -> tuple[Marks | None, str]:
    """(where the quotes stand on the page's image, None without an image; what is to be said of it)."""
    if shown.pdf is None:
        return None, ""
    try:
        marks = marker.marks(shown.pdf, shown.page, quotes, near=near, password=shown.password)
    except IngestError as problem:
        log.warning("no image of page %s of %s: %s", shown.page.index, shown.source.document[:12], problem)
        return None, words["not drawn"]
    reasons = list(dict.fromkeys(why for why in marks.why if why))
    said = [words[why] for why in reasons]
    unmarked = sum(bool(why) for why in marks.why)
    if reasons and unmarked < len(quotes):
        said = [words["some"].format(count=unmarked, all=len(quotes))]
    return marks, " ".join(said)


def place(page: Page, words: Words = ENGLISH) -> str:
    """ "page 12 (xi)"; "" for formats without pages."""
    if page.index is None:
        return ""
    label = re.sub(r"(?i)^page\b\s*", "", page.label.strip())
    return words["printed" if label not in ("", str(page.index)) else "page"].format(
        page=page.index, label=label
    )


def cautions(source: Source, page: Page, words: Words = ENGLISH) -> str:
    """What a reader should know before quoting: a newer version, a page read by OCR."""
    said = [words["superseded"].format(newer=source.superseded)] if source.superseded else []
    if page.ocr is not None:
        said.append(words["ocr"].format(confidence=round(100 * page.ocr)))
    return ". ".join(said) + ("." if said else "")


def footnote(source: Source, page: Page, number: str, generation: str, words: Words = ENGLISH) -> str:
    """ "Title, A/80/74, 2019–2021, para. 12, page 4 (iv). Library generation 0007." """
    paragraph = words["paragraph"].format(number=number) if number else ""
    newer = words["superseded"].format(newer=source.superseded) if source.superseded else ""
    facts = ", ".join(
        filter(None, (source.title, source.symbol, names.years(source), paragraph, place(page, words)))
    )
    return " ".join(
        filter(None, (f"{facts}.", newer and f"{newer}.", words["generation"].format(name=generation)))
    )


def attributes(hit: Hit, quotes: Sequence[str]) -> str:
    """The data attributes that make an element open the panel (see evidence.js)."""
    import json

    passage = hit.passage
    page = "" if passage.page is None else f' data-page="{passage.page}"'
    return (
        f' data-evidence="{escape(passage.document)}"{page} data-near="{passage.start}-{passage.end}"'
        f' data-quotes="{escape(json.dumps(list(quotes), ensure_ascii=False))}"'
    )
