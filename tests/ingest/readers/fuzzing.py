"""Damaged documents by the thousand: mutations of small good ones, and what must be true of each reading."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

from hypothesis import strategies as st

from ingest.documents import Reading, SkippedFile, UnreadableFile
from ingest.reading import ReadDocument
from tests.assistant import poison

LEAK = "http://127.0.0.1:9/leak"
Outcome = ReadDocument | Reading | UnreadableFile | SkippedFile
# What parsers trip over: ends, edges of numbers, nesting, references, encodings.
TOKENS = (
    b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"-1", b"0", b"99999999999", b"1e999",
    b"4294967296", b"<<", b">>", b"[", b"]", b"(", b")", b"stream\n", b"endstream", b"endobj", b"1 0 R",
    b"2 0 R", b"/Kids [1 0 R]", b"/Type", b"/Length 9", b"BT", b"ET", b"Tj", b"q " * 50, b"Q",
    b"/OC /Hidden BDC", b"3 Tr", b"0 0 0 0 0 0 Tm", b"1e9 0 0 1e9 0 0 cm", b"<w:p>", b"</w:p>", b"<w:tbl>",
    b"<w:tr/>", b'<w:gridSpan w:val="999999"/>', b'<w:pStyle w:val="Heading1"/>', b"&#0;", b"&#x110000;",
    b"<!--", b"-->", b"<![CDATA[", b"<table>", b"<td rowspan=99>", b"<td colspan=1000>", b"<li value=-5>",
    b"<ol start=99999999>", b'<p style="color:#', b'">', b"{", b"}", b"|---|", b"---\n", b"\n\n", b"# ",
    b"> " * 30, b"- " * 30, b"```", b"[[year:", b"![", b"](", b"\\", b"[^1]", b"[^1]: ",
)  # fmt: skip


@cache
def seeds() -> tuple[tuple[str, bytes], ...]:
    """(ending, bytes) of the good documents."""
    return (
        ("pdf", _plain_pdf()),
        ("pdf", poison.pdf(LEAK)),
        ("docx", poison.docx(LEAK)),
        ("html", poison.web_page(LEAK)),
        ("md", poison.markdown(LEAK)),
    )


def _plain_pdf() -> bytes:
    """Uncompressed, with a table, labels and two pages: bytes that mean something when they change."""
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    sheet = Canvas(out, invariant=1, pageCompression=0)
    for number in range(2):
        sheet.drawString(72, 780, f"{number + 1}. Results of the programme")
        for row in range(4):
            for column in range(3):
                sheet.rect(72 + 120 * column, 700 - 20 * row, 120, 20)
                sheet.drawString(76 + 120 * column, 705 - 20 * row, f"cell {row} {column}")
        sheet.drawString(72, 600, "The programme reached every district in the south during its second year.")
        sheet.drawString(300, 40, str(number + 1))
        sheet.showPage()
    sheet.save()
    return out.getvalue()


Change = Callable[[bytes], bytes]


@st.composite
def damaged(draw: st.DrawFn) -> tuple[str, bytes]:
    """(ending, bytes) of a good document after some changes."""
    ending, data = draw(st.sampled_from(seeds()))
    changes = draw(st.lists(_change(), min_size=1, max_size=8))
    if ending == "docx" and draw(st.integers(0, 4)):
        return ending, _in_a_part(data, changes, draw(st.integers(0, 9)))
    return ending, _changed(data, changes)


def _changed(data: bytes, changes: list[Change]) -> bytes:
    for change in changes:
        data = change(data)
    return data


def _in_a_part(data: bytes, changes: list[Change], which: int) -> bytes:
    """The DOCX with changes in the XML of one part, packed again, most often the words themselves."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    names = sorted(name for name in parts if name.endswith((".xml", ".rels")))
    name = "word/document.xml" if which < 6 else names[which % len(names)]
    parts[name] = _changed(parts[name], changes)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for each, content in parts.items():
            archive.writestr(each, content)
    return out.getvalue()


def _change() -> st.SearchStrategy[Change]:
    place = st.floats(0, 1, exclude_max=True)
    size = st.integers(1, 400)
    return st.one_of(
        st.builds(_put, place, st.sampled_from(TOKENS), st.integers(0, 8)),
        st.builds(_put, place, st.binary(min_size=1, max_size=8), st.integers(0, 8)),
        st.builds(_cut, place, size),
        st.builds(_again, place, size, st.integers(1, 40), place),
        st.builds(_number, place, st.sampled_from([b"0", b"-1", b"65536", b"2147483648", b"1e40"])),
        st.builds(lambda at: lambda data: data[: int(at * len(data))], st.floats(0.3, 1, exclude_max=True)),
    )


def _put(place: float, token: bytes, over: int) -> Change:
    def change(data: bytes) -> bytes:
        at = int(place * len(data))
        return data[:at] + token + data[at + over :]

    return change


def _cut(place: float, size: int) -> Change:
    def change(data: bytes) -> bytes:
        at = int(place * len(data))
        return data[:at] + data[at + size :]

    return change


def _again(place: float, size: int, times: int, target: float) -> Change:
    def change(data: bytes) -> bytes:
        at, to = int(place * len(data)), int(target * len(data))
        return data[:to] + data[at : at + size] * times + data[to:]

    return change


def _number(place: float, number: bytes) -> Change:
    def change(data: bytes) -> bytes:
        found = re.compile(rb"\d+").search(data, int(place * len(data)))
        return data if found is None else data[: found.start()] + number + data[found.end() :]

    return change


def broken_promise(outcome: Outcome) -> str:
    """What is wrong with the outcome of a file, "" if nothing."""
    if isinstance(outcome, ReadDocument):
        outcome = outcome.reading
    if isinstance(outcome, Reading):
        for page in outcome.pages:
            words = page.text + page.label + page.problem + "".join(outcome.properties.values())
            if re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff]", words):
                return "a sign that nobody can show was handed on"
            if any(block.kind == "heading" and not 1 <= block.level <= 6 for block in page.blocks):
                return "a heading of no level"
        return ""
    if type(outcome) not in (UnreadableFile, SkippedFile):
        return f"neither a reading nor a reason: {outcome!r}"
    reason = str(outcome)
    if not 10 < len(reason) < 400 or "\n" in reason or "Traceback" in reason:
        return f"a reason that says nothing: {reason!r}"
    return ""


def write(folder: Path, ending: str, data: bytes, number: int) -> Path:
    path = folder / f"damaged-{number}.{ending}"
    path.write_bytes(data)
    return path
