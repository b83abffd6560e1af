"""How a survey was made, in sentences that can be published with its figures."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from assistant.answer import Filters
from assistant.grids.meanings import FAR, FAR_ALONE
from assistant.grids.parts import parts
from assistant.grids.survey_types import Survey
from assistant.grids.survey_words import apart, day, reason_of
from assistant.grids.themes import ANY, Family
from assistant.web import names
from assistant.web.words import beside, direction, listed, number, say, spaced

_LEFT = "\u200e"  # what shows nothing and makes the signs beside it part of words set from the left


def method(survey: Survey, ui: str = "en") -> tuple[str, ...]:
    """How `survey` was made, in sentences."""
    return tuple(_sentences(survey, ui))


def in_words(filters: Filters, ui: str = "en") -> str:
    """The filters, "" where there are none: "country Senegal, Mali; kind evaluation; from 2019"."""
    kinds = filters.kinds if ui == "en" else [names.kind(each, ui) for each in filters.kinds]
    named = {
        "countries": [names.country(code, ui) for code in filters.countries],
        "kinds": kinds,
        "languages": [names.language(code, ui) or code for code in filters.languages],
        "organisations": filters.organisations,
    }
    said = [_say(ui, name, names=listed(ui, values)) for name, values in named.items() if values]
    if filters.since:
        said.append(_say(ui, "since", year=filters.since))
    if filters.until:
        said.append(_say(ui, "until", year=filters.until))
    if filters.documents:
        said.append(_say(ui, "documents", names=listed(ui, filters.documents)))
    if filters.in_force is not None:
        said.append(_say(ui, "in_force" if filters.in_force else "superseded"))
    return apart(ui, said)


def _say(ui: str, key: str, /, **fields: object) -> str:
    return say(ui, f"survey_method.{key}", **fields)


def _documents(ui: str, count: int) -> str:
    return say(ui, "filters.these_documents", count=count)


def _pages(ui: str, count: int) -> str:
    return say(ui, "grid.pages", count=count)


def _sentences(survey: Survey, ui: str) -> Iterator[str]:
    tell, rows = partial(_say, ui), survey.rows
    chosen = in_words(survey.filters, ui)
    yield tell(
        "surveyed_chosen" if chosen else "surveyed",
        documents=_documents(ui, len(rows)),
        pages=_pages(ui, survey.pages),
        generation=survey.generation,
        filters=chosen,
    )
    whole = sum(row.unread == 0 and row.pages > 0 for row in rows)
    if whole == len(rows):
        yield tell("all_whole")
    else:
        rest, pages = len(rows) - whole, sum(row.unread for row in rows)
        yield tell(
            "some_whole", whole=_documents(ui, whole), rest=_documents(ui, rest), pages=_pages(ui, pages)
        )
    if survey.lost:
        files = [tell("lost", name=each.name, reason=reason_of(each, ui)) for each in survey.lost]
        counted = "lost_open" if survey.counted_lost else "lost_left"
        yield tell(counted, count=len(survey.lost), files=apart(ui, files))
    older = sum(bool(row.source.superseded) for row in rows)
    twins = sum(bool(row.source.twin) for row in rows)
    if older or twins:
        yield tell("older", older=number(ui, older), twins=number(ui, twins))
    foreign = sorted({row.source.language for row in rows for each in row.findings if each.why == "language"})
    if foreign:
        yield tell("foreign", languages=listed(ui, (names.language(code, ui) or code for code in foreign)))
    yield tell("counts")
    yield tell("counts_not")
    other = parts().label("other", ui)
    yield tell(
        "parts", file="parts.yaml", digest=parts().digest[:16], other=other.lower() if ui == "en" else other
    )
    if any(each.meaning for each in survey.families):
        far = FAR if survey.was_read else FAR_ALONE
        yield tell("near_read" if survey.was_read else "near", far=_decimal(far, ui))
    yield tell("shares")
    for each in survey.families:
        yield _family(each, ui)
    yield tell("made", date=day(survey, ui))


def _family(family: Family, ui: str) -> str:
    told = []
    for language, terms in family.terms.items():
        name = names.language(language, ui) or language
        name = _say(ui, "any_language") if language == ANY else name[:1].upper() + name[1:]
        listed_terms = "; ".join(terms)
        if direction(ui) == "rtl" and language != "ar":
            listed_terms = _LEFT + listed_terms + _LEFT
        told.append(_say(ui, "terms", language=name, terms=listed_terms))
    return _say(
        ui,
        "family_meaning" if family.meaning else "family",
        label=beside(ui, family.label(ui)),
        origin=_say(ui, "typed") if family.origin == "typed" else family.origin,
        digest=family.digest[:16],
        terms=spaced(ui, told),
        meaning=family.meaning,
    )


def _decimal(value: float, ui: str) -> str:
    from babel.numbers import format_decimal

    return str(format_decimal(value, locale=ui))
