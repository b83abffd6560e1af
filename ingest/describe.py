"""A reading -> what is known of its document: title, kind, countries, years, language and more."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ingest.dates import created_year, find_period, find_published, stated_year
from ingest.documents import Block, Description, Kind, Reading
from ingest.kinds import find_kind, often_named
from ingest.languages import detect_language, named_language, sample
from ingest.organisations import ORGANISATIONS, find_organisations
from ingest.overrides import override_fields
from ingest.places import country_code, find_countries
from ingest.titles import find_title
from ingest.un_papers import paper_symbol

_FRONT_PAGES = 3
_FRONT_CHARACTERS = 6000  # of a format without pages
_BODY_CHARACTERS = 150_000  # counted for countries, evenly over the document: 10 to 20 ms
_MOST_COUNTRIES = 12
_MOST_ORGANISATIONS = 6

# A document without its countries on the cover is about those that carry its text: named at least `_NEAR`
# as often as the one named most (in nine evaluations and studies the next below stood at .38 or less), and
# together most of all countries named. A long list needs more: world-wide papers name twenty alike.
_NEAR = 0.4
_CARRIED, _NEARLY_ALL = 0.5, 0.8
_FEW = 3
_FEWEST_MENTIONS = 5
_STATED_SHARE = 0.08  # of the mentions, for a country that front matter states
_OLDEST_PERIOD = 5  # years between the end of what a document covers and its publication
_SCAN_WORDS = 250  # a document with fewer words is a scan: its name has to do

_PROJECT = re.compile(r"\b([A-Z]{2})[.\s]?(0?\d{4})\b")
_PROJECT_CUE = re.compile(
    r"project (?:identification|code|id|number)|contract number|code (?:du )?projet|código del proyecto"
    r"|identification du projet",
    re.IGNORECASE,
)
# A field of a project's data sheet, by its label; what follows is taken at its word.
_COVERAGE = re.compile(
    r"(?:\b(?:geographic(?:al)? (?:coverage|scope|area|focus)|(?:project|programme) (?:countr(?:y|ies)"
    r"|location)s?|countr(?:y|ies) (?:covered|of implementation|concerned)"
    r"|couverture géographique|zone d.intervention|pays (?:couverts?|concernés?|d.intervention)"
    r"|(?:cobertura|ámbito) geográfic[ao]|países cubiertos|географическ\w+ охват|страны охвата)"
    r"|\b(?:التغطية الجغرافية|النطاق الجغرافي|البلدان المشمولة)"
    r"|^(?:countr(?:y|ies|y/ies|y\(ies\))|pays|país(?:es)?|страны?|البلد|البلدان|国家))"
    r"(?!\w)\s*(?P<colon>[:：])?",
    re.IGNORECASE,
)
_FIELD_END = re.compile(r"[:：]|\.(?:\s|$)")  # the next field's colon: its label names no country
_SHEET_PAGES = 10  # how far on a report's data sheet stands
_LONGEST_FIELD = 250
_MISSION = re.compile(r"\bmissions? (?:in|to)\b|\bmission (?:au|en|à)\b", re.IGNORECASE)


@dataclass(frozen=True)
class _Parts:
    """The stretches of a reading that the rules look at."""

    first: tuple[Block, ...]  # the first page that has text
    front: tuple[Block, ...]
    sheet: tuple[Block, ...]  # the pages among which a project's data sheet stands
    blocks: tuple[Block, ...]
    front_text: str

    @classmethod
    def of(cls, reading: Reading) -> _Parts:
        pages = [page for page in reading.pages if page.blocks]
        blocks = tuple(block for page in pages for block in page.blocks)
        if pages and pages[0].index is not None:
            first, front = pages[0].blocks, tuple(b for page in pages[:_FRONT_PAGES] for b in page.blocks)
            sheet = tuple(block for page in pages[:_SHEET_PAGES] for block in page.blocks)
        else:
            first, front = _until(blocks, _FRONT_CHARACTERS // 3), _until(blocks, _FRONT_CHARACTERS)
            sheet = front
        return cls(first, front, sheet, blocks, "\n".join(block.text for block in front))

    def body(self) -> str:
        """At most `_BODY_CHARACTERS` of the text, taken evenly from the whole document."""
        step = max(1, -(-sum(len(block.text) for block in self.blocks) // _BODY_CHARACTERS))
        return "\n".join(block.text for block in self.blocks[::step])


def _until(blocks: Sequence[Block], characters: int) -> tuple[Block, ...]:
    taken, total = [], 0
    for block in blocks:
        taken.append(block)
        total += len(block.text)
        if total > characters:
            break
    return tuple(taken)


def describe(reading: Reading, *, name: str, override: Mapping[str, str] | None = None) -> Description:
    """What is known of the document read as `reading` from the file `name`.

    `override` is the document's row of metadata.csv: its fields win. `found` names for each field that
    is known where it was found. Raises IngestError for a value in `override` that cannot be used.
    """
    parts = _Parts.of(reading)
    properties = reading.properties
    title, title_at = find_title(reading, name)
    symbol, symbol_at = _symbol(parts, name)
    labels = [block.text for block in parts.first[:20] if block.kind == "heading"]
    labels += [properties[key] for key in ("subject", "type", "kind") if properties.get(key)]
    kind, kind_at = find_kind(title, labels, name, parts.front, parts.blocks, symbol)
    if kind is Kind.OTHER and reading.format in ("pdf", "docx") and (often := often_named(parts.front)):
        kind, kind_at = often, "first page"
    countries, countries_at = _countries(title, title_at, parts, properties, name)
    organisations, organisations_at = _organisations(title, parts, properties)
    created = created_year(properties.get("created", ""))
    fronts = [block.text for block in parts.front]
    published, published_at = _published(parts, properties, symbol, created)
    period, period_at = find_period(title, fronts, dated=kind is not Kind.NATIONAL_PLAN)
    # No period: a law's years, and what ended long before the document ("Madrid Plan of Action, 2002").
    if kind is Kind.LEGAL or (period and published and published - period[1] > _OLDEST_PERIOD):
        period, period_at = None, ""
    language, language_at = _language(parts, properties, countries, name)
    found = {
        "title": title_at, "kind": kind_at, "countries": countries_at, "organisations": organisations_at,
        "period": period_at, "published": published_at, "language": language_at, "symbol": symbol_at,
    }  # fmt: skip
    description = Description(
        title=title, kind=kind, countries=countries, organisations=organisations, period=period,
        published=published, language=language, symbol=symbol,
        found={field: where for field, where in found.items() if where},
    )  # fmt: skip
    given = override_fields(override or {}, name)
    in_force = {"in_force": given.pop("in_force")} if "in_force" in given else {}
    where = description.found | dict.fromkeys(given, "metadata.csv") | in_force
    return replace(description, **given, found=where)


def _symbol(parts: _Parts, name: str) -> tuple[str, str]:
    symbol = paper_symbol(parts.first)
    if symbol:
        return symbol, "first page"
    if "IOM" not in find_organisations(parts.front_text):
        return "", ""
    for block in parts.front:
        code = _PROJECT.search(block.text) if _PROJECT_CUE.search(block.text) else None
        if code:
            return f"{code.group(1)}.{code.group(2)[-4:]}", "first page"
    code = re.search(r"(?<![A-Za-z])([A-Z]{2})\.?(\d{4})(?!\d)", name)
    return (f"{code.group(1)}.{code.group(2)}", "file name") if code else ("", "")


def _countries(
    title: str, title_at: str, parts: _Parts, properties: Mapping[str, str], name: str
) -> tuple[tuple[str, ...], str]:
    body = Counter(find_countries(parts.body()))
    # A world-wide document names many countries and none much: fewer than one mention in 400 words.
    words = sum(block.text.count(" ") for block in parts.blocks[:: max(1, len(parts.blocks) // 2000)]) or 1
    tries = (
        (_covered(parts.sheet), "data sheet"),
        (_named_in_title(title, body) if title_at != "file name" else (), "title"),
        (_stated(properties, body), "front matter"),
        (_on_cover(parts, body), "first page"),
        (_carrying(body, words), "text"),
        (_in_name(name, body, words), "file name"),
    )
    found, where = next(((codes, where) for codes, where in tries if codes), ((), ""))
    kept = sorted(found, key=lambda code: -body[code])[:_MOST_COUNTRIES]
    return tuple(sorted(kept)), where


def _covered(blocks: Sequence[Block]) -> Sequence[str]:
    """What a project's data sheet gives as the countries covered."""
    for at, block in enumerate(blocks):
        for cue in _COVERAGE.finditer(block.text[: _LONGEST_FIELD * 8]):
            rest = block.text[cue.end() :]
            if not rest.strip() and cue.start() == 0:  # the label alone: its value is the next block
                rest = blocks[at + 1].text if at + 1 < len(blocks) else ""
            elif not cue["colon"] and not (block.kind == "row" and cue.start() == 0):
                continue
            field = _FIELD_END.split(rest[:_LONGEST_FIELD], maxsplit=1)[0]
            covered = find_countries(field)
            if covered:
                return list(covered)
    return ()


