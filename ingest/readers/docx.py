"""DOCX -> HTML (mammoth) -> blocks, within limits on what it unpacks to."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.clean import normalise
from ingest.documents import LONGEST_WHY, Page, Reading, UnreadableFile
from ingest.readers.docx_unseen import take_out_unseen
from ingest.readers.docx_words import printed_words
from ingest.readers.html import blocks_of_html, with_headings

if TYPE_CHECKING:
    from lxml.etree import _Element  # type: ignore[import-untyped]

MIB = 1024**2
LARGEST_UNPACKED = 300 * MIB
# Word's XML packs to a tenth, long tables to a fiftieth; only padding packs to a thousandth.
_HIGHEST_RATIO = 300
_RATIO_COUNTS_FROM = 10 * MIB  # bytes unpacked
_SAVE_AGAIN = "open it in Word and save it again"
_PROPERTIES = {
    "title": "title", "creator": "author", "created": "created", "subject": "subject", "keywords": "keywords",
    "language": "language", "description": "description",
}  # fmt: skip


def read_docx(path: Path, *, largest_unpacked: int = LARGEST_UNPACKED) -> Reading:
    """The document at `path`; it has no pages. `largest_unpacked`: bytes.

    Raises UnreadableFile for what is damaged, locked, or unpacks to more than any document would.
    """
    from lxml import etree  # type: ignore[import-untyped]

    try:
        with zipfile.ZipFile(path) as archive:
            parts = _parts(archive, largest_unpacked)
        unseen = sum(
            take_out_unseen(root, parts.get("word/styles.xml"))
            for name, root in parts.items()
            if name.startswith("word/") and name.endswith(".xml")
        )
        html = _html(printed_words(parts))
    except (zipfile.BadZipFile, etree.XMLSyntaxError, KeyError, ValueError, OSError, AttributeError) as error:
        # mammoth raises KeyError or AttributeError where an attribute that must be there is not.
        why = " ".join(f"{type(error).__name__}: {error}".split())  # libxml's words go over two lines
        raise UnreadableFile(f"the DOCX is damaged ({why[:LONGEST_WHY]}); {_SAVE_AGAIN}") from error
    except RuntimeError as error:
        if isinstance(error, RecursionError):
            raise
        raise UnreadableFile(
            "the DOCX is locked with a password; save it without one and sync again"
        ) from error
    properties = {**_properties(parts), **({"unseen": str(unseen)} if unseen else {})}
    return Reading("docx", (Page(None, "", with_headings(blocks_of_html(html))),), properties)


def _parts(archive: zipfile.ZipFile, largest: int) -> dict[str, _Element]:
    """Part name -> parsed XML, for the parts that hold words, styles or numbers; pictures are left out."""
    wanted = [item for item in archive.infolist() if _is_wanted(item.filename)]
    total = sum(item.file_size for item in wanted)
    if total > largest:
        raise UnreadableFile(
            f"the DOCX unpacks to {total // MIB} MB of text, more than the {largest // MIB} MB that are read;"
            " split it"
        )
    for item in wanted:
        ratio = item.file_size / max(item.compress_size, 1)
        if item.file_size > _RATIO_COUNTS_FROM and ratio > _HIGHEST_RATIO:
            raise UnreadableFile(
                f"the DOCX unpacks to {ratio:.0f} times its size, as no document does; {_SAVE_AGAIN}"
            )
    return {item.filename: _parsed(archive.read(item)) for item in wanted}


def _is_wanted(name: str) -> bool:
    if name in ("[Content_Types].xml", "_rels/.rels", "docProps/core.xml"):
        return True
    folder, _, file = name.rpartition("/")
    return folder in ("word", "word/_rels") and file.endswith((".xml", ".rels"))


def _parsed(data: bytes) -> _Element:
    """Raises UnreadableFile where the XML declares entities, which Word never does."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    root = etree.fromstring(data, parser)
    if root.getroottree().docinfo.doctype:
        raise UnreadableFile(f"the DOCX declares XML entities, as no document needs; {_SAVE_AGAIN}")
    return root


def _html(parts: dict[str, _Element]) -> str:
    import mammoth  # type: ignore[import-untyped]
    from lxml import etree

    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name, root in parts.items():
            archive.writestr(name, etree.tostring(root, xml_declaration=True, encoding="UTF-8"))
    packed.seek(0)
    return str(mammoth.convert_to_html(packed, convert_image=lambda image: []).value)


def _properties(parts: dict[str, _Element]) -> dict[str, str]:
    from lxml import etree

    found: dict[str, str] = {}
    for item in parts.get("docProps/core.xml", ()):
        if isinstance(item.tag, str):
            name = _PROPERTIES.get(etree.QName(item).localname, "")
            found.setdefault(name, normalise("".join(item.itertext())))
    return {name: value for name, value in found.items() if name and value}
