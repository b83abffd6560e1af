"""DOCX -> HTML (mammoth) -> blocks."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from ingest.clean import normalise
from ingest.documents import Page, Reading, UnreadableFile
from ingest.readers.html import blocks_of_html

_LARGEST = 300 * 1024**2  # bytes unpacked
_RATIO = 200  # unpacked to packed: beyond it, a bomb
# Word names its styles in the language of whoever wrote the file.
_TITLES = ("Title", "Titre", "Título", "Заголовок", "العنوان", "标题")
_LEVELS = ("Titre", "Título", "Heading", "heading", "Заголовок", "Überschrift", "标题", "عنوان")
_STYLES = "\n".join(
    [f"p[style-name='{name}'] => h1:fresh" for name in _TITLES]
    + [f"p[style-name='{name} {level}'] => h{level}:fresh" for name in _LEVELS for level in range(1, 7)]
)
_PROPERTIES = {"title": "title", "creator": "author", "created": "created", "subject": "subject", "keywords": "keywords"}


def read_docx(path: Path) -> Reading:
    """The document at `path`; it has no pages. Raises UnreadableFile for what is damaged or a bomb."""
    import mammoth

    _refuse_bomb(path)
    try:
        with path.open("rb") as stream:
            html = mammoth.convert_to_html(
                stream, style_map=_STYLES, convert_image=mammoth.images.img_element(lambda image: {"src": ""})
            ).value
    except (zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise UnreadableFile(f"the DOCX is damaged ({type(error).__name__}); save it again") from error
    return Reading("docx", (Page(None, "", blocks_of_html(_notes_apart(html))),), _properties(path))


def _refuse_bomb(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        unpacked = sum(item.file_size for item in archive.infolist() if item.filename.endswith((".xml", ".rels")))
        packed = sum(item.compress_size for item in archive.infolist()) or 1
    if unpacked > _LARGEST or (unpacked > 20 * 1024**2 and unpacked / packed > _RATIO):
        raise UnreadableFile(f"unpacks to {unpacked // 1024**2} MB of XML, as no real document does; save it again")


def _notes_apart(html: str) -> str:
    """mammoth puts footnotes at the end, as list items with an id; marks and arrows back are not words."""
    html = re.sub(r'<sup>\s*<a href="#(?:foot|end)note-[^"]*"[^>]*>.*?</a>\s*</sup>', "", html, flags=re.S)
    return re.sub(r'<a href="#(?:foot|end)note-ref[^"]*">.*?</a>', "", html, flags=re.S)


def _properties(path: Path) -> dict[str, str]:
    from lxml import etree

    try:
        with zipfile.ZipFile(path) as archive:
            xml = archive.read("docProps/core.xml")
        root = etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True))
    except (KeyError, etree.XMLSyntaxError):
        return {}  # the file says nothing of itself
    found = {}
    for item in root:
        name = _PROPERTIES.get(etree.QName(item).localname)
        if name and item.text:
            found[name] = normalise(item.text)
    return {name: value for name, value in found.items() if value}
