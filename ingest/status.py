"""What the library holds, file by file, and what needs attention: behind `python -m ingest status`."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.admin import UPLOADS, WITHDRAWN, Admin, Withdrawal
from ingest.catalogue import Catalogue, DocumentEntry, FileEntry
from ingest.documents import EMPTY_PAGE
from ingest.library import Library
from ingest.limits import Limit
from ingest.ocr import unread_reason
from ingest.scan import storable

# Mean word confidence of Tesseract below which a page is worth a look.
LOW_CONFIDENCE = 0.8
SAME_BYTES = "same bytes as"  # how the reason of a file begins that repeats another one (ingest/build.py)
# Share of pages with nothing on them above which that is worth a look: backs of title pages are fewer, and
# a page whose letters are drawn as shapes looks blank to a reader.
MOST_BLANK = 0.25
FEWEST_FAULTS = 20  # wrong letters: fewer are bullets of a symbol font (ingest/quality.py)
# Ranks of attention, the most pressing first.
FAILED, UNREAD, FAULTS, UNKNOWN, SUPERSEDED, UNSURE, TWIN, SKIPPED, WELL, COPY = range(10)


@dataclass(frozen=True)
class _Known:
    """What the live generation and the admin's settings say of all documents."""

    documents: Mapping[str, DocumentEntry]
    problems: Mapping[str, Sequence[tuple[int | None, str]]]
    ocr: Mapping[str, Sequence[tuple[int | None, float]]]
    edits: Mapping[str, Mapping[str, str]]
    withdrawn: Mapping[str, Withdrawal]
    limits: Mapping[str, Collection[Limit]]
    uploads: str  # the folder of what was uploaded


def status(library: Library) -> dict[str, Any]:
    """{"generation", "documents": [...]}, one entry a file, failed and skipped ones included.

    An entry: document (file name), title, kind, countries, language, pages, passages, state
    ("indexed", "skipped", "failed"), reason, and what else is known of it: how well it was read, what an
    admin has set of it, and "attention" {"rank", "why"}, by which the screen sorts: 0 is the most pressing.
    """
    live = library.live()
    if live is None:
        return {"generation": None, "documents": []}
    library.info(live)
    admin = Admin(library.root)
    with closing(library.catalogue(live)) as catalogue:
        entries = catalogue.files()
        known = _Known(
            {entry.sha: entry for entry in catalogue.documents()},
            catalogue.page_problems(),
            _pages_by_ocr(catalogue),
            admin.edits(),
            admin.withdrawn(),
            admin.limits().of(entries),
            storable(str((library.root / UPLOADS).resolve())),
        )
        files = [_file(entry, known) for entry in entries]
    return {"generation": live, "documents": files}


def _pages_by_ocr(catalogue: Catalogue) -> dict[str, list[tuple[int | None, float]]]:
    found: dict[str, list[tuple[int | None, float]]] = {}
    for document, page, confidence in catalogue.connection.execute(
        "SELECT document, page, ocr FROM pages WHERE ocr IS NOT NULL ORDER BY document, place"
    ):
        found.setdefault(document, []).append((page, confidence))
    return found


def _file(entry: FileEntry, known: _Known) -> dict[str, Any]:
    sha = entry.document or ""
    document = known.documents.get(sha)
    what = document.description if document else None
    ocr = known.ocr.get(sha, [])
    newer = known.documents.get(document.superseded) if document else None
    twin = known.documents.get(document.twin) if document else None
    withdrawal = known.withdrawn.get(sha)
    row: dict[str, Any] = {
        "document": entry.name,
        "title": what.title if what else "",
        "kind": str(what.kind) if what else "",
        "countries": list(what.countries) if what else [],
        "language": what.language if what else "",
        "pages": document.pages if document else 0,
        "passages": document.passages if document else 0,
        "state": entry.state,
        "reason": entry.reason,
        "path": entry.path,
        "sha256": entry.document,
        "organisations": list(what.organisations) if what else [],
        "period": list(what.period) if what and what.period else None,
        "published": what.published if what else None,
        "symbol": what.symbol if what else "",
        "found": dict(what.found) if what else {},
        "unread_pages": [
            {"page": page, "reason": unread_reason(why)} for page, why in known.problems.get(sha, [])
        ],
        "folder": entry.folder,
        "uploaded": entry.folder == known.uploads,
        "format": document.format if document else "",
        "quality": dict(document.quality) if document else {},
        "ocr_pages": [{"page": page, "confidence": round(value, 3)} for page, value in ocr],
        "superseded": newer.description.title if newer else "",
        "superseded_by": document.superseded if document else "",
        "twin": twin.name if twin else "",
        "edited": dict(known.edits.get(sha, {})),
        "withdrawn": vars(withdrawal) if withdrawal else None,
        "limits": [
            {"sort": limit.sort, "place": limit.place, "groups": sorted(limit.groups)}
            for limit in sorted(known.limits.get(sha, ()), key=lambda limit: limit.key)
        ],
        "waiting": _waiting(entry, document, known),
    }
    row["attention"] = dict(zip(("rank", "why"), attention(row), strict=True))
    return row


