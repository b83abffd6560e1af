"""What kind of file this is, by its content: its name only tells Markdown from text, and data from text."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import Literal

from ingest.documents import SkippedFile, UnreadableFile

Format = Literal["pdf", "docx", "html", "markdown", "text"]

MIB = 1024**2
LARGEST_FILE = 500 * MIB  # PDF and DOCX, which are mostly pictures
LARGEST_TEXT = 50 * MIB  # HTML, Markdown and plain text: some 20,000 printed pages

_SAMPLE = 64 * 1024
_GIVE = "give it as PDF, DOCX, HTML, Markdown or text"
_PDF = re.compile(rb"%PDF-\d")  # readers accept it anywhere in the first 1,024 bytes
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAGIC = (
    (b"\x89PNG\r\n", "an image"), (b"\xff\xd8\xff", "an image"), (b"GIF8", "an image"),
    (b"II*\x00", "an image"), (b"MM\x00*", "an image"), (b"Rar!\x1a", "an archive"),
    (b"7z\xbc\xaf\x27\x1c", "an archive"), (b"\x1f\x8b", "an archive"), (b"BZh", "an archive"),
    (b"\xfd7zXZ\x00", "an archive"), (b"{\\rtf", "a Rich Text file"), (b"%!PS", "a PostScript file"),
    (b"SQLite format 3\x00", "a database"), (b"\x7fELF", "a program"), (b"MZ\x90\x00", "a program"),
    (b"ID3", "a sound file"),
)  # fmt: skip
_ZIPS = (  # a part that only this kind of zip file has
    ("xl/", "a spreadsheet (XLSX), which is not read; save the sheets that matter as PDF"),
    ("ppt/", "a presentation (PPTX), which is not read; save it as PDF"),
    ("META-INF/container.xml", "an e-book (EPUB), which is not read; save it as PDF or HTML"),
    ("META-INF/manifest.xml", "an OpenDocument file, which is not read; save it as DOCX or PDF"),
)
_OLES = (  # an entry of the compound file's directory
    ("EncryptedPackage", "an Office file locked with a password; save it without one"),
    ("WordDocument", "a Word file of the old kind (DOC), which is not read; save it as DOCX or PDF"),
    (
        "Workbook",
        "a spreadsheet of the old kind (XLS), which is not read; save the sheets that matter as PDF",
    ),
    ("PowerPoint Document", "a presentation of the old kind (PPT), which is not read; save it as PDF"),
    ("__properties_version1.0", "an Outlook message (MSG), which is not read; save it as PDF"),
)
_DATA = {".csv", ".tsv", ".json", ".jsonl", ".xml"}
_LEADING = re.compile(r"\A(?:\s|<\?xml[^>]*\?>|<!--.*?-->)*", re.DOTALL)
_HTML = re.compile(r"<(?:!doctype\s+html|html|head|body|title|meta|link|base|article|main)\b", re.IGNORECASE)
_FRAGMENT = re.compile(
    r"<(?:div|p|h[1-6]|section|table|ul|ol|dl|header|nav|span|center)\b[^<>]*>", re.IGNORECASE
)
_FRONT_MATTER = re.compile(r"\A---[ \t]*\r?\n(?:.*\r?\n)*?(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)")
_SIGNS = tuple(  # of Markdown; two kinds, or three headings, make a text Markdown
    re.compile(sign, re.MULTILINE)
    for sign in (
        r"^#{1,6} \S",
        r"^[ ]{0,3}\|?(?:[ ]*:?-{3,}:?[ ]*\|)+(?:[ ]*:?-{3,}:?[ ]*)?$",
        r"\[[^\]\n]+\]\((?:https?:|mailto:|#|/|\.)[^)\n]*\)",
        r"^(?:```|~~~)",
        r"\*\*\w[^*\n]*\*\*",
        r"^\[\^[^\]\n]+\]:",
    )
)


def detect(path: Path, *, largest: int = LARGEST_FILE, largest_text: int = LARGEST_TEXT) -> Format:
    """The file's format. Raises SkippedFile, with the reason, for what is not read, and UnreadableFile
    where the file cannot be opened. Limits in bytes."""
    try:
        size = path.stat().st_size
        with path.open("rb") as stream:
            head = stream.read(_SAMPLE)
    except OSError as error:
        raise UnreadableFile(
            f"the file cannot be opened ({error.strerror}); check that it may be read"
        ) from error
    if not size:
        raise SkippedFile("the file is empty")
    found: Format
    if _PDF.search(head[:1024]):
        found = "pdf"
    elif head.startswith(b"PK\x03\x04"):
        found = _zipped(path)
    else:
        _refuse_binary(head, path)
        found = _text(head, path)
    limit = largest if found in ("pdf", "docx") else largest_text
    if size > limit:
        raise SkippedFile(
            f"the file has {size / MIB:.0f} MB, more than the {limit / MIB:.0f} MB that are read; split it"
        )
    return found


def wide_encoding(head: bytes) -> str:
    """The UTF-16 or UTF-32 encoding of a text, by its mark or by where its zeros stand; "" for any other."""
    if head.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")):
        return "utf-32"
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    half = max(len(head) // 2, 1)
    even, odd = head[0::2].count(0) / half, head[1::2].count(0) / half
    if min(even, odd) < 0.05 and max(even, odd) > 0.4:
        return "utf-16-le" if odd > even else "utf-16-be"
    return ""


def _zipped(path: Path) -> Literal["docx"]:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise UnreadableFile(
            "the file is a damaged Office file or archive; download or save it again"
        ) from error
    if "word/document.xml" in names:
        return "docx"
    for part, words in _ZIPS:
        if any(name.startswith(part) for name in names):
            raise SkippedFile(f"the file is {words}")
    raise SkippedFile("the file is an archive, which is not read; unpack it into the folder")


def _refuse_binary(head: bytes, path: Path) -> None:
    words = next((words for magic, words in _MAGIC if head.startswith(magic)), "")
    if head[:4] == b"RIFF" or head[4:8] == b"ftyp":
        words = "an image, a sound or a film"
    if head[257:262] == b"ustar":
        words = "an archive"
    if words:
        raise SkippedFile(f"the file is {words}, which is not read; {_GIVE}")
    if head.startswith(_OLE):
        with path.open("rb") as stream:
            data = stream.read(64 * MIB)
        for entry, words in _OLES:
            if entry.encode("utf-16-le") in data:
                raise SkippedFile(f"the file is {words}")
        raise SkippedFile(
            "the file is an Office file of an old kind, which is not read; save it as DOCX or PDF"
        )


def _text(head: bytes, path: Path) -> Literal["html", "markdown", "text"]:
    wide = wide_encoding(head)
    # A tenth of compressed data is control characters; a text with a stray NUL, however short, is a text.
    control = sum(head.count(code) for code in (*range(9), *range(14, 27), *range(28, 32), 127))
    if not wide and control > 2 + 0.02 * len(head):
        raise SkippedFile(f"the file is binary, of an unknown kind, whatever its name says; {_GIVE}")
    # Latin-1 maps every byte, and the marks looked for are ASCII.
    text = head.decode(wide or "latin-1", "replace").removeprefix("\xef\xbb\xbf").removeprefix("\ufeff")
    if len(head) < _SAMPLE and not text.strip():
        raise SkippedFile("the file holds no text, only white space")
    leading = _LEADING.match(text)
    body = text[leading.end() :] if leading else text
    ending = path.suffix.lower()
    named_markdown = ending in (".md", ".markdown", ".mdown", ".mkd")
    if re.match(r"<svg\b", body, re.IGNORECASE):
        raise SkippedFile(f"the file is an image, which is not read; {_GIVE}")
    if _HTML.match(body) or (_FRAGMENT.match(body) and not named_markdown):
        return "html"
    if ending in _DATA or text.lstrip().startswith("<?xml"):
        raise SkippedFile(f"the file is data ({ending or 'XML'}), not a document; {_GIVE}")
    if named_markdown or _FRONT_MATTER.match(text):
        return "markdown"
    signs = [len(sign.findall(text)) for sign in _SIGNS]
    return "markdown" if signs[0] >= 3 or sum(map(bool, signs)) >= 2 else "text"
