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
from ingest.screen.document import edited
from ingest.screen.generations import Kept
from ingest.screen.sources import patterns
from ingest.screen.words import Line, line, refused
from ingest.settings import IngestSettings

Row = Mapping[str, Any]
_BANKS = (".jsonl", ".csv", ".xlsx")
_MOST_PATTERNS = 50


class Acts:
    """The deeds on one library. Each returns what the admin is told, or raises IngestError."""

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
            raise refused("refused.gone")
        return row

    def edit(self, row: Row, sent: Mapping[str, str], who: str, ui: str = "en") -> Line:
        """`ui`: the language in which the form stood."""
        fields = edited(row, sent, ui)
        if fields == row["edited"]:
            return line("done.nothing")
        try:
            self.admin.edit(row["sha256"], fields)
        except IngestError as error:  # it names a column of metadata.csv, which nobody sees here
            raise IngestError(str(error).partition(": column ")[2] or str(error)) from error
        named = "; ".join(f"{field}: {value}" for field, value in fields.items()) or "as found"
        self.admin.record(who, "edited", f"{row['document']}: {named}")
        return line("done.edited")

    def give_back(self, row: Row, who: str) -> Line:
        self.admin.edit(row["sha256"], {})
        self.admin.record(who, "edited", f"{row['document']}: as found")
        return line("done.given_back")

    def withdraw(self, row: Row, why: str, who: str) -> Line:
        self.admin.withdraw(row["sha256"], who, why.strip()[:300])
        self.admin.record(who, "withdrew", f"{row['document']}{': ' + why.strip() if why.strip() else ''}")
        return line("done.withdrawn", file=row["document"])

    def restore(self, row: Row, who: str) -> Line:
        if not self.admin.restore(row["sha256"]):
            raise refused("refused.not_withdrawn")
        self.admin.record(who, "restored", row["document"])
        return line("done.restored", file=row["document"])

    def limit(self, row: Row, sent: Mapping[str, str], who: str) -> Line:
        from ingest import limiting

        named = [each for each in re.split("[;,؛،；，]", sent.get("groups", "")) if each.strip()]
        if not named:
            raise refused("refused.no_group")
        limiting.limit(self.library, row["path"], named, who)
        return line("done.limited", groups=tuple(sorted(clean_groups(named))))

    def unlimit(self, row: Row, who: str) -> Line:
        from ingest import limiting

        left = limiting.lift(self.library, row["path"], who).left
        if left:
            return line("done.still_limited", place=left[0].place)
        return line("done.unlimited")

    def password(self, row: Row, password: str, who: str) -> Line:
        from ingest.publishing import unlock

        if not password:
            raise refused("refused.no_password")
        unlock(self.library, Path(row["path"]), password, who)
        return line("done.password")

    def remove(self, row: Row, who: str) -> Line:
        """Deletes an uploaded file; nothing else on the machine can be deleted from here."""
        path = Path(row["path"])
        if not row["uploaded"] or path.parent != (self.root / UPLOADS).resolve():
            raise refused("refused.not_uploaded")
        if not path.is_file():
            raise refused("refused.gone_already")
        path.unlink()
        self.admin.record(who, "removed", f"the uploaded file {row['document']}")
        return line("done.removed", file=row["document"])

    # Sources

    def follow(self, sent: Mapping[str, str], who: str) -> Line:
        from ingest.scan import scan

        given = sent.get("folder", "").strip()
        folder = Path(given).expanduser()
        if not folder.is_absolute():
            raise refused("refused.whole_path")
        if not folder.is_dir():
            raise refused("refused.no_folder", folder=given)
        folder = folder.resolve()
        if (folder / "generations").is_dir():
            raise refused("refused.a_library", folder=folder)
        self.admin.refuse_overlap(folder)
        include, exclude = patterns(sent.get("include", "")), patterns(sent.get("exclude", ""))
        if len(include) + len(exclude) > _MOST_PATTERNS:
            raise refused("refused.many_patterns", most=_MOST_PATTERNS)
        files = len(scan(folder, {}, include, exclude))
        self.admin.put_source(SourceFolder(folder, include, exclude))
        self.admin.record(who, "source added", str(folder))
        return line("done.followed", folder=folder, count=files)

    def drop(self, given: str, who: str) -> Line:
        folder = next((each.folder for each in self.admin.sources() if str(each.folder) == given), None)
        if folder is None or not self.admin.drop_source(folder):
            raise refused("refused.not_followed")
        self.admin.record(who, "source removed", str(folder))
        return line("done.dropped", folder=folder)

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
                raise refused("refused.no_bank")
            arguments += ["--hold", "--gate", str(banks[int(key)].resolve())]
            if self.settings.gate_floor:
                arguments += ["--floor", str(self.settings.gate_floor.resolve())]
        elif self.settings.gate_bank:
            arguments.append("--no-gate")
        if arguments[0] == "sync":
            asked = (("shrink", "--allow-shrink"), ("retry", "--retry"))
            arguments += [flag for name, flag in asked if sent.get(name) == "yes"]
        if not self.admin.sources():
            raise refused("refused.no_source")
        jobs.start(self.root, arguments, who)

    def stop(self, who: str) -> Line:
        if not jobs.stop(self.root):
            raise refused("refused.idle")
        self.admin.record(who, "stopped", "the work under way")
        return line("done.stopping")

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

    def publish(self, name: str, who: str, *, force: bool = False) -> Line:
        from ingest.publishing import publish

        publish(self.library, self._known(name), who, force=force)
        return line("done.live", name=name)

    def rollback(self, who: str) -> Line:
        from ingest.publishing import rollback

        name = rollback(self.library, who)
        return line("done.back", name=name)

    def discard(self, name: str, who: str) -> Line:
        from ingest.publishing import discard

        discard(self.library, self._known(name), who)
        return line("done.discarded", name=name)

    def prune(self, keep: str, who: str) -> Line:
        from ingest.publishing import prune

        if not keep.isdecimal() or not 1 <= int(keep) <= 1000:
            raise refused("refused.how_many")
        gone = prune(self.library, int(keep), who)
        generations = line("amount.generations", count=len(gone.generations))
        originals = line("amount.originals", count=len(gone.originals))
        return line("done.pruned", generations=generations, originals=originals, size=round(gone.size / 1e6))

    def _known(self, name: str) -> str:
        if name not in self.library.generations():
            raise refused("refused.no_generation")
        return name
