"""What an admin does with generations and locked files by hand, each with its line in the audit."""

from __future__ import annotations

from pathlib import Path

from ingest.admin import Admin
from ingest.documents import IngestError, sha256_of
from ingest.gate import kept
from ingest.jobs import working
from ingest.library import Library, LibraryError, Pruned


def publish(library: Library, name: str, who: str, *, force: bool = False) -> None:
    """Makes generation `name` live. Raises LibraryError where the gate did not pass it, unless forced."""
    with working(library, "publish", who) as report:
        library.info(name)
        result = kept(library.root, name)
        stopped = result is not None and not result.passed
        if stopped and result and not force:
            raise LibraryError(
                f"the gate did not pass generation {name} ({result.verdict}); to publish it all the same,"
                " give --force: it is written to the audit"
            )
        library.publish(name, who)
        why = f", by force though {result.verdict}" if stopped and result else ""
        Admin(library.root).record(who, "published", f"generation {name}{why}")
        report.end("done", f"generation {name} published", name)


def rollback(library: Library, who: str) -> str:
    """Goes back to the generation that was live before the live one; gives its name."""
    with working(library, "rollback", who) as report:
        name = library.rollback(who)
        Admin(library.root).record(who, "rolled back", f"to generation {name}")
        report.end("done", f"generation {name} published", name)
        return name


def discard(library: Library, name: str, who: str) -> None:
    """Removes a generation that is not live."""
    with working(library, "discard", who) as report:
        library.discard(name)
        Admin(library.root).record(who, "discarded", f"generation {name}")
        report.end("done", f"generation {name} discarded")


def prune(library: Library, keep: int, who: str) -> Pruned:
    """Removes all but the `keep` newest generations, and what only they needed."""
    from ingest.ocr import OcrCache
    from ingest.readings import FILE, ReadingCache

    with working(library, "prune", who) as report:
        gone = library.prune(keep)
        needed = {path.name.partition(".")[0] for path in (library.root / "originals").glob("*/*")}
        ReadingCache(library.root / FILE).keep_only(needed)
        OcrCache(library.root / FILE).forget(needed)
        what = f"{len(gone.generations)} generations, {len(gone.originals)} originals"
        Admin(library.root).record(who, "pruned", what)
        report.end("done", f"{what} removed")
        return gone


def unlock(library: Library, file: Path, password: str, who: str) -> None:
    """Keeps the password of a locked PDF. Raises IngestError where it does not open the file."""
    from pypdf import PasswordType, PdfReader
    from pypdf.errors import PyPdfError

    try:
        reader = PdfReader(file)
        if not reader.is_encrypted:
            raise IngestError(f"{file.name} is not locked; sync it as it is")
        if reader.decrypt(password) == PasswordType.NOT_DECRYPTED:
            raise IngestError(f"this password does not open {file.name}; give the right one")
    except (OSError, PyPdfError) as error:
        raise IngestError(f"{file} cannot be read as a PDF ({error}); name the locked PDF") from error
    admin = Admin(library.root)
    admin.put_password(sha256_of(file), password)
    admin.record(who, "unlocked", file.name)
