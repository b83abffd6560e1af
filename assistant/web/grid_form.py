"""The Grid screen's form as HTML, filled with what the person's library offers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from html import escape

from assistant.answer import Source
from assistant.grids.guiding import Item
from assistant.grids.themes import Theme, themes
from assistant.web.filters import Choices, offer, versions
from assistant.web.words import WORDING, say
from ingest.documents import Kind

USES = ("survey", "compare", "checklist", "questions")
BY = ("countries", "documents", "periods", "experience")
_FIND_FROM = 9  # choices from which a list has a box to find one
_MOST = 3_000  # documents that a list names
DRAFTS = ".pdf,.docx,.html,.htm,.md,.markdown,.txt"
THEMES = ".yaml,.yml"
LISTS = ".md,.markdown,.txt,.csv,.tsv,.xlsx"


def form(sources: Sequence[Source], latest: str, ui: str) -> str:
    """The whole screen, without a result. latest: ticket of what this person began last, "" for nothing."""
    offered = offer(sources, ui)
    parts = "".join(
        (
            _survey(ui),
            _compare(offered.countries, offered.documents[:_MOST], ui),
            _checklist(sources, ui),
            _questions(ui),
        )
    )
    filters = "".join(
        picker(name, getattr(offered, name)[:_MOST], say(ui, f"filters.{name}"), ui)
        for name in ("countries", "kinds", "languages", "organisations", "documents")
    )
    filters += _choice("since", say(ui, "filters.from_year"), offered.years)
    filters += _choice("until", say(ui, "filters.to_year"), offered.years)
    filters += _choice("in_force", say(ui, "filters.versions"), versions(partial(say, ui)))
    return (
        f'<div class="g" data-latest="{escape(latest)}" data-lost="{_s(ui, "grid.lost_line")}"'
        f' data-large="{_s(ui, "grid.too_large")}" data-any="{_s(ui, "filters.any_year")}"'
        f' data-sending="{_s(ui, "grid.sending")}">'
        f'<header class="g-head"><h1>{_s(ui, "grid.title")}</h1><p>{_s(ui, "grid.about")}</p></header>'
        f'<form class="g-form" novalidate autocomplete="off">{_uses(ui)}{parts}'
        f'<details class="g-filters"><summary>{_s(ui, "filters.title")} <span class="g-set"></span></summary>'
        f'<div class="g-picks">{filters}</div></details>'
        f'<div class="g-go"><p class="g-plan" role="status"></p><button type="submit" class="g-start">'
        f"{_s(ui, 'grid.start')}</button></div></form>"
        f'<div class="g-progress" hidden><p><span class="g-doing"></span></p>'
        f'<progress max="1" value="0" aria-label="{_s(ui, "grid.progress")}"></progress>'
        f'<button type="button" class="g-button" data-stop>{_s(ui, "ask.stop")}</button></div>'
        f'<p class="g-hidden g-live" role="status"></p><section class="g-result" tabindex="-1"'
        f' aria-label="{_s(ui, "grid.result")}"></section></div>'
    )


def _s(ui: str, key: str) -> str:
    return escape(say(ui, key))


def _uses(ui: str) -> str:
    choices = "".join(
        f'<label class="g-use"><input type="radio" name="use"'
        f' value="{use}"{" checked" if use == "survey" else ""}>'
        f"<b>{_s(ui, f'grid.{use}')}</b><span>{_s(ui, f'grid.{use}_about')}</span></label>"
        for use in USES
    )
    legend = f'<legend class="g-hidden">{_s(ui, "grid.uses")}</legend>'
    return f'<fieldset class="g-uses">{legend}{choices}</fieldset>'


def _survey(ui: str) -> str:
    listed = "".join(theme(each, ui) for each in themes())
    return (
        f'<section class="g-part" data-use="survey"><fieldset class="g-themes"><legend>'
        f"{_s(ui, 'grid.look_for')}"
        f'</legend>{listed}<div class="g-brought" aria-live="polite"></div></fieldset>'
        f'<label class="g-field"><span>{_s(ui, "grid.own_theme")}</span><input type="file" name="theme"'
        f' accept="{THEMES}" aria-describedby="g-theme-hint"></label>'
        f'<p class="g-hint" id="g-theme-hint">{_s(ui, "grid.theme_hint")}'
        f' <a href="/grid/theme/{themes()[0].id}" download>{_s(ui, "grid.theme_example")}</a></p>'
        f'<label class="g-field"><span>{_s(ui, "grid.own_terms")}</span><textarea name="terms" rows="2"'
        f""
        f' placeholder="{_s(ui, "grid.terms_example")}" aria-describedby="g-terms-hint"></textarea></label>'
        f'<p class="g-hint" id="g-terms-hint">{_s(ui, "grid.terms_hint")}</p></section>'
    )


def theme(each: Theme, ui: str, *, brought: bool = False) -> str:
    """A theme's families to choose from; of a brought one all are chosen."""
    about = f'<p class="g-hint">{escape(each.about)}</p>' if ui == "en" else ""  # written in English alone
    boxes = "".join(
        f"<li>{_box('family', f'{each.id}/{family.id}', family.label(ui), ticked=brought)}</li>"
        for family in each.families
    )
    return (
        f'<details class="g-theme" data-theme="{escape(each.id)}"{" open" if brought else ""}>'
        f'<summary><b dir="auto">'
        f'{escape(each.label(ui))}</b> <span class="g-value"></span></summary>'
        f"{about}"
        f'<p><button type="button" class="g-button" data-all>{_s(ui, "grid.all")}</button> '
        f'<button type="button" class="g-button" data-none>{_s(ui, "grid.none")}</button></p>'
        f'<ul class="g-boxes">{boxes}</ul></details>'
    )


