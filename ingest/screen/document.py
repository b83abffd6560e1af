"""One document as HTML: its description and where each field was found, how it was read, a form to edit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ingest.documents import EMPTY_PAGE, Kind
from ingest.overrides import COLUMNS, named_countries
from ingest.places import country_name
from ingest.scan import LOCKED
from ingest.screen.parts import apart, button, full, here, kind, language, moment, percent, shown
from ingest.screen.words import either, say
from ingest.status import COPY, FAILED, SKIPPED
from ingest.wording import listed

Row = Mapping[str, Any]

FIELDS = tuple(column for column in COLUMNS if column != "file")
_HINTED = ("countries", "organisations", "period", "published", "language", "symbol")
_NUMBERS = 30  # pages named


def about(row: Row, ui: str = "en") -> str:
    """What it is called, what needs attention, what is said of it and where found, how it was read."""
    original = f"/original/{shown(row['sha256'])}" if row["pages"] and row["passages"] else ""
    link = (
        f'<a class="d-button" href="{original}" target="_blank" rel="noopener">{say(ui, "facts.open")}</a>'
        if original
        else ""
    )
    return (
        f'<article class="d-about" aria-label="{shown(row["document"])}">'
        f'<p class="d-over"><bdi>{shown(row["document"])}</bdi></p>'
        f'<h2 tabindex="-1" data-focus><bdi>{shown(row["title"] or row["document"])}</bdi></h2>'
        f'{_attention(row, ui)}<div class="d-halves">{_description(row, ui)}{_reading(row, ui)}</div>'
        f'<p class="d-links">{link}</p></article>'
    )


def _attention(row: Row, ui: str) -> str:
    mark = {FAILED: "not_read", SKIPPED: "not_indexed", COPY: "not_indexed"}.get(row["attention"]["rank"])
    whys = [here(why, ui) for why in row["attention"]["why"]]
    words = [say(ui, f"facts.{mark}", why=why) if mark else full(why, ui) for why in whys]
    if row["withdrawn"]:
        words = [full(withdrawn(row, ui), ui)]
    parts = [f'<p class="d-warn">{shown(each)}</p>' for each in words]
    if row["waiting"]:
        waits = say(ui, f"facts.{WAITING[row['waiting']]}")
        parts.append(f'<p class="d-said">{waits}</p>')
    return "".join(parts)


# What `status` says that a document waits for -> how its words are called.
WAITING = {
    "will be taken out": "taken_out",
    "will be brought back": "brought_back",
    "will be described anew": "described",
}


def withdrawn(row: Row, ui: str) -> str:
    """ "Withdrawn by Ana on 4 May 2026, 14:05: double"."""
    gone = row["withdrawn"]
    fields = {"who": gone["who"], "when": moment(gone["at"], ui)}
    if gone["why"]:
        return say(ui, "facts.withdrawn_because", why=gone["why"], **fields)
    return say(ui, "facts.withdrawn", **fields)


def _description(row: Row, ui: str) -> str:
    """What is said of it, each field with where it was found."""
    if not row["kind"]:
        return ""
    rows = []
    for field in FIELDS:
        held = value(row, field, ui)
        words = _read_out(field, held, ui)
        if words or field not in ("symbol", "in_force"):
            place = f"<small>{say(ui, source(row, field))}</small>" if held and source(row, field) else ""
            said = f"<bdi>{shown(words or say(ui, 'facts.not_found'))}</bdi>{place}"
            rows.append(f"<div><dt>{say(ui, f'field.{field}')}</dt><dd>{said}</dd></div>")
    return f'<dl class="d-facts">{"".join(rows)}</dl>'


def _read_out(field: str, held: str, ui: str) -> str:
    """A field's value as one reads it."""
    if field == "language":
        return language(held, ui) or held
    if field == "kind":
        return kind(held, ui) if held in set(Kind) else held
    if field == "in_force" and held in ("yes", "no"):
        return say(ui, f"field.in_force_{held}")
    return held


def source(row: Row, field: str) -> str:
    """Where a field comes from, as the key of its words: from the first page, set by an admin, not found."""
    where = row["found"].get(field, "")
    if field in row["edited"] or where in ("metadata.csv", "yes", "no"):
        return "facts.by_admin"
    if not value(row, field):
        return "facts.by_versions" if field == "in_force" else "facts.not_found"
    return f"facts.from_{where.replace(' ', '_')}" if where else ""