def _waiting(entry: FileEntry, document: DocumentEntry | None, known: _Known) -> str:
    """What an admin has set of this file and the live generation does not show yet, "" if nothing."""
    sha = entry.document or ""
    out = entry.reason.startswith(WITHDRAWN)
    removed = entry.folder == known.uploads and not Path(entry.path).exists()
    if (sha in known.withdrawn and not out) or removed:
        return "will be taken out"
    if sha not in known.withdrawn and out:
        return "will be brought back"
    if document and entry.state == "indexed" and not _holds(entry.override, known.edits.get(sha, {})):
        return "will be described anew"
    return ""


def _holds(override: str, edited: Mapping[str, str]) -> bool:
    """Whether the edits are among what was applied."""
    applied = json.loads(override) if override else {}
    return all(applied.get(field) == value for field, value in edited.items())


def attention(row: Mapping[str, Any]) -> tuple[int, list[str]]:
    """(rank, why) of an entry of `status`: the most pressing first, "why" a few words each."""
    if row["state"] == "failed":
        return FAILED, [row["reason"]]
    if row["state"] == "skipped":
        return COPY if row["reason"].startswith(SAME_BYTES) else SKIPPED, [row["reason"]]
    found: list[tuple[int, str]] = []
    unread = [each for each in row["unread_pages"] if each["reason"] != EMPTY_PAGE]
    blank, faults = len(row["unread_pages"]) - len(unread), row["quality"].get("faults", 0)
    if unread:
        found.append((UNREAD, f"{_pages(unread)} could not be read"))
    if blank > MOST_BLANK * row["pages"]:
        found.append((UNREAD, f"{blank} of {row['pages']} pages hold no text"))
    if faults >= FEWEST_FAULTS:
        found.append((FAULTS, f"{faults} wrong letters ({_pages(_faulty(row['quality']))})"))
    if row["language"] == "und":
        found.append((UNKNOWN, "language unknown"))
    if row["found"].get("title") == "file name":
        found.append((UNKNOWN, "title from the file name"))
    if row["superseded_by"] == row["sha256"]:
        found.append((SUPERSEDED, "set as no longer in force"))
    elif row["superseded_by"]:
        newer = f": {row['superseded']}" if row["superseded"] else ""
        found.append((SUPERSEDED, f"there is a newer version{newer}"))
    unsure = [each for each in row["ocr_pages"] if each["confidence"] < LOW_CONFIDENCE]
    if unsure:
        found.append((UNSURE, f"OCR is unsure of {_pages(unsure)}"))
    if row["twin"]:
        found.append((TWIN, f"nearly the same text as {row['twin']}"))
    return (found[0][0], [why for _, why in found]) if found else (WELL, [])


def _pages(listed: Sequence[Mapping[str, Any]]) -> str:
    """ "page 4", "pages 4, 5 and 2 more"."""
    numbers = [str(each["page"]) for each in listed if each["page"] is not None]
    if not numbers:
        return "the text"
    if len(numbers) == 1:
        return f"page {numbers[0]}"
    if len(numbers) <= 3:
        return f"pages {', '.join(numbers[:-1])} and {numbers[-1]}"
    return f"pages {', '.join(numbers[:3])} and {len(numbers) - 3} more"


def _faulty(quality: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{"page": page} for page in quality.get("faulty_pages", ())]
