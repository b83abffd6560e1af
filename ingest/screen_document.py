"""One document as HTML: its description and where each field was found, how it was read, a form to edit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ingest.documents import EMPTY_PAGE, Kind
from ingest.overrides import COLUMNS
from ingest.places import country_name
from ingest.scan import LOCKED
from ingest.screen_parts import button, capital, count, full, here, language, moment, shown
from ingest.status import COPY, FAILED, SKIPPED

Row = Mapping[str, Any]

FIELDS = tuple(column for column in COLUMNS if column != "file")
_LABELS = {
    "in_force": "In force",
    "published": "Published in",
    "period": "Period it covers",
    "language": "Language",
    "symbol": "Document symbol",
    "kind": "Kind of document",
}
_HINTS = {
    "countries": "names or codes, several split by ; (Mali; NER)",
    "organisations": "several split by ; (IOM; UNDP)",
    "period": "first and last year (2018-2022)",
    "published": "a year (2023)",
    "language": "two letters (en, fr, es, ar, ru, zh)",
    "symbol": "as printed (A/79/944)",
}
# What `found` says of where a field comes from, as one says it.
_PLACES = {
    "properties": "the file's properties",
    "text": "the text itself",
}


def about(row: Row) -> str:
    """What it is called, what needs attention, what is said of it and where found, how it was read."""
    original = f"/original/{shown(row['sha256'])}" if row["pages"] and row["passages"] else ""
    link = (
        f'<a class="d-button" href="{original}" target="_blank" rel="noopener">Open the original</a>'
        if original
        else ""
    )
    return (
        f'<article class="d-about" aria-label="{shown(row["document"])}">'
        f'<p class="d-over">{shown(row["document"])}</p>'
        f'<h2 dir="auto" tabindex="-1" data-focus>{shown(row["title"] or row["document"])}</h2>'
        f'{_attention(row)}<div class="d-halves">{_description(row)}{_reading(row)}</div>'
        f'<p class="d-links">{link}</p></article>'
    )


def _attention(row: Row) -> str:
    rank, whys = row["attention"]["rank"], [here(why) for why in row["attention"]["why"]]
    mark = {FAILED: "Not read: ", SKIPPED: "Not indexed: ", COPY: "Not indexed: "}.get(rank, "")
    parts = [f'<p class="d-warn">{shown(mark + full(why) if not mark else mark + why)}</p>' for why in whys]
    if row["withdrawn"]:
        gone = row["withdrawn"]
        why = f": {gone['why']}" if gone["why"] else ""
        words = f"Withdrawn by {gone['who']} on {moment(gone['at'])}{why}"
        parts = [f'<p class="d-warn">{shown(full(words))}</p>']
    if row["waiting"]:
        words = f"This document {row['waiting']} at the next run (under Index)."
        parts.append(f'<p class="d-said">{shown(words)}</p>')
    return "".join(parts)


def _description(row: Row) -> str:
    """What is said of it, each field with where it was found."""
    if not row["kind"]:
        return ""
    rows = []
    for field in FIELDS:
        held = value(row, field)
        words = language(held) or held if field == "language" else capital(held) if field == "kind" else held
        if words or field not in ("symbol", "in_force"):
            place = f"<small>{shown(source(row, field))}</small>" if held else ""
            said = f'<span dir="auto">{shown(words or "not found")}</span>{place}'
            rows.append(f"<div><dt>{shown(label(field))}</dt><dd>{said}</dd></div>")
    return f'<dl class="d-facts">{"".join(rows)}</dl>'


def label(field: str) -> str:
    return _LABELS.get(field, capital(field))


def source(row: Row, field: str) -> str:
    """Where a field comes from: "from the first page", "set by an admin", "not found"."""
    where = row["found"].get(field, "")
    if field in row["edited"] or where in ("metadata.csv", "yes", "no"):
        return "set by an admin"
    if not value(row, field):
        return "as the versions say" if field == "in_force" else "not found"
    return f"from {_PLACES.get(where, f'the {where}')}" if where else ""


def _reading(row: Row) -> str:
    """How it was read."""
    quality = row["quality"]
    facts = [("File", row["path"])]
    if row["pages"]:
        pages = count(row["pages"], "page") if row["format"] == "pdf" else f"{row['format']}, without pages"
        facts.append(("Read", f"{pages}, {count(row['passages'], 'passage')}"))
    blank = [each for each in row["unread_pages"] if each["reason"] == EMPTY_PAGE]
    unread = [each for each in row["unread_pages"] if each["reason"] != EMPTY_PAGE]
    if unread:
        reasons = dict.fromkeys(here(each["reason"]) for each in unread)
        facts.append(("Pages not read", f"{_numbers(unread)} ({'; '.join(reasons)})"))
    if blank:
        facts.append(("Pages without text", f"{_numbers(blank)} (nothing to read on them)"))
    if row["ocr_pages"]:
        facts.append(("Read by OCR", _ocr(row["ocr_pages"])))
    if "tables" in quality and row["pages"]:
        facts.append(("Tables found", str(quality["tables"] or "none")))
    if quality.get("faults"):
        pages = ", ".join(map(str, quality.get("faulty_pages", ())))
        facts.append(("Wrong letters", f"{quality['faults']}" + (f", on page {pages}" if pages else "")))
    if quality.get("unseen"):
        facts.append(("Left out", f"{count(quality['unseen'], 'word')} that nobody sees in the document"))
    if "seconds" in quality:
        facts.append(("Time to read", f"{quality['seconds']:.1f} seconds"))
    for limit in row["limits"]:
        by = "" if limit["sort"] == "file" else f" (it is in what is limited as {limit['place']})"
        facts.append(("Read only by", " or ".join(limit["groups"]) + by))
    if row["superseded"]:
        facts.append(("Newer version", row["superseded"]))
    rows = "".join(
        f'<div><dt>{shown(name)}</dt><dd dir="auto">{shown(said)}</dd></div>' for name, said in facts
    )
    return f'<dl class="d-facts">{rows}</dl>'


def _numbers(pages: Sequence[Mapping[str, Any]]) -> str:
    more = f" and {len(pages) - 30} more" if len(pages) > 30 else ""
    return ", ".join(str(each["page"] or "the text") for each in pages[:30]) + more


def _ocr(pages: list[dict[str, Any]]) -> str:
    listed = ", ".join(f"{each['page']} ({each['confidence']:.0%})" for each in pages[:30])
    more = f" and {len(pages) - 30} more" if len(pages) > 30 else ""
    return f"page {listed}{more}; in brackets how sure it is"


# Editing


def value(row: Row, field: str) -> str:
    """A field as one writes it, the admin's own where it was edited."""
    if field in row["edited"]:
        return str(row["edited"][field])
    held = row["found"].get(field) if field == "in_force" else row.get(field)
    if field == "countries":
        return "; ".join(country_name(code) for code in row["countries"])
    if field == "organisations":
        return "; ".join(row["organisations"])
    if field == "period":
        return "-".join(dict.fromkeys(map(str, held))) if held else ""
    return "" if held in (None, "und") else str(held)


