"""Source folders, uploads and what a run would change, as HTML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ingest.admin import UPLOADS, SourceFolder
from ingest.screen_parts import button, capital, count, here, shown

_MOST = 200  # names shown of one list
_PLAIN, _TESTED = "Index and publish", "Index, test, then decide"
_ANEW, _ANEW_TESTED = "Build anew and publish", "Build anew, test, then decide"


def sources(folders: Sequence[SourceFolder], root: Path) -> str:
    """The folders that are followed, and a form to add one."""
    uploads = (root / UPLOADS).resolve()
    items = "".join(_source(folder, uploads) for folder in folders)
    listed = (
        f'<ul class="d-list">{items}</ul>' if items else '<p class="d-soft">No folder is followed yet.</p>'
    )
    return (
        f'<section class="d-card" aria-labelledby="d-folders"><h2 id="d-folders">Source folders</h2>'
        '<p class="d-soft">The library follows these folders on the machine that runs this program: what is'
        f" added, changed or removed there shows in the plan.</p>{listed}{_add()}</section>"
    )


def _source(source: SourceFolder, uploads: Path) -> str:
    mine = source.folder == uploads
    name = "Uploaded files" if mine else str(source.folder)
    patterns = [
        f"{word} {', '.join(each)}"
        for word, each in (("only", source.include), ("without", source.exclude))
        if each
    ]
    missing = "" if source.folder.is_dir() else '<p class="d-warn">This folder is not there now.</p>'
    where = f"<small>{shown(source.folder)}</small>" if mine else ""
    under = f"<small>{shown('; '.join(patterns))}</small>" if patterns else ""
    drop = button("Follow no longer", "drop", folder=str(source.folder), sure="Yes, no longer")
    return f'<li><div><b dir="auto">{shown(name)}</b>{where}{under}{missing}</div>{drop}</li>'


def _add() -> str:
    return (
        '<details class="d-more"><summary>Add a folder, or change its patterns</summary>'
        '<form data-do="add"><div class="d-fields">'
        '<p class="d-field wide"><label for="d-folder">Path of the folder</label><input id="d-folder"'
        ' name="folder" required autocomplete="off" maxlength="1000" placeholder="/srv/documents"></p>'
        '<p class="d-field"><label for="d-include">Only files like (optional)</label><input id="d-include"'
        ' name="include" autocomplete="off" maxlength="500" aria-describedby="d-patterns"></p>'
        '<p class="d-field"><label for="d-exclude">Without files like (optional)</label><input id="d-exclude"'
        ' name="exclude" autocomplete="off" maxlength="500" aria-describedby="d-patterns"></p></div>'
        '<p class="d-soft" id="d-patterns">Patterns as in .gitignore, several split by commas: *.pdf,'
        ' drafts/, 2019/**</p><p class="d-links"><button class="d-button main">Follow this folder</button>'
        "</p></form></details>"
    )


def patterns(text: str) -> tuple[str, ...]:
    """Patterns as one types them: split by commas or lines."""
    return tuple(part.strip() for part in text.replace("\n", ",").split(",") if part.strip())


def uploads(limit: int) -> str:
    """Where files are dropped or chosen; screen.js sends them and says below how each one went."""
    return (
        f'<section class="d-card" aria-labelledby="d-up"><h2 id="d-up">Upload files</h2>'
        f'<label class="d-drop" data-limit="{limit}"><span><b>Choose files</b> or drop them here</span>'
        f"<small>PDF, Word (DOCX), HTML, Markdown or text, at most {limit // 1_000_000} MB each</small>"
        '<input type="file" multiple></label><div role="status"><ul class="d-list d-sent"></ul></div>'
        "</section>"
    )


# The plan


def plan(found: Mapping[str, Any]) -> str:
    """What a run would change, by folder (ingest.preview.Preview.as_json)."""
    totals = {
        "added": "to add", "changed": "changed", "moved": "moved", "withdrawn": "to take out",
    }  # fmt: skip
    unread = [f"{each['file']}: {here(each['reason'])}" for each in found["failed"]]
    lists = {name: [each for folder in found["folders"] for each in folder[name]] for name in totals}
    unchanged = sum(folder["unchanged"] for folder in found["folders"])
    parts = [f"{len(lists[name])} {words}" for name, words in totals.items() if lists[name]]
    again = found.get("read_again", 0)
    first = "A run would change this" if parts or again else "Nothing would change"
    if unchanged or not parts:
        parts.append(f"{unchanged} as they were")
    if again:
        parts.append(f"{again} of these read again, as this version reads them or with what OCR has read")
    notes = "".join(
        f'<p class="d-warn">{shown(capital(folder["problem"]))}</p>'
        for folder in found["folders"]
        if folder["problem"]
    )
    return (
        f'<div class="d-plan" role="status"><h3>{first}</h3><p>{shown(", ".join(parts))}.</p>{notes}'
        + _list("Cannot be read", unread, "bad", True)
        + _list("Newer versions", [_newer(each) for each in found["new_versions"]], "look", True)
        + _list("Read by OCR after the rest is published", [_scan(each) for each in found["scans"]], "look")
        + _list("Duplicates", [_twin(each) for each in found["duplicates"]], "look", True)
        + _list("To take out", lists["withdrawn"], "bad", True)
        + _list("Changed", lists["changed"])
        + _list("Moved or renamed", [f"{old} is now {new}" for old, new in lists["moved"]])
        + _list("To add", lists["added"])
        + "</div>"
    )


def _newer(each: Mapping[str, str]) -> str:
    return f"{each['file']} is a newer version of {each['of']}, which stays, marked and ranked below"


def _scan(each: Mapping[str, Any]) -> str:
    return f"{each['file']}: {count(each['pages'], 'scanned page')}"


def _twin(each: Mapping[str, str]) -> str:
    how = "has the same bytes as" if each["how"] == "same bytes" else "has nearly the same text as"
    return f"{each['file']} {how} {each['of']}"


def _list(title: str, names: Sequence[str], tone: str = "", unfolded: bool = False) -> str:
    if not names:
        return ""
    items = "".join(f'<li dir="auto">{shown(name)}</li>' for name in names[:_MOST])
    rest = f"<li>and {len(names) - _MOST} more</li>" if len(names) > _MOST else ""
    held = " open" if unfolded or len(names) <= 12 else ""
    return (
        f'<details class="d-names {tone}"{held}><summary>{title} ({len(names)})</summary>'
        f"<ul>{items}{rest}</ul></details>"
    )


def run(
    banks: Sequence[tuple[str, str]],
    busy: bool,
    planned: bool,
    gate: str = "",
    models: tuple[str, str] | None = None,
    failed: int = 0,
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
        f"{' checked' if gate else ''}> Test it first: see which answers would change, then decide</label>"
        f'<p class="d-field" id="d-bank"{"" if gate else " hidden"}><label for="d-which">Bank of'
        f' questions</label><select id="d-which" name="bank">{options}</select></p>'
        if banks
        else '<p class="d-soft">With a bank of questions (an evaluator brings one on the Quality screen) a'
        " run can be tested before it is published.</p>"
    )
    plain, tested = (_ANEW, _ANEW_TESTED) if models else (_PLAIN, _TESTED)
    old, new = models or ("", "")
    anew = (
        f'<p class="d-warn">The live generation was built with the embedding model {shown(old)}, and answers'
        f" with it; the settings name {shown(new)} now. Every document is to be built anew with that."
        " What changed in the folders comes in with the run after.</p>"
    )
    shrink = (
        '<label class="d-check"><input type="checkbox" name="shrink" value="yes"> Take out also where many'
        " files of a folder are gone</label>"
    )
    if failed:
        shrink += (
            '<label class="d-check"><input type="checkbox" name="retry" value="yes"> Read again what failed'
            f" ({count(failed, 'file')})</label>"
        )
    off = " disabled" if busy else ""
    tone = "main" if planned else ""
    return (
        f'<form data-do="run" class="d-run">{anew + test if models else test + shrink}'
        f'<p class="d-links"><button class="d-button {tone}" data-plain="{plain}"'
        f' data-tested="{tested}"{off}>'
        f"{tested if gate and banks else plain}</button></p></form>"
    )
