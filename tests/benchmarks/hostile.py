"""Syncs a folder of hostile and good files in a process of its own and shows what became of each.

Exit code 1 where a good file was not indexed, a bad one has no reason, or a file is not in the list at all.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from common import ROOT, Report, arguments, environment, run, settings

MIB = 1024**2
LINE = "The programme trained 240 border officials in four provinces between 2021 and 2023. "

# good: must be indexed. bad: must not be, with a reason. any: indexed, or a reason.
Wanted = Literal["good", "bad", "any"]


@dataclass(frozen=True)
class Trial:
    """One file: what it is, what must become of it, and what writes it."""

    name: str
    wanted: Wanted
    write: Callable[[Path], None]


def main() -> int:
    parser = arguments(__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="sizes times this (for a trial: 0.25)")
    parser.add_argument("--read-timeout", type=float, default=60.0, help="seconds a file may take")
    parser.add_argument("--timeout", type=float, default=1800.0, help="seconds the sync may take")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="hostile-") as scratch:
        folder = Path(scratch) / "documents"
        folder.mkdir()
        report = Report("hostile", f"sizes x {options.scale:g}, {options.read_timeout:g} s a file")
        wanted = {trial.name: trial.wanted for trial in trials(options.scale)}
        for trial in trials(options.scale):
            trial.write(folder / trial.name)
        seconds, found = sync(folder, Path(scratch) / "library", options.read_timeout, options.timeout)
    broken = judge(report, wanted, found)
    report.add("files", len(wanted))
    report.add("sync, start to end", seconds, "s")
    report.add("broken promises", len(broken))
    report.finish(options.json)
    for sentence in broken:
        print(f"FAILED: {sentence}", file=sys.stderr)
    return 1 if broken else 0


def sync(
    folder: Path, library: Path, read_timeout: float, timeout: float
) -> tuple[float, dict[str, list[str]]]:
    """(seconds, file name -> [state, reason]) of a sync. Ends the program where that breaks."""
    environ = {**environment(settings(library)), "ASSISTANT_READ_TIMEOUT": str(read_timeout)}
    command = [sys.executable, "-m", "ingest", "sync", str(folder), "--json"]
    begun = time.perf_counter()
    try:
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=environ,
            capture_output=True,
            encoding="utf-8",
            timeout=timeout,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise SystemExit(f"FAILED: the sync did not end within {timeout:g} seconds") from error
    seconds = time.perf_counter() - begun
    try:
        files = json.loads(done.stdout)["files"]
    except (json.JSONDecodeError, KeyError) as error:
        raise SystemExit(f"FAILED: the sync ended with {done.returncode}:\n{done.stderr[-2000:]}") from error
    return seconds, {item["document"]: [item["state"], item["reason"]] for item in files}


def judge(report: Report, wanted: dict[str, Wanted], found: dict[str, list[str]]) -> list[str]:
    """Prints and keeps each file's state and reason; returns a sentence for each broken promise."""
    broken = []
    for name, kind in wanted.items():
        state, reason = found.get(name, ["absent", ""])
        report.figures[name] = {"wanted": kind, "state": state, "reason": reason}
        print(f"  {kind:<4} {state:<8} {name!r}" + (f"\n                {reason}" if reason else ""))
        if name not in found:
            broken.append(f"{name!r} is not in the list of files")
        elif kind == "good" and state != "indexed":
            broken.append(f"{name!r} is good and was not indexed ({state}: {reason})")
        elif kind == "bad" and state == "indexed":
            broken.append(f"{name!r} is bad and was indexed")
        elif state != "indexed" and not reason.strip():
            broken.append(f"{name!r} is {state} without a reason")
    return broken


# -- The files ----------------------------------------------------------------------------------------------