def _box(name: str, value: str, label: str, *, ticked: bool = False) -> str:
    return (
        f'<label class="g-box"><input type="checkbox" name="{name}" value="{escape(value)}"'
        f'{" checked" if ticked else ""}> <span dir="auto">{escape(label)}</span></label>'
    )


def _compare(countries: Choices, documents: Choices, ui: str) -> str:
    ways = "".join(
        f'<label class="g-way-by"><input type="radio" name="by"'
        f' value="{by}"{" checked" if by == "countries" else ""}>'
        f" <span>{_s(ui, f'grid.by_{by}')}</span></label>"
        for by in BY
    )
    return (
        f'<section class="g-part" data-use="compare"><label class="g-field"><span>'
        f"{_s(ui, 'grid.question')}</span>"
        f'<input type="text" name="question" maxlength="1000"'
        f' placeholder="{_s(ui, "grid.question_example")}">'
        f'</label><fieldset class="g-by"><legend>{_s(ui, "grid.compare_by")}</legend>{ways}</fieldset>'
        f'<div class="g-side-by" data-by="countries">'
        f"{picker('side_countries', countries, say(ui, 'grid.sides_countries'), ui)}</div>"
        f'<div class="g-side-by" data-by="documents">'
        f"{picker('side_documents', documents, say(ui, 'grid.sides_documents'), ui)}</div>"
        f'<div class="g-side-by" data-by="periods"><label class="g-field"><span>'
        f"{_s(ui, 'grid.periods')}</span>"
        f'<input type="text" name="periods" dir="ltr" placeholder="2015–2019, 2020–2024"></label></div>'
        f'<div class="g-side-by" data-by="experience"><p class="g-hint">'
        f"{_s(ui, 'grid.experience_hint')}</p></div>"
        "</section>"
    )


def _checklist(sources: Sequence[Source], ui: str) -> str:
    notes = [each for each in sources if each.kind == Kind.GUIDANCE]
    options = "".join(
        f'<option value="{escape(each.document)}">{escape(each.title)}</option>'
        for each in sorted(notes, key=lambda each: each.title.casefold())[:_MOST]
    )
    chosen = (
        f'<label class="g-field"><span>{_s(ui, "grid.from_note")}</span><select name="note">'
        f'<option value="">{_s(ui, "grid.choose")}</option>{options}</select></label>'
        if options
        else ""
    )
    return (
        f'<section class="g-part" data-use="checklist"><div class="g-pair">'
        f'<label class="g-field"><span>{_s(ui, "grid.draft")}</span><input type="file" name="draft"'
        f' accept="{DRAFTS}"></label>'
        f'<p class="g-hint">{_s(ui, "grid.draft_hint")}</p></div>'
        f'<div class="g-pair">{chosen}<label class="g-field"><span>{_s(ui, "grid.from_file")}</span>'
        f'<input type="file" name="list" accept="{LISTS}"></label></div>'
        f'<div class="g-items" role="group" aria-label="{_s(ui, "grid.items")}" aria-live="polite"></div>'
        f"</section>"
    )


def _questions(ui: str) -> str:
    return (
        f'<section class="g-part" data-use="questions"><label class="g-field"><span>'
        f"{_s(ui, 'grid.own_questions')}</span>"
        f'<textarea name="questions" rows="4" placeholder="{_s(ui, "grid.question_example")}">'
        f"</textarea></label>"
        f'<p class="g-hint">{_s(ui, "grid.questions_hint")}</p></section>'
    )


def picker(name: str, choices: Choices, label: str, ui: str) -> str:
    """A list of which several can be ticked, folded together; nothing where there is no choice."""
    if not choices:
        return ""
    boxes = "".join(f"<li>{_box(name, value, said)}</li>" for said, value in choices)
    find = ""
    if len(choices) >= _FIND_FROM:
        words = say(ui, "grid.find", label=label)
        find = (
            f'<input type="search" class="g-find" placeholder="{escape(words)}" aria-label="{escape(words)}">'
        )
    return (
        f'<details class="g-pick" data-name="{name}"><summary><span class="g-label">{escape(label)}</span>'
        f'<span class="g-value">{_s(ui, "filters.any_year")}</span></summary>'
        f'<div class="g-list">{find}<ul>{boxes}</ul></div></details>'
    )


def _choice(name: str, label: str, choices: Choices) -> str:
    options = "".join(f'<option value="{value}">{escape(said)}</option>' for said, value in choices)
    return (
        f'<label class="g-year"><span class="g-label">{escape(label)}</span>'
        f'<select name="{name}">{options}</select></label>'
    )


def items(found: Sequence[Item], called: str, ui: str) -> str:
    """Questions that were found, each to be kept or left out."""
    rows = "".join(
        f'<li><label class="g-box"><input type="checkbox" name="item" checked'
        f' data-question="{escape(each.question)}"'
        f' data-part="{escape(each.part)}" data-place="{escape(each.place)}"> <span><span dir="auto">'
        f'{escape(each.question)}</span><small dir="auto">'
        f"{escape(' · '.join(filter(None, (each.part, WORDING.retold(ui, each.place)))))}"
        "</small></span></label></li>"
        for each in found
    )
    count = say(ui, "grid.items_found", count=len(found), name=called)
    both = (
        f'<button type="button" class="g-button" data-all>{_s(ui, "grid.all")}</button>'
        f'<button type="button" class="g-button" data-none>{_s(ui, "grid.none")}</button>'
    )
    return (
        f'<p class="g-confirm">{escape(count)} <span class="g-both">{both}</span></p>'
        f'<ul class="g-found">{rows}</ul>'
    )
