"""The one file that a library travels in: a tar whose first member lists the others with their checksums."""

from __future__ import annotations

import hashlib
import io
import json
import re
import tarfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ingest.library import LibraryError

FORMAT = 1  # raised when an older program could not read what is written
MANIFEST = "manifest.json"
_LONGEST_MANIFEST = 256 * 1024**2  # bytes: a million originals
_CHUNK = 1024**2
_COMPRESSION = 3  # of gzip: most of the bytes are PDFs, which no level makes smaller
# A place inside the archive; no part of it begins with a dot, so none leads outside.
_PART = r"[^/\\\x00.][^/\\\x00]*"
_NAME = re.compile(
    rf"generation/(generation\.json|catalogue\.sqlite|chroma/{_PART}(/{_PART})*)"
    r"|originals/[0-9a-f]{2}/[0-9a-f]{64}(\.[^/\\\x00]*)?"
    rf"|uploads/{_PART}(/{_PART})*"
    r"|(admin|records|vectors)\.sqlite"
)
Tell = Callable[[int, int, str], None]
"""Told (members done, of how many, the member's name)."""


def portable(name: str) -> bool:
    """Whether a member may have this name, on whatever machine it is unpacked."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return _NAME.fullmatch(name) is not None


class Member(BaseModel):
    """A file of the archive. sha256: 64 hexadecimal digits; size: bytes."""

    model_config = ConfigDict(frozen=True)

    name: str
    size: int = Field(ge=0)
    sha256: str = Field(pattern="^[0-9a-f]{64}$")


class Manifest(BaseModel):
    """What the archive holds. created: ISO 8601, UTC; generation: its name where it came from.

    uploads: the folder that held the uploaded files there, "" where there was none; missing: file names of
    documents whose original was missing or damaged already.
    """

    model_config = ConfigDict(frozen=True)

    format: int
    created: str
    generation: str = Field(pattern="^[0-9]{4,9}$")
    uploads: str = ""
    missing: tuple[str, ...] = ()
    members: tuple[Member, ...]

    @property
    def size(self) -> int:
        return sum(member.size for member in self.members)


@dataclass(frozen=True)
class Source:
    """A file to be packed, under the name it gets."""

    name: str
    path: Path

    def member(self) -> Member:
        with self.path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        return Member(name=self.name, size=self.path.stat().st_size, sha256=digest)


def pack(target: Path, manifest: Manifest, places: Mapping[str, Path], compress: bool, tell: Tell) -> None:
    """Writes the archive; `places`: member name -> file. Raises LibraryError where one changed meanwhile."""
    level: dict[str, Any] = {"compresslevel": _COMPRESSION} if compress else {}
    with tarfile.open(target, "w:gz" if compress else "w", format=tarfile.PAX_FORMAT, **level) as archive:
        first = manifest.model_dump_json(indent=1).encode()
        archive.addfile(_header(MANIFEST, len(first)), io.BytesIO(first))
        for done, member in enumerate(manifest.members):
            tell(done, len(manifest.members), member.name)
            with places[member.name].open("rb") as stream:
                hashed = _Hashed(stream)
                archive.addfile(_header(member.name, member.size), hashed)
                if stream.read(1) or hashed.hexdigest() != member.sha256:
                    raise LibraryError(f"{places[member.name]} changed while it was exported; export again")
    tell(len(manifest.members), len(manifest.members), "")


def _header(name: str, size: int) -> tarfile.TarInfo:
    header = tarfile.TarInfo(name)
    header.size, header.mode = size, 0o600
    return header


class _Hashed(io.RawIOBase):
    """Reads on, and knows the SHA-256 of what was read."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream, self._hash = stream, hashlib.sha256()

    def read(self, size: int = -1, /) -> bytes:
        found = self._stream.read(size)
        self._hash.update(found)
        return found

    def hexdigest(self) -> str:
        return self._hash.hexdigest()


class _Bad(Exception):
    """What is wrong with an archive, as a clause."""


