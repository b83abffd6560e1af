"""How a survey was made, in sentences that can be published with its figures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from assistant.answer import Filters
from assistant.grids.meanings import FAR, FAR_ALONE
from assistant.grids.parts import parts
from assistant.grids.survey_types import Survey
from assistant.grids.themes import ANY, Family
from assistant.web import names


def method(survey: Survey, was_read: bool) -> Survey:
    """`survey` with its method. was_read: a model read the passages near in meaning."""
    return replace(survey, method=tuple(_sentences(survey, was_read)))


def in_words(filters: Filters) -> str:
    """The filters, "" where there are none: "country Senegal, Mali; kind evaluation; from 2019"."""
    said = []
    if filters.countries:
        said.append("country " + ", ".join(names.country(code) for code in filters.countries))
    if filters.kinds:
        said.append("kind " + ", ".join(filters.kinds))
    if filters.languages:
        said.append("language " + ", ".join(names.language(code) or code for code in filters.languages))
    if filters.organisations:
        said.append("organisation " + ", ".join(filters.organisations))
    if filters.since:
        said.append(f"from {filters.since}")
    if filters.until:
        said.append(f"until {filters.until}")
    if filters.documents:
        said.append("documents " + ", ".join(filters.documents))
    if filters.in_force is not None:
        said.append("in force" if filters.in_force else "superseded")
    return "; ".join(said)


def _sentences(survey: Survey, was_read: bool) -> Iterator[str]:
    rows = survey.rows
    whole = sum(row.unread == 0 and row.pages > 0 for row in rows)
    yield (
        f"Surveyed were {_count(len(rows), 'document')} with {_count(survey.pages, 'page')}, generation"
        f" {survey.generation} of the library, {_filtered(survey.filters)}."
    )
    if whole == len(rows):
        yield "All of them could be read whole."
    else:
        yield (
            f"{_count(whole, 'document')} could be read whole. Of {_count(len(rows) - whole, 'document')}"
            " some or all pages hold something that could not be read"
            f" ({_count(sum(row.unread for row in rows), 'page')}): where nothing was found on their other"
            " pages, they count as unreadable, never as documents without the theme."
        )
    if survey.lost:
        counted = "count as unreadable" if survey.counted_lost else "are not counted, since filters are set"
        named = "; ".join(f"{each.name} ({each.reason})" for each in survey.lost)
        yield f"Of {_count(len(survey.lost), 'file')} nothing could be read; they {counted}: {named}."
    older = sum(bool(row.source.superseded) for row in rows)
    twins = sum(bool(row.source.twin) for row in rows)
    if older or twins:
        yield (
            f"Among the documents are {older:,} that a newer version supersedes and {twins:,} with nearly the"
            " same text as another; they count like all others."
        )
    foreign = sorted({row.source.language for row in rows for each in row.findings if each.why == "language"})
    if foreign:
        listed = ", ".join(names.language(code) or code for code in foreign)
        yield (
            f"For documents in {listed} some families have no terms: where nothing was found in them, they"
            " count as unreadable too."
        )
    yield (
        "A document counts as found where a page's text holds a term: whole words, whatever their case and"
        " accents, with a space or a hyphen between the words of a phrase; * stands for any ending;"
        " abbreviations in capitals only; Arabic words also with particles and article written onto them,"
        " Chinese terms wherever their characters stand. Every term is looked for in every document, whatever"
        " its language. Headings, notes, tables, tables of contents, references and annexes count."
    )
    yield (
        "A term in ! does not count, nor does a place that it touches. Places that overlap count once. Not"
        " found are phrases that run over a page's end, words inside pictures, lines that repeat at the head"
        " or foot of pages, which are left out when files are read, and what is said in other words. Pages"
        " that were read by OCR count as read, though some of their words may be misread."
    )
    yield (
        "The part of a document is told from the headings above a place, the innermost that tells first, and"
        " in tables from their column headers, by the table of words parts.yaml (SHA-256"
        f" {parts().digest[:16]}); what tells nothing stands as {parts().label('other').lower()}."
    )
    if any(each.meaning for each in survey.families):
        further = " and in which the reading model finds it" if was_read else ""
        yield (
            "Passages near in meaning are named beside, for documents without a term: the passage of the"
            " document whose vector is nearest to what tells the family's sentence from sentences on other"
            f" matters, where it is at least {FAR if was_read else FAR_ALONE:.1f} standard deviations nearer"
            f" than a passage drawn at random{further}. They are a reading list, not a finding, and count in"
            " no share."
        )
    yield (
        "Shares are documents found by all documents. The upper bound supposes that every document that"
        " could not be told holds a term. A document about several countries counts in each of them."
    )
    for each in survey.families:
        yield _family(each)
    yield f"Made on {survey.made[:10]}."


def _family(family: Family) -> str:
    listed = []
    for language, terms in family.terms.items():
        name = "in any language" if language == ANY else names.language(language) or language
        listed.append(f"{name}: {'; '.join(terms)}")
    origin = "typed for this survey" if family.origin == "typed" else family.origin
    meaning = f" Meaning: {family.meaning}" if family.meaning else ""
    return f"{family.label()} ({origin}, SHA-256 {family.digest[:16]}). {'. '.join(listed)}.{meaning}"


def _filtered(filters: Filters) -> str:
    said = in_words(filters)
    return f"chosen by: {said}" if said else "without filters"


def _count(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
