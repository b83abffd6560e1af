"""The document's own title: from its first pages, its properties, its name, in this order of trust."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePath

from ingest.clean import normalise
from ingest.documents import Block, Reading
from ingest.phrases import words
from ingest.places import country_code
from ingest.un_papers import paper_title

LONGEST = 400  # characters; EU regulations need them
_FRONT_PAGES = 3
_TEXT = 150  # characters of a paragraph, at least, below which a heading is no title
_MOTTO = 60  # characters of a line under a country's name, at most
_QUOTE_PAGES = 10  # how far on a report whose cover is an image names its project

_UN = re.compile(
    r"\W*united nations\W+nations unies\b|\W*(?:united nations|nations unies)\W*$", re.IGNORECASE
)
# What a document is, not what it is called: never a title while another can be found.
_LABEL = re.compile(
    r"^(?:(?:the|final|draft|internal|external|independent|mid-?term|ex-?post|abridged|full|interne"
    r"|externe|finale?"
    r"|sommaire|summary|executive|learning|policy|commission|special|issue|interna|externa|resumen|de"
    r"|la|d'|d’|l'|l’)\s*)*"
    r"(?:evaluation|évaluation|evaluación|avaliação|оценка|brief|report|rapport|informe|notice|response"
    r"|matrix|issue|note"
    r"|summary|résumé|resumen|management|follow-up|ex-post|final[e]?|intern[ae]l?e?|extern[ae]l?e?"
    r"|case study|annex)"
    r"(?:\s+(?:evaluation|évaluation|brief|report|rapport|matrix|response|summary|finale?|interne"
    r"|externe|interna|follow-up"
    r"|final|[ivx]+|\d+))*\W*$",
    re.IGNORECASE,
)
_NOT_A_TITLE = re.compile(
    r"^(?:table of contents|contents|index|arrangement of .{0,30}|introduction|foreword|preface"
    r"|acknowledge?ments?|abbreviations|acronyms"
    r"|disclaimer|executive summary|project summary|summary|table des mati[eè]res|sommaire du projet"
    r"|sommaire|avant-propos"
    r"|remerciements|résumé.*|resumen ejecutivo|índice|contenido|prólogo|presentación|introducción"
    r"|содержание|введение"
    r"|المقدمة|مقدمة|المحتويات|目录|前言|导言"
    r"|skip to (?:main )?content.*|aller au contenu.*|pasar al contenu.*"
    r"|ir al contenido.*|pular para.*|تجاوز إلى.*|перейти к.*|home|untitled.*|elements of a decision"
    r"|key findings.*|national (?:context|circumstances))\W*$"
    r"|^(?:chapter|chapitre|cap[íi]tulo|глава|раздел)\s+(?:\d|[ivx]+\b|\w+$)|^(?:الفصل|الباب|القسم)\s|^第.{1,3}章"
    r"|^(?:\w{1,6} )?(?:conférence des parties|conference of the parties|conferencia de las partes)\b"
    r"|^(?:submitted|written|prepared|author|auteur|evaluator|evaluateur|managed|commission(?:ed|né)|©"
    r"|\(c\)|copyright"
    r"|published by|by:|issn|isbn|doi|eli:|www\.|https?:|e-?mail|tel|date\b|ministry|minist[eè]re"
    r"|ministerio|министерство"
    r"|وزارة|government of|gobierno de|gouvernement d|royal government|postal|official journal"
    r"|special issue|p\.? ?o\.? box"
    r"|kenya gazette|legal notice no|\(legislative|(?:\d+|[ivx]+)(?:\.\d+)*[.)]\s)"
    r"|@|[.…_-]{5,}|:$",
    re.IGNORECASE,
)
_DATE_ONLY = re.compile(
    r"^\W*(?:[^\W\d_]+,?\s+)?(?:\d{1,2}\w{0,2}\s+)?(?:de\s+)?[^\W\d_]*\W*(?:de\s+)?(?:19|20)\d\d\W*$"
)
_NAMED = re.compile(
    r"(?:evaluation title(?:\s*/\s*year)?|title of (?:the )?(?:evaluation|project)|titre de l.évaluation"
    r"|intitulé du projet|titre du projet|título de la evaluación|project title"
    r"|name of (?:the )?project)\s*:\s*(.{12,})",
    re.IGNORECASE,
)
_QUOTED_PROJECT = re.compile(
    r"(?:evaluation of the|project|programme|projet|proyecto)\s+(?:entitled |titled |intitulé |titulado )?"
    r"[“«\"‘]\s*([^”»\"’]{25,250}?)\s*[”»\"’]",
    re.IGNORECASE,
)
_JUNK_PROPERTY = re.compile(
    r"^microsoft \w+ - |^untitled|^document\d*$|^slide \d|\.(?:docx?|pdf|indd|pptx?|xlsx?|qxd|odt)$"
    r"|^\W*$|^[\d\W_]+$"
    r"|^(?:layout|print|default|title|presentation|powerpoint)\b.{0,14}$|_",
    re.IGNORECASE,
)

# "(Updated submission)", "Version 2": the line under a title that tells two editions apart.
_EDITION = re.compile(
    r"\W*(?:(?:revised|updated?|second|third|enhanced|abridged|amended|révisée?|actualisée?|mise à jour"
    r"|revisad[ao]|actualizad[ao]|deuxième|segunda?|обновл\w+|пересмотр\w+)"
    r"\s+(?:version|versión|edition|édition|edición|submission|soumission|draft|редакци\w+|издани\w+).{0,30}"
    r"|(?:version|versión|rev(?:ision|\.)?|edition|версия|النسخة)\s*[\divx][\d.]{0,4})\W*$",
    re.IGNORECASE,
)
_OPEN_END = re.compile(
    r"\b(?:of|the|and|for|in|on|to|de|du|des|la|le|del|el|et|y|en|para|pour|da|do|и|на|в)$", re.IGNORECASE
)


def find_title(reading: Reading, name: str) -> tuple[str, str]:
    """(title, where it was found); the file's name only where nothing else can be one."""
    own = _good_property(reading.properties.get("title", ""), name, reading.properties.get("author", ""))
    if reading.format == "html":  # "Title | Name of the site"
        own = re.split(r"\s+[|]\s+", own)[0]
    if reading.format in ("markdown", "html", "text"):
        found = (
            (own, "front matter" if reading.format == "markdown" else "properties")
            if own
            else _first_heading(reading)
        )
    else:
        found = _printed_title(reading, own)
    title, where = found
    if title:
        return _tidy(title), where
    return normalise(re.sub(r"[_]+", " ", PurePath(name).stem)) or name, "file name"


