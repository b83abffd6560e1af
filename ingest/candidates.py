"""Generations that were built and wait for a decision, and those that a newer one makes needless."""

from __future__ import annotations

from ingest.library import Library, LibraryError


def waiting(library: Library) -> list[str]:
    """Names of the generations built since the live one that never were live, newest first."""
    live = library.live()
    published = {line["generation"] for line in library.published()}
    return [
        name
        for name in reversed(library.generations())
        if name != live and name not in published and (live is None or name > live)
    ]


def built_from(library: Library, parent: str | None) -> list[str]:
    """Those that wait and were built from `parent`, newest first."""
    found = []
    for name in waiting(library):
        try:
            info = library.info(name)
        except LibraryError:  # damaged, or of another version of this program
            continue
        if info.parent == parent and "imported" not in info.checks:
            found.append(name)
    return found


def clear_overtaken(library: Library, candidate: str) -> list[str]:
    """Removes what waits from the same parent as `candidate` and is older, as a watch would pile it up.

    `candidate` was built from the same state of the library and a later one of the folders. One that is being
    read stays.
    """
    gone = []
    for name in built_from(library, library.info(candidate).parent):
        if name >= candidate:
            continue
        try:
            library.discard(name)
        except LibraryError:
            continue
        gone.append(name)
    return gone