def _reading(row: Row, ui: str) -> str:
    """How it was read."""

    def add(name: str, words: str, **fields: Any) -> None:
        facts.append((say(ui, f"facts.{name}"), say(ui, words, **fields) if fields else words))

    quality = row["quality"]
    facts: list[tuple[str, str]] = []
    add("file", row["path"])
    if row["pages"]:
        pages = say(ui, "amount.pages", count=row["pages"])
        if row["format"] != "pdf":
            pages = say(ui, "facts.without_pages", format=row["format"])
        add("read", listed(ui, (pages, say(ui, "amount.passages", count=row["passages"]))))
    blank = [each for each in row["unread_pages"] if each["reason"] == EMPTY_PAGE]
    unread = [each for each in row["unread_pages"] if each["reason"] != EMPTY_PAGE]
    if unread:
        reasons = apart(ui, dict.fromkeys(here(each["reason"], ui) for each in unread))
        add("unread", "facts.unread_because", pages=_numbers(unread, ui), reasons=reasons)
    if blank:
        add("blank", "facts.nothing_on_them", pages=_numbers(blank, ui))
    if row["ocr_pages"]:
        add("ocr", "facts.ocr_pages", pages=_numbers(row["ocr_pages"], ui))
    if "tables" in quality and row["pages"]:
        add("tables", str(quality["tables"] or say(ui, "facts.none")))
    if quality.get("faults"):
        pages = listed(ui, map(str, quality.get("faulty_pages", ())))
        letters = str(quality["faults"])
        add("letters", say(ui, "facts.letters_on", letters=letters, pages=pages) if pages else letters)
    if quality.get("unseen"):
        add("left_out", "facts.unseen", count=quality["unseen"])
    if "seconds" in quality:
        add("time", seconds(quality["seconds"], ui))
    for limit in row["limits"]:
        groups = either(ui, limit["groups"])
        own = limit["sort"] == "file"
        add("limited", groups if own else say(ui, "facts.limited_in", groups=groups, place=limit["place"]))
    if row["superseded"]:
        add("newer", row["superseded"])
    rows = "".join(
        f"<div><dt>{shown(name)}</dt><dd><bdi>{shown(said)}</bdi></dd></div>" for name, said in facts
    )
    return f'<dl class="d-facts">{rows}</dl>'


def seconds(amount: float, ui: str) -> str:
    """ "3.2 seconds"."""
    from babel.units import format_unit

    return str(format_unit(amount, "duration-second", format="0.0", locale=ui))


def _numbers(pages: Sequence[Mapping[str, Any]], ui: str) -> str:
    """ "4, 5 and 2 more"; of pages read by OCR "4 (91%), 5 (87%)"."""
    named = [str(each["page"] or say(ui, "facts.the_text")) for each in pages[:_NUMBERS]]
    sure = [f" ({percent(each['confidence'], ui)})" if "confidence" in each else "" for each in pages]
    words = listed(ui, map("".join, zip(named, sure, strict=False)))
    rest = len(pages) - _NUMBERS
    return say(ui, "facts.more_pages", pages=words, count=rest) if rest > 0 else words


# Editing


def value(row: Row, field: str, ui: str = "en") -> str:
    """A field as one writes it, the admin's own where it was edited; countries by their names in `ui`."""
    if field in row["edited"]:
        own = str(row["edited"][field])
        return own if ui == "en" or field != "countries" else named_countries(own, ui)
    held = row["found"].get(field) if field == "in_force" else row.get(field)
    if field == "countries":
        return "; ".join(country_name(code, ui) for code in row["countries"])
    if field == "organisations":
        return "; ".join(row["organisations"])
    if field == "period":
        return "-".join(dict.fromkeys(map(str, held))) if held else ""
    return "" if held in (None, "und") else str(held)


def edited(row: Row, sent: Mapping[str, str], ui: str = "en") -> dict[str, str]:
    """The fields that are an admin's own after the form was sent: those changed, and those that were before.

    A field left as it was stays as it was; one emptied goes back to what is found in the document.
    """
    kept: dict[str, str] = dict(row["edited"])
    for field in FIELDS:
        if field not in sent or sent[field].strip() == value(row, field, ui):
            continue
        if sent[field].strip():
            kept[field] = sent[field].strip()
        else:
            kept.pop(field, None)
    return kept


