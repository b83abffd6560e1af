"""What an admin does on the Documents screen: each deed calls what the command line calls, and is audited."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ingest import jobs
from ingest.admin import UPLOADS, Admin, SourceFolder
from ingest.documents import IngestError
from ingest.gate import kept
from ingest.library import Library
from ingest.limits import clean_groups
from ingest.screen_document import edited
from ingest.screen_generations import Kept
from ingest.screen_parts import count
from ingest.screen_sources import patterns
from ingest.settings import IngestSettings

Row = Mapping[str, Any]
_BANKS = (".jsonl", ".csv", ".xlsx")
_MOST_PATTERNS = 50


class Acts:
    """The deeds on one library. Each returns the sentence that the admin is told, or raises IngestError."""

    def __init__(self, settings: IngestSettings) -> None:
        self.settings = settings
        self.root = settings.library
        self.library = Library(settings.library)
        self.admin = Admin(settings.library)

    # Documents

    def rows(self) -> list[dict[str, Any]]:
        from ingest.status import status

        found: list[dict[str, Any]] = status(self.library)["documents"]
        return found

    def row(self, path: str) -> dict[str, Any]:
        """The entry of the file at `path`, which may come from a browser."""
        row = next((each for each in self.rows() if each["path"] == path), None)
        if row is None:
            raise IngestError("this document is no longer in the library; choose one from the list")
        return row

    def edit(self, row: Row, sent: Mapping[str, str], who: str) -> str:
        fields = edited(row, sent)
        if fields == row["edited"]:
            return "nothing was changed"
        try:
            self.admin.edit(row["sha256"], fields)
        except IngestError as error:  # it names a column of metadata.csv, which nobody sees here
            raise IngestError(str(error).partition(": column ")[2] or str(error)) from error
        named = "; ".join(f"{field}: {value}" for field, value in fields.items()) or "as found"
        self.admin.record(who, "edited", f"{row['document']}: {named}")
        return "the description is kept; it takes effect with the next run"

    def give_back(self, row: Row, who: str) -> str:
        self.admin.edit(row["sha256"], {})
        self.admin.record(who, "edited", f"{row['document']}: as found")
        return "what was found in the document takes effect again with the next run"

    def withdraw(self, row: Row, why: str, who: str) -> str:
        self.admin.withdraw(row["sha256"], who, why.strip()[:300])
        self.admin.record(who, "withdrew", f"{row['document']}{': ' + why.strip() if why.strip() else ''}")
        return f"{row['document']} leaves the library with the next run"

    def restore(self, row: Row, who: str) -> str:
        if not self.admin.restore(row["sha256"]):
            raise IngestError("this document was not withdrawn by hand")
        self.admin.record(who, "restored", row["document"])
        return f"{row['document']} comes back with the next run"

    def limit(self, row: Row, sent: Mapping[str, str], who: str) -> str:
        from ingest import limiting

        named = [each for each in re.split("[;,]", sent.get("groups", "")) if each.strip()]
        if not named:
            raise IngestError("no group is named; name one, or let everyone read it")
        limiting.limit(self.library, row["path"], named, who)
        return f"only members of {' or '.join(sorted(clean_groups(named)))} read it from now on"

    def unlimit(self, row: Row, who: str) -> str:
        from ingest import limiting

        left = limiting.lift(self.library, row["path"], who).left
        if left:
            return f"its own limit is lifted; it is still in what is limited as {left[0].place}"
        return "everyone who may ask reads it from now on"

    def password(self, row: Row, password: str, who: str) -> str:
        from ingest.publishing import unlock

        if not password:
            raise IngestError("no password was given")
        unlock(self.library, Path(row["path"]), password, who)
        return "the password is kept; the file is opened with it in the next run"

    def remove(self, row: Row, who: str) -> str:
        """Deletes an uploaded file; nothing else on the machine can be deleted from here."""
        path = Path(row["path"])
        if not row["uploaded"] or path.parent != (self.root / UPLOADS).resolve():
            raise IngestError("only what was uploaded can be removed here; withdraw the document instead")
        if not path.is_file():
            raise IngestError("this file is gone already; its document leaves the library with the next run")
        path.unlink()
        self.admin.record(who, "removed", f"the uploaded file {row['document']}")
        return f"{row['document']} is deleted; its document leaves the library with the next run"

    # Sources

    def follow(self, sent: Mapping[str, str], who: str) -> str:
        from ingest.scan import scan

        given = sent.get("folder", "").strip()
        folder = Path(given).expanduser()
        if not folder.is_absolute():
            raise IngestError("give the whole path of the folder, from the root (/srv/documents)")
        if not folder.is_dir():
            raise IngestError(f"{given} is not a folder on the machine that runs this program")
        folder = folder.resolve()
        if (folder / "generations").is_dir():
            raise IngestError(f"{folder} is a library, not a folder of documents")
        self.admin.refuse_overlap(folder)
        include, exclude = patterns(sent.get("include", "")), patterns(sent.get("exclude", ""))
        if len(include) + len(exclude) > _MOST_PATTERNS:
            raise IngestError(f"give at most {_MOST_PATTERNS} patterns")
        files = len(scan(folder, {}, include, exclude))
        self.admin.put_source(SourceFolder(folder, include, exclude))
        self.admin.record(who, "source added", str(folder))
        return f"{folder} is followed: it holds {count(files, 'file')} that fit"

    def drop(self, given: str, who: str) -> str:
        folder = next((each.folder for each in self.admin.sources() if str(each.folder) == given), None)
        if folder is None or not self.admin.drop_source(folder):
            raise IngestError("this folder is not followed")
        self.admin.record(who, "source removed", str(folder))
        return f"{folder} is followed no longer; its documents leave the library with the next run"

    def uploads(self) -> Path:
        """The folder that takes uploaded files, followed like any other."""
        folder = (self.root / UPLOADS).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        if all(each.folder != folder for each in self.admin.sources()):
            self.admin.put_source(SourceFolder(folder))
        return folder

    # Runs

    def banks(self) -> list[tuple[str, str]]:
        """(key, name) of the banks that can be put to a candidate: the setting's first."""
        return [(str(at), path.name) for at, path in enumerate(self._banks())]

    def _banks(self) -> list[Path]:
        folder = self.root / "banks"
        found = [path for path in sorted(folder.glob("*")) if path.suffix in _BANKS and path.name[0] != "."]
        set_ = self.settings.gate_bank
        return ([set_] if set_ and set_.is_file() else []) + [path for path in found if path != set_]

    def failed(self) -> int:
        """How many files of the live generation could not be read."""
        from contextlib import closing

        live = self.library.live()
        if not live:
            return 0
        with closing(self.library.catalogue(live)) as catalogue:
            return sum(entry.state == "failed" for entry in catalogue.files())

    def other_models(self) -> tuple[str, str] | None:
        """(the embedding model of the live generation, the one that the settings name) where they differ."""
        live = self.library.live()
        built = self.library.info(live).models["embedding"] if live else {}
        named = {name: getattr(self.settings, name) for name in built.get("setting") or {}}
        if named == (built.get("setting") or {}):
            return None
        return str(built["name"]), Path(self.settings.embedding_model).name

    def run(self, sent: Mapping[str, str], who: str) -> None:
        """Starts a run in a process of its own, which outlives this one and every browser."""
        arguments = ["rebuild" if self.other_models() else "sync"]
        if sent.get("test") == "yes":
            banks, key = self._banks(), sent.get("bank", "0")
            if not key.isdecimal() or int(key) >= len(banks):
                raise IngestError("there is no such bank; choose one from the list")
            arguments += ["--hold", "--gate", str(banks[int(key)].resolve())]
            if self.settings.gate_floor:
                arguments += ["--floor", str(self.settings.gate_floor.resolve())]
        elif self.settings.gate_bank:
            arguments.append("--no-gate")
        if arguments[0] == "sync":
            asked = (("shrink", "--allow-shrink"), ("retry", "--retry"))
            arguments += [flag for name, flag in asked if sent.get(name) == "yes"]
        if not self.admin.sources():
            raise IngestError("no folder is followed yet; add one, or upload files")
        jobs.start(self.root, arguments, who)

    def stop(self, who: str) -> str:
        if not jobs.stop(self.root):
            raise IngestError("nothing is under way")
        self.admin.record(who, "stopped", "the work under way")
        return "it is being stopped; what was read so far is kept"

    # Generations

    def generations(self) -> list[Kept]:
        """Newest first."""
        from ingest.candidates import waiting

        live, undecided = self.library.live(), waiting(self.library)
        found = []
        for name in reversed(self.library.generations()):
            fresh = name in undecided
            try:
                info = self.library.info(name)
                found.append(Kept(name, info, name == live, fresh, kept(self.root, name)))
            except IngestError as error:
                found.append(Kept(name, None, name == live, fresh, None, str(error)))
        return found

    def before(self) -> str:
        """The generation that a rollback would make live, "" if there is none."""
        return self.library.before() or ""

    def publish(self, name: str, who: str, *, force: bool = False) -> str:
        from ingest.publishing import publish

        publish(self.library, self._known(name), who, force=force)
        return f"generation {name} is live"

    def rollback(self, who: str) -> str:
        from ingest.publishing import rollback

        name = rollback(self.library, who)
        return f"generation {name} is live again; the next run takes in anew what is in the folders by then"

    def discard(self, name: str, who: str) -> str:
        from ingest.publishing import discard

        discard(self.library, self._known(name), who)
        return f"generation {name} is discarded"

    def prune(self, keep: str, who: str) -> str:
        from ingest.publishing import prune

        if not keep.isdecimal() or not 1 <= int(keep) <= 1000:
            raise IngestError("give how many generations to keep, 1 or more")
        gone = prune(self.library, int(keep), who)
        return (
            f"{count(len(gone.generations), 'generation')} and {count(len(gone.originals), 'original')}"
            f" ({gone.size / 1e6:.0f} MB) were removed"
        )

    def _known(self, name: str) -> str:
        if name not in self.library.generations():
            raise IngestError("there is no such generation; choose one from the list")
        return name