def edited(row: Row, sent: Mapping[str, str]) -> dict[str, str]:
    """The fields that are an admin's own after the form was sent: those changed, and those that were before.

    A field left as it was stays as it was; one emptied goes back to what is found in the document.
    """
    kept: dict[str, str] = dict(row["edited"])
    for field in FIELDS:
        if field not in sent or sent[field].strip() == value(row, field):
            continue
        if sent[field].strip():
            kept[field] = sent[field].strip()
        else:
            kept.pop(field, None)
    return kept


def form(row: Row) -> str:
    """The form that edits the description, and what else can be done with the document."""
    parts = []
    if LOCKED in row["reason"]:
        parts.append(_password())
    if row["kind"]:
        fields = "".join(_field(row, field) for field in FIELDS)
        back = button("Give back what was found", "found") if row["edited"] else ""
        parts.append(
            '<details class="d-more"><summary>Edit the description</summary>'
            '<p class="d-soft">Your words stay when the document is indexed again. Empty a field to give back'
            ' what was found in the document.</p><form data-do="edit">'
            f'<div class="d-fields">{fields}</div><p class="d-links"><button class="d-button main">Save the'
            f" description</button>{back}</p></form></details>"
        )
    if row["sha256"]:
        parts += [_limit(row), _withdraw(row)]
    if row["uploaded"]:
        parts.append(_remove())
    return "".join(parts)


