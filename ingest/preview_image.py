"""The picture of a PDF's page, drawn in a child process within limits, and kept for the next who asks."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path

from ingest.documents import IngestError
from ingest.pdf_page import pdf_page
from ingest.readers.standby import Standby

WIDTH = 1000  # pixels: enough to read by; an A4 page has some 80 KB as PNG
SECONDS = 20.0  # that a page may take
ROOM = 64_000_000  # bytes of pictures kept, some 500 pages; in memory: none outlives the process
_TALLEST = 2.5  # times the width
_ENLARGED = 4.0  # pixels a point at most: a small page is not blown up without end
_REASONS = 500  # pages of which it is remembered that they cannot be drawn


@dataclass(frozen=True)
class _Order:
    path: Path
    page: int
    width: int
    password: str = field(repr=False)


_Key = tuple[Path, int, int]


class PagePictures:
    """Draws pages, and keeps the last ones drawn. Safe to share between threads: it draws one at a time, and
    hands out what it has meanwhile."""

    def __init__(self, room: int = ROOM) -> None:
        self._room = room
        self._child = Standby(SECONDS)
        self._kept: OrderedDict[_Key, bytes] = OrderedDict()  # the least lately asked for comes first
        self._failed: OrderedDict[_Key, str] = OrderedDict()  # -> why
        self._drawing, self._lock = threading.Lock(), threading.Lock()

    def png(self, path: Path, page: int, password: str = "", width: int = WIDTH) -> bytes:
        """Page `page` (1-based) of the PDF at `path`, as PNG. Raises IngestError where it cannot be drawn."""
        key = (path, page, width)
        found = self._known(key)
        if found is None:
            with self._drawing:
                found = self._known(key) or self._draw(key, password)
        return found

    def _known(self, key: _Key) -> bytes | None:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def _draw(self, key: _Key, password: str) -> bytes:
        path, page, width = key
        if key in self._failed:
            raise IngestError(self._failed[key])
        try:
            drawn = self._child.run(_drawn, _Order(path, page, width, password))
        except IngestError as error:
            self._failed[key] = f"page {page} cannot be drawn: {error}"
            while len(self._failed) > _REASONS:
                self._failed.popitem(last=False)
            raise IngestError(self._failed[key]) from error
        with self._lock:
            self._kept[key] = drawn
            while sum(map(len, self._kept.values())) > self._room:
                self._kept.popitem(last=False)
        return drawn


def _drawn(order: _Order) -> bytes:
    """In the child: the page as PNG."""
    import io

    from PIL.Image import Quantize

    with pdf_page(order.path, order.page, order.password) as page:
        width, height = (max(side, 1.0) for side in page.get_size())
        scale = min(order.width / width, _TALLEST * order.width / height, _ENLARGED)
        picture = page.render(scale=scale).to_pil().convert("RGB")
        stream = io.BytesIO()
        # Measured on pages of reports at 1,200 pixels: 0.15 s and 104 KB; Pillow's default palette takes
        # 0.75 s and 129 KB, full colour 0.3 s and 318 KB.
        picture.quantize(256, method=Quantize.FASTOCTREE).save(stream, "PNG", compress_level=3)
        return stream.getvalue()
