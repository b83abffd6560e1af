"""What the library holds, file by file: the figures behind `python -m ingest status`."""

from __future__ import annotations

from typing import Any

from ingest.catalogue import DocumentEntry, FileEntry
from ingest.library import Library


def status(library: Library) -> dict[str, Any]:
    """{"generation", "documents": [...]}, one entry a file, failed and skipped ones included.

    An entry: document (file name), title, kind, countries, language, pages, passages, state
    ("indexed", "skipped", "failed"), reason, and what else is known of it.
    """
    live = library.live()
    if live is None:
        return {"generation": None, "documents": []}
    library.info(live)
    catalogue = library.catalogue(live)
    try:
        known = {entry.sha: entry for entry in catalogue.documents()}
        problems = catalogue.page_problems()
        files = [
            _file(entry, known.get(entry.document or ""), problems.get(entry.document or "", []))
            for entry in catalogue.files()
        ]
    finally:
        catalogue.close()
    return {"generation": live, "documents": files}


def _file(
    entry: FileEntry, document: DocumentEntry | None, problems: list[tuple[int | None, str]]
) -> dict[str, Any]:
    what = document.description if document else None
    return {
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
        "unread_pages": [{"page": page, "reason": reason} for page, reason in problems],
    }