def _field(row: Row, field: str) -> str:
    name, held = f"d-field-{field.replace('_', '-')}", value(row, field)
    notes = ". ".join(capital(part) for part in (source(row, field), _HINTS.get(field, "")) if part)
    if field == "kind":
        entry = _choice(name, field, held, [(str(kind), capital(kind)) for kind in Kind])
    elif field == "in_force":
        words = [("", "As the versions say"), ("yes", "Yes, whatever looks newer"), ("no", "No, superseded")]
        entry = _choice(name, field, held, words)
    else:
        entry = (
            f'<input id="{name}" name="{field}" value="{shown(held)}" dir="auto" autocomplete="off"'
            f' maxlength="500" aria-describedby="{name}-n">'
        )
    wide = " wide" if field == "title" else ""
    return (
        f'<p class="d-field{wide}"><label for="{name}">{shown(label(field))}</label>{entry}'
        f'<small id="{name}-n">{shown(notes)}</small></p>'
    )


def _choice(name: str, field: str, held: str, choices: Sequence[tuple[str, str]]) -> str:
    options = "".join(
        f'<option value="{shown(each)}"{" selected" if each == held else ""}>{shown(words)}</option>'
        for each, words in choices
    )
    return f'<select id="{name}" name="{field}" aria-describedby="{name}-n">{options}</select>'


def _limit(row: Row) -> str:
    own = [limit["groups"] for limit in row["limits"] if limit["sort"] == "file"]
    back = button("Let everyone read it", "everyone") if own else ""
    return (
        '<details class="d-more"><summary>Limit it to groups</summary><p class="d-soft">Of those who only'
        " ask, members of one of the groups read it and nobody else, at once; evaluators and admins read"
        ' everything.</p><form data-do="limit"><p class="d-field wide"><label for="d-groups">Groups, several'
        f' split by ;</label><input id="d-groups" name="groups" maxlength="500" autocomplete="off" dir="auto"'
        f' value="{shown("; ".join(own[0]) if own else "")}"></p>'
        f'<p class="d-links"><button class="d-button">Limit it</button>{back}</p></form></details>'
    )


def _withdraw(row: Row) -> str:
    if row["withdrawn"]:
        return (
            '<p class="d-soft">It stays out of the library, whatever its folder holds.</p><p class="d-links">'
            f"{button('Bring it back', 'restore')}</p>"
        )
    return (
        '<details class="d-more"><summary>Withdraw it</summary><p class="d-soft">It leaves the library with'
        " the next run and stays out, even while its file is in the folder. You can bring it back.</p>"
        '<form data-do="withdraw"><p class="d-field wide"><label for="d-why">Reason, for the audit</label>'
        '<input id="d-why" name="why" maxlength="300" autocomplete="off"></p>'
        '<p class="d-links"><button class="d-button">Withdraw it</button></p></form></details>'
    )


def _remove() -> str:
    return (
        '<details class="d-more"><summary>Remove the uploaded file</summary><p class="d-soft">The file is'
        " deleted from the uploads, and its document leaves the library with the next run. Generations that"
        ' are kept still hold what was indexed of it.</p><p class="d-links">'
        f"{button('Remove the file', 'remove', sure='Yes, delete it')}</p></details>"
    )


def _password() -> str:
    return (
        '<form data-do="password" class="d-fields"><p class="d-field"><label for="d-password">Password of'
        ' this file</label><input id="d-password" name="password" type="password" autocomplete="off"'
        ' maxlength="200"><small>It is kept beside the library, for this file alone.</small></p>'
        '<p class="d-links"><button class="d-button main">Keep the password</button></p></form>'
    )