def manifest_of(source: Path) -> Manifest:
    """Reads the first member only. Raises LibraryError."""
    try:
        with _opened(source) as archive:
            return _manifest(archive)
    except (tarfile.TarError, EOFError, zlib.error) as error:
        raise _refused(source, _Bad(f"it is cut off or damaged at {MANIFEST} ({error})")) from error
    except (_Bad, OSError) as error:
        raise _refused(source, error) from error


def unpack(source: Path, folder: Path, tell: Tell) -> Manifest:
    """Unpacks into `folder` what the manifest lists, each file verified. Raises LibraryError.

    Refuses whatever the manifest does not list, links, and names that lead outside.
    """
    name = MANIFEST
    try:
        with _opened(source) as archive:
            manifest = _manifest(archive)
            left = {member.name: member for member in manifest.members}
            total = len(left)
            while header := archive.next():
                name = header.name
                tell(total - len(left), total, name)
                if name not in left:
                    raise _Bad(f"it holds {name!r}, which its manifest does not list")
                _extract(archive, header, left.pop(name), folder / name)
            if left:
                rest = f" and {len(left) - 1} more" if len(left) > 1 else ""
                raise _Bad(f"it ends before {min(left)}{rest}: it is cut off or damaged")
            tell(total, total, "")
            return manifest
    except (tarfile.TarError, EOFError, zlib.error) as error:
        raise _refused(source, _Bad(f"it is cut off or damaged at {name} ({error})")) from error
    except (_Bad, OSError) as error:
        raise _refused(source, error) from error


def _extract(archive: tarfile.TarFile, header: tarfile.TarInfo, member: Member, target: Path) -> None:
    stream = archive.extractfile(header) if header.isreg() else None
    if stream is None:
        raise _Bad(f"{member.name} is a link or no plain file")
    if header.size != member.size:
        raise _Bad(f"{member.name} has {header.size} bytes and ought to have {member.size}")
    target.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with target.open("xb") as out:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
            out.write(chunk)
    if digest.hexdigest() != member.sha256:
        raise _Bad(f"{member.name} is damaged: its checksum is not the one in the manifest")


def _opened(source: Path) -> tarfile.TarFile:
    try:
        return tarfile.open(source, "r:*")
    except tarfile.ReadError as error:
        raise _Bad("it is no library file: no tar, or damaged at its beginning") from error


def _manifest(archive: tarfile.TarFile) -> Manifest:
    header = archive.next()
    stream = archive.extractfile(header) if header and header.isreg() and header.name == MANIFEST else None
    if header is None or stream is None or header.size > _LONGEST_MANIFEST:
        raise _Bad(f"it is no library file: its first member is not {MANIFEST}")
    try:
        values = json.loads(stream.read())
        if values["format"] != FORMAT:
            raise _Bad(
                f"it was written by another version of this program (format {values['format']}, this one"
                f" reads {FORMAT})"
            )
        manifest = Manifest.model_validate(values)
    except (ValueError, KeyError, TypeError, ValidationError) as error:
        raise _Bad(f"its {MANIFEST} is damaged") from error
    _plausible(manifest.members)
    return manifest


def _plausible(members: Sequence[Member]) -> None:
    known: set[str] = set()
    for member in members:
        if not portable(member.name):
            raise _Bad(f"its manifest lists {member.name!r}, which is no part of a library")
        if member.name in known:
            raise _Bad(f"its manifest lists {member.name} twice")
        known.add(member.name)
        parts = member.name.split("/")
        digest = parts[-1].partition(".")[0]
        if parts[0] == "originals" and (digest != member.sha256 or parts[1] != digest[:2]):
            raise _Bad(f"{member.name} is not named by its bytes")
    for needed in ("generation/generation.json", "generation/catalogue.sqlite"):
        if needed not in known:
            raise _Bad(f"its manifest lists no {needed}")


def _refused(source: Path, why: Exception) -> LibraryError:
    text = str(why) if isinstance(why, _Bad) else f"it cannot be read ({why})"
    return LibraryError(f"{source} was not imported: {text}; nothing was changed")