def trials(scale: float) -> Iterator[Trial]:
    yield Trial("good report.pdf", "good", lambda path: _write(path, pdf([show(LINE) for _ in range(3)])))
    yield Trial(
        "good note.md", "good", lambda path: _write(path, f"# Border training\n\n{LINE * 3}\n".encode())
    )
    yield Trial("good note.txt", "good", lambda path: _write(path, (LINE * 4).encode()))
    odd = b"Lessons learned: mobile teams reached the returnees first. " * 3
    yield Trial("a..b..%2F..%2Fetc..passwd.txt", "good", lambda path: _write(path, odd + b"Two."))
    yield Trial(
        "..\\..\\🌍 évaluation 📄 مراجعة.md".lstrip("."), "good", lambda path: _write(path, odd + b"One.")
    )
    yield Trial("empty.pdf", "bad", lambda path: _write(path, b""))
    yield Trial("truncated.pdf", "bad", lambda path: _write(path, pdf([show(LINE)] * 20)[:700]))
    yield Trial("encrypted.pdf", "bad", _encrypted)
    yield Trial("no pages.pdf", "bad", lambda path: _write(path, pdf([])))
    yield Trial("binary.md", "bad", lambda path: _write(path, os.urandom(64 * 1024)))
    yield Trial("huge.txt", "bad", lambda path: _huge(path, int(300 * scale * MIB)))
    yield Trial("bomb.pdf", "bad", lambda path: _bomb(path, int(4096 * scale)))
    yield Trial("bomb.docx", "bad", lambda path: _bomb_docx(path, int(2048 * scale)))
    yield Trial("200,000 operators.pdf", "any", lambda path: _operators(path, int(200_000 * scale)))


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def _encrypted(path: Path) -> None:
    import io

    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf([show(LINE)]))))
    writer.encrypt("a password nobody has", algorithm="RC4-128")
    writer.write(path)


def _huge(path: Path, size: int) -> None:
    """Paragraphs of the same words, `size` bytes."""
    part = ((LINE * 5 + "\n\n") * 2500).encode()
    with path.open("wb") as stream:
        for _ in range(size // len(part) + 1):
            stream.write(part)


def _bomb(path: Path, mebibytes: int) -> None:
    """A page whose content is so many MiB of spaces, a thousandth of that in the file."""
    _write(path, pdf([_packed(mebibytes)], packed=True))


def _packed(mebibytes: int) -> bytes:
    packer = zlib.compressobj(9)
    return b"".join(packer.compress(b" " * MIB) for _ in range(mebibytes)) + packer.flush()


def _bomb_docx(path: Path, mebibytes: int) -> None:
    """A DOCX whose one paragraph unpacks to so many MiB."""
    space = "http://schemas.openxmlformats.org"
    types = (
        f'<Types xmlns="{space}/package/2006/content-types"><Default Extension="rels" ContentType='
        '"application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml"'
        ' ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>'
        "</Types>"
    )
    links = (
        f'<Relationships xmlns="{space}/package/2006/relationships"><Relationship Id="r1" Target='
        f'"word/document.xml" Type="{space}/officeDocument/2006/relationships/officeDocument"/>'
        "</Relationships>"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", types)
        archive.writestr("_rels/.rels", links)
        with archive.open("word/document.xml", "w", force_zip64=True) as stream:
            stream.write(
                f'<w:document xmlns:w="{space}/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>'.encode()
            )
            for _ in range(mebibytes):
                stream.write(b"a " * (MIB // 2))
            stream.write(b"</w:t></w:r></w:p></w:body></w:document>")


def _operators(path: Path, count: int) -> None:
    """One page that draws `count` lines and then says a sentence."""
    lines = b"".join(
        b"%d %d m %d %d l S\n" % (at % 600, at % 800, at % 500, at % 700) for at in range(count // 3)
    )
    _write(path, pdf([lines + show(LINE)]))


def show(text: str) -> bytes:
    """The operators that print `text` on a page, 80 characters a line."""
    lines = [text[at : at + 80] for at in range(0, len(text), 80)]
    shown = "".join(f"({line}) Tj 0 -14 Td " for line in lines)
    return f"BT /F1 11 Tf 60 720 Td {shown} ET\n".encode("latin-1")


def pdf(contents: list[bytes], *, packed: bool = False) -> bytes:
    """A PDF with one page a content stream; `packed`: the streams are deflated already."""
    kids = " ".join(f"{4 + 2 * at} 0 R" for at in range(len(contents)))
    bodies = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(contents)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for at, content in enumerate(contents):
        how = b" /Filter /FlateDecode" if packed else b""
        bodies.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> >>"
            b" /Contents %d 0 R >>" % (5 + 2 * at)
        )
        bodies.append(b"<< /Length %d%s >>\nstream\n%s\nendstream" % (len(content), how, content))
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(bodies, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (len(bodies) + 1, table, len(bodies) + 1, len(out))
    )


if __name__ == "__main__":
    run(main)