def _tidy(title: str) -> str:
    title = re.sub(r"\s*\*+$", "", title)
    title = re.sub(r"\b((?:19|20)\d\d)\d$", r"\1", title)  # a footnote's number at the last year
    title = re.sub(r"\b(\w{4,}?)\1{2,}\b", r"\1", title)
    title = re.sub(r"\b(.{12,}?)(?:\s+\1\b)+", r"\1", title)  # a shadow: the same words printed again
    if len(re.findall(r"\b([^\W\d_])\1{2,}\w", title)) >= 2:
        title = re.sub(r"\b([^\W\d_])\1{2,}(?=\w)", r"\1", title)
    title = (
        re.sub(r"^([“\"«])(.*?)[”\"»]?$", r"\2", title) if title.count('"') + title.count("“") == 1 else title
    )
    return normalise(title)[:LONGEST].strip(" ·|–-")


def _good_property(title: str, name: str, author: str) -> str:
    plain = words(title)
    if not plain or _JUNK_PROPERTY.search(title) or _NOT_A_TITLE.search(title) or _LABEL.match(title):
        return ""
    if plain in (words(PurePath(name).stem), words(author)) or len("".join(plain)) < 8 or _is_country(title):
        return ""
    return title


def _first_heading(reading: Reading) -> tuple[str, str]:
    headings = [block for page in reading.pages for block in page.blocks if block.kind == "heading"]
    headings = [block for block in headings if not _NOT_A_TITLE.search(block.text)]
    if not headings:
        if reading.format == "text" and reading.pages:
            for block in reading.pages[0].blocks[:6]:
                line = re.sub(r"^\W+", "", block.text)
                if 8 <= len(line) <= 180 and not _NOT_A_TITLE.search(line):
                    return line, "text"
        return "", ""
    first = headings[0]
    alike = [words(re.sub(r"\d+", "", other.text)) for other in headings[1:] if other.level == first.level]
    # "Objective 1", "Objective 2": the first of a series of sections names a section, not the document.
    if re.search(r"\d", first.text) and words(re.sub(r"\d+", "", first.text)) in alike:
        return "", ""
    return first.text, "first page"


def _printed_title(reading: Reading, own: str) -> tuple[str, str]:
    pages = [page for page in reading.pages if page.blocks][:_FRONT_PAGES]
    blocks = [block for page in pages for block in page.blocks]
    text = sum(len(block.text) for page in reading.pages for block in page.blocks)
    if own and text < 1500:  # a scan: nothing to read it from
        return own, "properties"
    first = pages[0].blocks if pages else ()
    title = paper_title(first)
    if title:
        return title, "first page"
    author = words(reading.properties.get("author", ""))
    if own and _stands_in(own, blocks):
        printed = _most_prominent(first, author)
        longer = f" {' '.join(words(own))} " in f" {' '.join(words(printed))} "
        return (printed, "first page") if longer else (own, "properties")
    named = next((found for block in blocks for found in [_NAMED.search(block.text)] if found), None)
    if named:
        return _field(named.group(1)), "first page"
    for page in pages:
        if page is pages[0] or page.index is None or page.index <= _FRONT_PAGES:
            title = _most_prominent(page.blocks, author)
            if title:
                return title, "first page"
    early = (block for page in reading.pages[:_QUOTE_PAGES] for block in page.blocks)
    quoted = next((found for block in early for found in [_QUOTED_PROJECT.search(block.text)] if found), None)
    if quoted:
        return quoted.group(1), "text"
    if own:
        return own, "properties"
    label = next((block.text for block in blocks if block.kind == "heading" and _LABEL.match(block.text)), "")
    return (label, "first page") if label and text >= 1500 else ("", "")