def _named_in_title(title: str, body: Counter[str]) -> Sequence[str]:
    named, total = find_countries(title), body.total()
    # "Conference of the Parties in Paris, France": not what a text of which half names another is about.
    borne = max(body.values(), default=0) < 0.5 * total or any(body[code] >= 0.1 * total for code in named)
    least = 0.1 * max((body[code] for code in named), default=0)  # ... nor one that its title's others outdo
    return [code for code in named if body[code] >= least] if borne else ()


def _stated(properties: Mapping[str, str], body: Counter[str]) -> Sequence[str]:
    stated = ";".join(properties.get(key, "") for key in ("country", "countries", "coverage"))
    codes = {code for part in re.split(r"[;|,\n]", stated) if (code := country_code(part))}
    codes |= set(find_countries(stated))
    # Front matter is dirty: a country the text hardly names is where the office stands.
    least = max(min(3, max(body.values(), default=0)), _STATED_SHARE * body.total())
    return [code for code in codes if body[code] >= least]


def _on_cover(parts: _Parts, body: Counter[str]) -> Sequence[str]:
    for block in parts.front:
        cue = _MISSION.search(block.text) if len(block.text) < 200 else None
        covered = find_countries(block.text[cue.end() :]) if cue else {}
        borne = [code for code in covered if body[code] >= _FEWEST_MENTIONS]
        if borne and len(borne) <= _MOST_COUNTRIES:
            return borne
    cover = find_countries("\n".join(block.text for block in parts.first[:12] if len(block.text) < 250))
    return [code for code in cover if body[code] >= max(2, 0.3 * body.total())]