def form(row: Row, ui: str = "en") -> str:
    """The form that edits the description, and what else can be done with the document."""
    parts = []
    if LOCKED in row["reason"]:
        parts.append(_password(ui))
    if row["kind"]:
        fields = "".join(_field(row, field, ui) for field in FIELDS)
        back = button(say(ui, "edit.give_back"), "found") if row["edited"] else ""
        form = (
            f'<form data-do="edit"><div class="d-fields">{fields}</div><p class="d-links">'
            f'<button class="d-button main">{say(ui, "edit.save")}</button>{back}</p></form>'
        )
        parts.append(_more(ui, "title", "about", form))
    if row["sha256"]:
        parts += [_limit(row, ui), _withdraw(row, ui)]
    if row["uploaded"]:
        parts.append(_remove(ui))
    return "".join(parts)


def _more(ui: str, title: str, about: str, form: str) -> str:
    """What unfolds to a form."""
    return (
        f'<details class="d-more"><summary>{say(ui, f"edit.{title}")}</summary>'
        f'<p class="d-soft">{say(ui, f"edit.{about}")}</p>{form}</details>'
    )


def _field(row: Row, field: str, ui: str) -> str:
    name, held, found = f"d-field-{field.replace('_', '-')}", value(row, field, ui), source(row, field)
    hint = f"field.hint_{field}" if field in _HINTED else ""
    notes = " ".join(full(say(ui, key), ui) for key in (found, hint) if key)
    if field == "kind":
        entry = _choice(name, field, held, [(str(each), kind(each, ui)) for each in Kind])
    elif field == "in_force":
        keys = {"": "found", "yes": "yes", "no": "no"}
        words = [(each, say(ui, f"field.in_force_{key}")) for each, key in keys.items()]
        entry = _choice(name, field, held, words)
    else:
        entry = (
            f'<input id="{name}" name="{field}" value="{shown(held)}" dir="auto" autocomplete="off"'
            f' maxlength="500" aria-describedby="{name}-n">'
        )
    wide = " wide" if field == "title" else ""
    return (
        f'<p class="d-field{wide}"><label for="{name}">{say(ui, f"field.{field}")}</label>{entry}'
        f'<small id="{name}-n">{shown(notes)}</small></p>'
    )


def _choice(name: str, field: str, held: str, choices: Sequence[tuple[str, str]]) -> str:
    options = "".join(
        f'<option value="{shown(each)}"{" selected" if each == held else ""}>{shown(words)}</option>'
        for each, words in choices
    )
    return f'<select id="{name}" name="{field}" aria-describedby="{name}-n">{options}</select>'


def _limit(row: Row, ui: str) -> str:
    own = [limit["groups"] for limit in row["limits"] if limit["sort"] == "file"]
    back = button(say(ui, "edit.everyone"), "everyone") if own else ""
    form = (
        '<form data-do="limit"><p class="d-field wide">'
        f'<label for="d-groups">{say(ui, "edit.groups")}</label>'
        '<input id="d-groups" name="groups" maxlength="500" autocomplete="off" dir="auto"'
        f' value="{shown("; ".join(own[0]) if own else "")}"></p>'
        f'<p class="d-links"><button class="d-button">{say(ui, "edit.limit")}</button>{back}</p></form>'
    )
    return _more(ui, "limit_title", "limit_about", form)


def _withdraw(row: Row, ui: str) -> str:
    if row["withdrawn"]:
        back = button(say(ui, "edit.restore"), "restore")
        return f'<p class="d-soft">{say(ui, "edit.stays_out")}</p><p class="d-links">{back}</p>'
    form = (
        f'<form data-do="withdraw"><p class="d-field wide"><label for="d-why">{say(ui, "edit.why")}</label>'
        '<input id="d-why" name="why" maxlength="300" autocomplete="off" dir="auto"></p>'
        f'<p class="d-links"><button class="d-button">{say(ui, "edit.withdraw")}</button></p></form>'
    )
    return _more(ui, "withdraw_title", "withdraw_about", form)


def _remove(ui: str) -> str:
    press = button(say(ui, "edit.remove"), "remove", sure=say(ui, "edit.remove_sure"))
    return _more(ui, "remove_title", "remove_about", f'<p class="d-links">{press}</p>')


def _password(ui: str) -> str:
    return (
        '<form data-do="password" class="d-fields"><p class="d-field"><label for="d-password">'
        f'{say(ui, "edit.password")}</label><input id="d-password" name="password" type="password"'
        f' autocomplete="off" maxlength="200"><small>{say(ui, "edit.password_about")}</small></p>'
        '<p class="d-links"><button class="d-button main">'
        f"{say(ui, 'edit.keep_password')}</button></p></form>"
    )