def _field(value: str) -> str:
    """The title in a field's value, without the field that follows it and without the dates after it."""
    value = re.split(r"[.;]\s+(?=[^:]{3,90}:)|\s+(?=Person or entity\b)", value)[0]
    return re.sub(r"[,\s]*(?:\((?:[^()]*\s)?(?:19|20)\d\d\)|(?:19|20)\d\d)\.?$", "", value)


def _stands_in(title: str, blocks: Sequence[Block]) -> bool:
    """Titles in a file's properties are often left from a template: one counts if the pages bear it out."""
    wanted = words(title)
    printed = words(" ".join(block.text for block in blocks))
    if f" {' '.join(wanted)} " in f" {' '.join(printed)} ":
        return len(wanted) >= 3
    known = set(printed)
    return len(wanted) >= 4 and sum(word in known for word in wanted) >= 0.95 * len(wanted)


def _most_prominent(blocks: Sequence[Block], author: list[str]) -> str:
    """The title among a page's blocks: the most prominent group that is no label, date, name or address."""
    best, rank = "", 99.0
    at = 0
    after_label = below_text = False
    while at < min(len(blocks), 30):
        block = blocks[at]
        if block.kind == "heading" and _LABEL.match(block.text):
            after_label, at = True, at + 1
            continue
        capitals = block.kind == "paragraph" and _is_capitals(block.text) and len(block.text) <= LONGEST
        first_line = block.kind == "paragraph" and at == 0 and 20 <= len(block.text) <= 220
        if (block.kind == "heading" or capitals or first_line) and not _refused(block.text, author):
            title, size = _whole_title(blocks, at, author)
            level = float(block.level or (3 if capitals else 6.5)) + 0.05 * at
            if after_label:  # what follows "EVALUATION BRIEF" is what was evaluated
                level -= 3.5
            if len(words(title)) < 3 or _is_country(title) or title[:1].islower():
                level += 3
            if below_text:  # a section's heading
                level += 2
            if level < rank:
                best, rank = title, level
            at += size
        else:
            below_text |= block.kind == "paragraph" and len(block.text) >= _TEXT
            at += 1
        after_label = False
    return best


def _refused(text: str, author: list[str]) -> bool:
    plain = words(text)
    single = sum(len(word) == 1 for word in plain)
    return (
        bool(_NOT_A_TITLE.search(text) or _DATE_ONLY.match(text) or _UN.match(text))
        or sum(char.isalpha() for char in text) < 4
        or plain == author
        or (len(plain) >= 5 and single > 0.35 * len(plain))  # l e t t e r s set apart
    )


def _is_capitals(text: str) -> bool:
    letters = [char for char in text if char.isalpha()]
    return len(letters) >= 15 and sum(char.isupper() for char in letters) >= 0.9 * len(letters)


def _whole_title(blocks: Sequence[Block], at: int, author: list[str]) -> tuple[str, int]:
    """(title beginning at block `at`, how many blocks it has): lines of one style, and what runs on."""
    first = blocks[at]
    parts, used = [first.text], 1
    for block in blocks[at + 1 : at + 6]:
        joined = " ".join(parts)
        if len(joined) + len(block.text) > LONGEST or block.text in parts:
            break
        edition = _EDITION.match(block.text) is not None
        if not edition and (_refused(block.text, author) or _LABEL.match(block.text)):
            if _is_country(joined):  # "REPUBLIQUE D'HAITI / MINISTERE ... / CONTRIBUTION ..."
                used += 1
                continue
            break
        runs_on = (
            edition
            or block.text[:1].islower()
            or joined[-1:] in ",:–-&"
            or block.text[:1] in "-–"
            or _OPEN_END.search(joined)
        )
        alike = block.kind == first.kind == "heading" and block.level == first.level
        capitals = _is_capitals(joined) and _is_capitals(block.text) and not _is_address(block.text)
        bare = block.kind == "heading" and (_is_country(joined) or _is_country(block.text))
        if not (runs_on or alike or capitals or bare):
            if _is_country(joined) and block.kind == "paragraph" and len(block.text) < _MOTTO:
                used += 1  # "Honneur - Fraternité", between a country and what it submits
                continue
            break
        parts.append(block.text)
        used += 1
    if (
        len(parts) > 1
        and _is_country(parts[0])
        and parts[1][:1].isupper()
        and parts[0][-2:] not in ("’s", "'s")
    ):
        parts[0] = f"{parts[0]}:"
    return " ".join(parts), used


def _is_country(text: str) -> bool:
    return len(text) <= 60 and country_code(re.sub(r"['’]s$", "", text)) is not None


def _is_address(text: str) -> bool:
    return re.search(r"\d{4,}|organi[sz]ation for|MINIST", text) is not None