def _carrying(body: Counter[str], words: int) -> Sequence[str]:
    """The countries that carry the text: those named nearly as often as the one named most."""
    least = max(_FEWEST_MENTIONS, _NEAR * max(body.values(), default=0))
    held = [code for code, n in body.items() if n >= least]
    mentions, total = sum(body[code] for code in held), body.total()
    if len(held) > _FEW and min(body[code] for code in held) < 2 * _FEWEST_MENTIONS:
        return ()
    if not held or mentions < (_CARRIED if len(held) <= _FEW else _NEARLY_ALL) * total:
        return ()
    dense = mentions >= max(_FEWEST_MENTIONS, min(words, 25_000) / 400)
    return held if dense or mentions >= _NEARLY_ALL * total else ()


def _in_name(name: str, body: Counter[str], words: int) -> Sequence[str]:
    in_name = find_countries(re.sub(r"[_\W]+", " ", name))
    return [code for code in in_name if words < _SCAN_WORDS or body[code] >= 2]


def _organisations(title: str, parts: _Parts, properties: Mapping[str, str]) -> tuple[tuple[str, ...], str]:
    scores: Counter[str] = Counter()
    in_title = find_organisations(title)
    cover = find_organisations("\n".join(block.text for block in parts.first[:25] if len(block.text) < 400))
    front = find_organisations(parts.front_text)
    author = find_organisations(f"{properties.get('author', '')} {properties.get('publisher', '')}")
    for found, weight in ((in_title, 6), (author, 4), (cover, 3)):
        for short in found:
            scores[short] += weight
    for short, mentions in front.items():
        scores[short] += min(mentions, 4)
    kept = [short for short, score in scores.most_common() if score >= 3]
    if (
        len(kept) > 1 and "UN" in kept and "UN" not in in_title
    ):  # the family's name beside a member's says nothing
        kept.remove("UN")
    kept = kept[:_MOST_ORGANISATIONS]
    if not kept:  # a cover that names none: what the text is full of
        body = find_organisations(parts.body())
        kept = [short for short, n in body.items() if n >= 10 and n >= 0.25 * sum(body.values())]
        return tuple(kept), "text" if kept else ""
    order = list(ORGANISATIONS)
    where = (
        "title" if set(kept) & set(in_title) else "properties" if set(kept) & set(author) else "first page"
    )
    return tuple(sorted(kept, key=order.index)), where if kept else ""


def _published(
    parts: _Parts, properties: Mapping[str, str], symbol: str, created: int | None
) -> tuple[int | None, str]:
    for key in ("published", "date", "publication_date", "pubdate", "year"):
        year = stated_year(properties.get(key, ""))
        if year:
            return year, "front matter"
    year = find_published((block.text for block in parts.front), created)
    if year:
        return year, "first page"
    year = stated_year(symbol) if re.search(r"/(?:19|20)\d\d/", symbol) else None
    if year:  # a paper's own year, told better than by the day its file was made
        return year, "symbol"
    return (created, "properties") if created else (None, "")


def _language(
    parts: _Parts, properties: Mapping[str, str], countries: tuple[str, ...], name: str
) -> tuple[str, str]:
    language = detect_language(sample([block.text for block in parts.blocks if block.kind != "row"]))
    if language != "und":
        # The detector knows Serbian in Cyrillic letters only.
        return ("sr" if language == "hr" and "SRB" in countries else language), "text"
    stated = properties.get("language", "").strip().lower()[:2]
    if re.fullmatch("[a-z]{2}", stated):
        return stated, "properties"
    named = named_language(name)
    return (named, "file name") if named else ("und", "")
