"""Source folders, uploads and what a run would change, as HTML."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.admin import UPLOADS, SourceFolder
from ingest.screen.parts import apart, button, full, here, shown
from ingest.screen.words import isolated, retold, say, slot
from ingest.wording import listed

_MOST = 200  # names shown of one list
_CHANGES = ("added", "changed", "moved", "withdrawn")


def sources(folders: Sequence[SourceFolder], root: Path, ui: str = "en") -> str:
    """The folders that are followed, and a form to add one."""
    uploads = (root / UPLOADS).resolve()
    items = "".join(_source(folder, uploads, ui) for folder in folders)
    none = f'<p class="d-soft">{say(ui, "folders.none")}</p>'
    found = f'<ul class="d-list">{items}</ul>' if items else none
    return (
        '<section class="d-card" aria-labelledby="d-folders"><h2 id="d-folders">'
        f'{say(ui, "folders.title")}</h2><p class="d-soft">{say(ui, "folders.about")}</p>{found}{_add(ui)}'
        "</section>"
    )


def _source(source: SourceFolder, uploads: Path, ui: str) -> str:
    mine = source.folder == uploads
    name = say(ui, "folders.uploads") if mine else str(source.folder)
    rules = (("only", source.include), ("without", source.exclude))
    patterns = [say(ui, f"folders.{name}", patterns=listed(ui, each)) for name, each in rules if each]
    missing = "" if source.folder.is_dir() else f'<p class="d-warn">{say(ui, "folders.missing")}</p>'
    where = f"<small><bdi>{shown(source.folder)}</bdi></small>" if mine else ""
    under = f"<small>{shown(apart(ui, patterns))}</small>" if patterns else ""
    sure = say(ui, "folders.drop_sure")
    drop = button(say(ui, "folders.drop"), "drop", folder=str(source.folder), sure=sure)
    return f"<li><div><b><bdi>{shown(name)}</bdi></b>{where}{under}{missing}</div>{drop}</li>"


def _add(ui: str) -> str:
    return (
        f'<details class="d-more"><summary>{say(ui, "folders.add")}</summary>'
        '<form data-do="add"><div class="d-fields">'
        f'<p class="d-field wide"><label for="d-folder">{say(ui, "folders.path")}</label><input id="d-folder"'
        ' name="folder" required autocomplete="off" maxlength="1000" dir="auto" placeholder="/srv/documents">'
        f'</p><p class="d-field"><label for="d-include">{say(ui, "folders.include")}</label>'
        '<input id="d-include" name="include" autocomplete="off" maxlength="500" dir="auto"'
        f' aria-describedby="d-patterns"></p><p class="d-field"><label for="d-exclude">'
        f'{say(ui, "folders.exclude")}</label><input id="d-exclude" name="exclude" autocomplete="off"'
        ' maxlength="500" dir="auto" aria-describedby="d-patterns"></p></div>'
        f'<p class="d-soft" id="d-patterns">{say(ui, "folders.patterns")}</p><p class="d-links">'
        f'<button class="d-button main">{say(ui, "folders.follow")}</button></p></form></details>'
    )


def patterns(text: str) -> tuple[str, ...]:
    """Patterns as one types them: split by commas or lines."""
    return tuple(part.strip() for part in re.split("[,،，\n]", text) if part.strip())


def uploads(limit: int) -> str:
    """Where files are dropped or chosen; screen.js sends them and says below how each one went.

    Built once for everyone: its words are slots, and screen.js fills in what they name.
    """
    words = "".join(f' data-{name}="{slot(f"upload.{key}")}"' for name, key in _SAID_BY_SCRIPT.items())
    return (
        f'<section class="d-card" aria-labelledby="d-up"><h2 id="d-up">{slot("upload.title")}</h2>'
        f'<label class="d-drop" data-limit="{limit}"{words}><span><b>{slot("upload.choose")}</b>'
        f" {slot('upload.drop')}</span><small>{slot('upload.kinds')}</small>"
        '<input type="file" multiple></label><div role="status"><ul class="d-list d-sent"></ul></div>'
        "</section>"
    )


_SAID_BY_SCRIPT = {"large": "too_large", "refused": "not_taken", "broken": "broken"}


# The plan


def plan(found: Mapping[str, Any], ui: str = "en") -> str:
    """What a run would change, by folder (ingest.preview.Preview.as_json)."""
    lists = {name: [each for folder in found["folders"] for each in folder[name]] for name in _CHANGES}
    unchanged = sum(folder["unchanged"] for folder in found["folders"])
    again = found.get("read_again", 0)
    numbers = {name: len(each) for name, each in lists.items()}
    changes = any(numbers.values()) or again
    parts = [say(ui, f"plan.count_{name}", count=each) for name, each in numbers.items() if each]
    if unchanged or not parts:
        parts.append(say(ui, "plan.count_unchanged", count=unchanged))
    if again:
        parts.append(say(ui, "plan.count_again", count=again))
    notes = "".join(
        f'<p class="d-warn">{shown(full(retold(ui, folder["problem"]), ui))}</p>'
        for folder in found["folders"]
        if folder["problem"]
    )
    unread = [_because(ui, each["file"], here(each["reason"], ui)) for each in found["failed"]]
    newer = [say(ui, "plan.newer", **each) for each in found["new_versions"]]
    titled = _Lists(ui)
    return (
        f'<div class="d-plan" role="status"><h3>{say(ui, "plan.changes" if changes else "plan.no_changes")}'
        f"</h3><p>{shown(full(listed(ui, parts), ui))}</p>{notes}"
        + titled.list("unread", unread, "bad", True)
        + titled.list("versions", newer, "look", True)
        + titled.list("scans", [_scan(each, ui) for each in found["scans"]], "look")
        + titled.list("duplicates", [_twin(each, ui) for each in found["duplicates"]], "look", True)
        + titled.list("withdrawn", lists["withdrawn"], "bad", True)
        + titled.list("changed", lists["changed"])
        + titled.list("moved", [say(ui, "plan.renamed", old=old, new=new) for old, new in lists["moved"]])
        + titled.list("added", lists["added"])
        + "</div>"
    )


def _scan(each: Mapping[str, Any], ui: str) -> str:
    return _because(ui, each["file"], say(ui, "amount.scanned_pages", count=each["pages"]))


def _because(ui: str, file: str, why: str) -> str:
    return say(ui, "plan.because", file=file, why=why)


def _twin(each: Mapping[str, str], ui: str) -> str:
    how = "same_bytes" if each["how"] == "same bytes" else "same_text"
    return say(ui, f"plan.{how}", file=each["file"], of=each["of"])


@dataclass(frozen=True)
class _Lists:
    """Lists of names that fold, with titles in `ui`."""

    ui: str

    def list(self, title: str, names: Sequence[str], tone: str = "", unfolded: bool = False) -> str:
        if not names:
            return ""
        words = say(self.ui, "plan.titled", title=say(self.ui, f"plan.{title}"), count=len(names))
        items = "".join(f"<li>{shown(isolated(self.ui, name))}</li>" for name in names[:_MOST])
        rest = len(names) - _MOST
        more = f"<li>{say(self.ui, 'parts.more', count=rest)}</li>" if rest > 0 else ""
        held = " open" if unfolded or len(names) <= 12 else ""
        folded = f"<summary>{words}</summary><ul>{items}{more}</ul>"
        return f'<details class="d-names {tone}"{held}>{folded}</details>'


def run(
    banks: Sequence[tuple[str, str]],
    busy: bool,
    planned: bool,
    gate: str = "",
    models: tuple[str, str] | None = None,
    failed: int = 0,
    ui: str = "en",
) -> str:
    """The form that starts a run. banks: (key, name) of those that can be put to the candidate. models: that
    of the live generation and that which the settings name now, where it is another. failed: how many files
    could not be read."""
    options = "".join(
        f'<option value="{shown(key)}"{" selected" if key == gate else ""}>{shown(name)}</option>'
        for key, name in banks
    )
    test = (
        '<label class="d-check"><input type="checkbox" name="test" value="yes" data-toggle="d-bank"'
        f"{' checked' if gate else ''}> {say(ui, 'begin.test')}</label>"
        f'<p class="d-field" id="d-bank"{"" if gate else " hidden"}><label for="d-which">'
        f'{say(ui, "begin.bank")}</label><select id="d-which" name="bank">{options}</select></p>'
        if banks
        else f'<p class="d-soft">{say(ui, "begin.no_bank")}</p>'
    )
    plain = say(ui, "begin.anew" if models else "begin.plain")
    tested = say(ui, "begin.anew_tested" if models else "begin.tested")
    old, new = map(shown, models or ("", ""))
    anew = f'<p class="d-warn">{say(ui, "begin.models", old=old, new=new)}</p>'
    shrink = _box("shrink", say(ui, "begin.shrink"))
    if failed:
        shrink += _box("retry", say(ui, "begin.retry", count=failed))
    off = " disabled" if busy else ""
    tone = "main" if planned else ""
    return (
        f'<form data-do="run" class="d-run">{anew + test if models else test + shrink}'
        f'<p class="d-links"><button class="d-button {tone}" data-plain="{plain}"'
        f' data-tested="{tested}"{off}>'
        f"{tested if gate and banks else plain}</button></p></form>"
    )


def _box(name: str, words: str) -> str:
    return f'<label class="d-check"><input type="checkbox" name="{name}" value="yes"> {words}</label>'
