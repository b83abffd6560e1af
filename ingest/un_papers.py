"""Papers of United Nations bodies: title and symbol, told from the letterhead that surrounds them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from ingest.documents import Block
from ingest.phrases import words

_LETTERHEAD = re.compile(
    r"^\W*(?:united nations|nations unies|naciones unidas|организация объединенных наций|الأمم المتحدة"
    r"|联合国)"
    r"(?:\s+[A-Z]{1,5}[/.-]\S*|\W)*$|united ?united|nations ?nations"
    r"|^(?:general assembly|security council|economic and social council|human rights council"
    r"|assemblée générale"
    r"|conseil [ée]conomique|asamblea general|consejo económico|генеральная ассамблея"
    r"|экономический и социальный"
    r"|executive board of the|commission on |commission de |comisión de |committee on the "
    r"|conference of the parties)"
    r"|distr\.|\boriginal\s*[:?]|^(?:агenda|agenda|provisional)?\s*(?:item|point|tema|пункт)\s+\d"
    r"|agenda item|provisional agenda"
    r"|preliminary list|^official records|^documents officiels|digitized by|supplement no"
    r"|^(?:[\w-]+ ){0,3}(?:sessions?|year)(?:,? (?:of )?\d{4})?(?:,.{0,60})?$|^[(\[]"
    r"|convention to combat desertification$"
    r"|framework convention on climate change$|^subsidiary body"
    r"|^\*?\d{6,}\*?$|^\d\d-\d{5}|^(?:new york|geneva|genève|ginebra|nairobi|vienna|madrid|bonn),?.{0,50}$"
    r"|^\d{1,2}\s*(?:to|[-–])\s*\d{1,2} \w+ \d{4}|^\d{1,2} \w+ (?:19|20)\d\d$"
    r"|^(?=.*\d)[A-Z]{1,5}(?:[/.-]+[\w.()]+){1,6}\*?(?:\s+united nations)?$|^\d+(?:st|nd|rd"
    r"|th) (?:plenary )?meeting",
    re.IGNORECASE,
)
# The bilingual letterhead of the early papers, whose two columns are read as one line.
_LETTERHEAD_WORDS = frozenset(
    words(
        "united nations unies economic and social council conseil économique et social general assembly"
        " assemblée générale security sécurité distr general unrestricted restricted original english french"
    )
)
_UN_SIGN = re.compile(
    r"\bdistr\b\.?|united nations\W+nations unies|economic and social council$"
    r"|official records|documents officiels|joint inspection unit",
    re.IGNORECASE,
)
_UN_END = re.compile(
    r"^(?:(?:summary|contents|résumé|resumen|резюме|elements of a decision)\b\W*(?!.*\d{4})|[1I]\.\s)",
    re.IGNORECASE,
)
_BY = re.compile(
    r"(?:report of|note by) the \S+(?: \S+)?\W*$|(?:for|pour) d[ée]cision$|executive board$", re.IGNORECASE
)
_IS_REPORT = re.compile(
    r"\b(?:report|rapport|informe|доклад|تقرير|报告|compendium|decisions)\b", re.IGNORECASE
)
_SESSION_REPORT = re.compile(r"report (?:on|of) (?:the|its) [\w-]+ sessions?\b", re.IGNORECASE)
_ORGAN = re.compile(r"(?:commission|committee|forum|conference) (?:on|for|of) .{4,80}$", re.IGNORECASE)
_LETTER = re.compile(r"^(?:identical )?(?:letters?|notes? verbales?)\b.{0,20}\bdated\b", re.IGNORECASE)


_SYMBOL = re.compile(
    r"(?<![\w/])((?:A|E|S|T|ST|DP|DP[-/]FPA|DP/OPS|JIU|CEB|HRI|CCPR|CRC|CRPD|CMW|CEDAW|CAT|CERD|FCCC"
    r"|ICCD|CBD|UNW|TD|UNEP"
    r"|HSP|WFP|IDB|UNCTAD|LC|CAC|ICEF|SG|TRANS|ECE|IOM|GCM|C)\.?(?:/(?:[A-Z]{1,4}-\d+"
    r"|[A-Za-z0-9]+(?:\.[A-Za-z0-9]+)*"
    r"(?:\([A-Za-z0-9]+\))?)){2,7})"
)
_NO_SYMBOL = re.compile(r"resolution|decision|\bsee\b|pursuant|C/\d", re.IGNORECASE)


def is_letterhead(text: str) -> bool:
    """Whether a line is part of a UN paper's letterhead: organ, session, symbol, date and the like."""
    plain = words(text)
    strange = [word for word in plain if word not in _LETTERHEAD_WORDS]
    bare = len(plain) >= 2 and sum(len(word) > 1 for word in strange) <= len(plain) // 4
    return bare or _LETTERHEAD.search(text) is not None


def paper_title(blocks: Sequence[Block]) -> str:
    """The title under (or within) the letterhead of a first page, "" where it is no paper of the UN."""
    if not any(_UN_SIGN.search(block.text) for block in blocks[:16]):
        return ""
    candidates: list[Block] = []
    for block in blocks:
        if _UN_END.search(block.text) and candidates:
            break
        if _LETTER.search(block.text):
            return block.text
        if len(block.text) > 300 or is_letterhead(block.text) or block.kind == "footnote":
            continue
        if sum(char.isalpha() for char in block.text) < 8 or _BY.match(block.text):
            continue
        candidates.append(block)
    headings = [block for block in candidates if block.kind == "heading"]
    if not headings:
        meetings = re.compile(r"\bsession\b", re.IGNORECASE)
        plain = [block.text for block in candidates if not meetings.search(block.text)]
        return next((text for text in plain if len(words(text)) > 2), plain[0] if plain else "")
    top = min(block.level for block in headings)
    best = next(block for block in reversed(headings) if block.level == top)
    after = [block for block in headings[headings.index(best) + 1 :] if block.text != best.text][:1]
    response = re.search(r"management response", best.text, re.IGNORECASE)
    if (
        after
        and len(best.text) < 90
        and (response or (_IS_REPORT.search(after[0].text) and not _IS_REPORT.search(best.text)))
    ):
        best = replace(best, text=f"{best.text}: {after[0].text}")  # an organ's name, then what it reports
    elif _SESSION_REPORT.match(best.text):  # "Report on the fifth session": whose?
        before = blocks[: blocks.index(best)] if best in blocks else ()
        organ = next((block.text for block in reversed(before) if _ORGAN.match(block.text)), "")
        best = replace(best, text=f"{organ}: {best.text}" if organ else best.text)
    return re.sub(r"\s+(?:economic and social council|general assembly)$", "", best.text, flags=re.IGNORECASE)


def paper_symbol(blocks: Sequence[Block]) -> str:
    """The symbol ("A/80/74/Add.1") printed at the top of a first page, "" if none is; no cited one."""
    for block in blocks[:16]:
        if len(block.text) > 160 or block.text.startswith("*") or _NO_SYMBOL.search(block.text):
            continue
        for found in _SYMBOL.finditer(block.text):
            if re.search(r"\d", found.group(1)):
                return found.group(1).replace("./", "/")
    return ""
