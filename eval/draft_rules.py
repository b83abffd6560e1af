"""The rules that make a question of a sentence or a table row, in English, French and Spanish."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from assistant.names import is_acronym
from assistant.words import stop_words
from ingest.documents import Block

LANGUAGES = ("en", "fr", "es")

_NUMBER = r"\d{1,3}(?:[ ,.]\d{3})+|\d+(?:[.,]\d{1,2})?"
_MILLIONS = r"(?:\s(?:million|billion|millions?|milliards?|millones|mil millones))?"
_CURRENCY = r"(?:USD|EUR|US\$|\$|€|GBP|CHF)"
_UNIT = r"(?:\s(?:US dollars|dollars|euros|dollars US|dólares|USD|EUR|€))?"
_MONTHS = {
    "en": "January|February|March|April|May|June|July|August|September|October|November|December",
    "fr": "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre",
    "es": "enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre",
}
_DATE = {
    "en": rf"(?:\d{{1,2}} )?(?:(?:{_MONTHS['en']}) )?(?:19|20)\d\d",
    "fr": rf"(?:(?:\d{{1,2}}|1er) )?(?:(?:{_MONTHS['fr']}) )?(?:19|20)\d\d",
    "es": rf"(?:\d{{1,2}} de )?(?:(?:{_MONTHS['es']}) (?:de |del )?)?(?:19|20)\d\d",
}
# What is counted: some words, no mark and no other number between.
_THINGS = r"(?P<things>(?:[^\W\d_][\w’'-]*\s){1,7}?)"
_REST = r"(?P<rest>(?:[^.;:?!()]|\.(?=\d))+)"

_VERB = {
    "en": r"were|was|have|had|has|are|received|participated|attended|benefited|returned|joined|reported|said"
    r"|took part|lived|live|remain|remained",
    "fr": r"ont|avaient|sont|étaient|seront|vivent|vivaient|participent|bénéficient|bénéficiaient|disposent"
    r"|vit|dispose|représente|représentent|utilisent|déclarent|souffrent",
    "es": r"fueron|han|habían|son|están|estaban|recibieron|participaron|viven|vivían|asistieron|regresaron"
    r"|vive|tienen|tiene|cuentan|cuenta|representa|reciben|considera|consideran|trabajan|corresponde",
}
_STARTS = {
    "en": r"(?P<at>^|, |\bthat )(?:(?:[Aa] total of|In total,|[Ss]ome|[Aa]bout"
    r"|[Aa]pproximately|[Aa]round|[Oo]ver"
    r"|[Mm]ore than|[Aa]t least|[Nn]early|[Aa]lmost) )?",
    "fr": r"(?P<at>^|, |\bque )(?:(?:[Ee]nviron|[Pp]lus de|[Qq]uelque|[Pp]rès de"
    r"|[Uu]n total de|[Ll]es|qu[’']) )?",
    "es": r"(?P<at>^|, |\bque )(?:(?:[Uu]nos|[Uu]nas|[Mm]ás de|[Cc]erca de|[Aa]lrededor de"
    r"|[Uu]n total de|[Ll]os|[Ll]as"
    r"|[Ee]l|[Uu]n|[Cc]erca del|[Mm]ás del|[Aa]lrededor del) )?",
}
_SHARE = {
    "en": r"(?:per cent|percent|%) of (?P<rest>(?:the |all )?(?:[^.;:?!()]|\.(?=\d))+)",
    "fr": r"(?:pour cent|%) (?P<rest>(?:des|du|de la|de l[’'])\s?(?:[^.;:?!()]|\.(?=\d))+)",
    "es": r"(?:por ciento|%) (?P<rest>(?:de los|de las|del|de la)\s(?:[^.;:?!()]|\.(?=\d))+)",
}
_ACTOR = {
    "en": r"(?P<actor>(?:The )?(?:[A-Z][\w-]+(?: (?:of|for|and|the|on))* ?){1,8}) "
    r"(?P<verb>found|reported|recommended|recommends|noted|notes|concluded|estimates|estimated"
    r"|approved|adopted"
    r"|established|launched|published|funded|signed) (?P<rest>[^.;:?!()]+)\.?$",
    "fr": r"(?P<actor>(?:L[ea] |L[’'])?(?:[A-Z][\w’'-]+(?: (?:de la|de l’|de|du|des|et"
    r"|pour les|pour)(?= ))* ?)"
    r"{1,8}) "
    r"(?P<verb>a (?:constaté|recommandé|estimé|approuvé|adopté|lancé|créé|publié|financé|signé|noté)"
    r"|recommande|estime|note) (?P<rest>[^.;:?!()]+)\.?$",
    "es": r"(?P<actor>(?:El |La )?(?:[A-Z][\w-]+(?: (?:de la|de los|de|del|y|para las|para)(?= ))* ?){1,8}) "
    r"(?P<verb>constató|recomendó|recomienda|estima|estimó|aprobó|adoptó|lanzó|creó|publicó"
    r"|financió|firmó|señaló)"
    r" (?P<rest>[^.;:?!()]+)\.?$",
}
_BODY = re.compile(
    r"\b(?:[A-Z]{2,}[\w-]*|Ministry|Office|Agency|Committee|Council|Commission|Assembly"
    r"|Organi[sz]ation|Bank|Fund"
    r"|Government|Parliament|Programme|Institute|Authority|Union|Ministère|Agence|Comité|Conseil|Assemblée"
    r"|Organisation|Banque|Fonds|Gouvernement|Parlement|Ministerio|Oficina|Agencia|Comité|Consejo|Comisión"
    r"|Asamblea|Organización|Banco|Fondo|Gobierno)\b"
)
# Words that lean on a sentence before, or that a question without its page cannot carry.
_LEANING = re.compile(
    r"\b(?:they|them|he|she|it|its|their|these|those|this|which|above|below|latter|figure|table|annex|former"
    r"|ils|elles|ceux|celles|ces|cette|cet|ci-dessus|ci-dessous|leurs?|dernier|figure|tableau|annexe"
    r"|ellos|ellas|estos|estas|este|esta|esos|esas|dicho|dicha|sus?|gráfico|cuadro|tabla|anexo)\b",
    re.IGNORECASE,
)
_MATRIX = {
    "en": re.compile(r"\b(baseline|target|actual|achieved|result)", re.I),
    "fr": re.compile(r"\b(référence|cible|objectif|réalis|valeur)", re.I),
    "es": re.compile(r"(línea de base|\bmeta\b|\bmetas\b|logro|alcanzad|valor)", re.I),
}
_INDICATOR = re.compile(r"\b(indicator|indicateur|indicador)", re.I)


_LISTED = re.compile(r"^[^,]*,\s\S+(?:\s\S+){0,3}?,?\s(?:and|or|et|ou|y|o)\s(?!\S*\d)")
# Marks of a sentence that was not read whole: table rules, stray spaces, footnote numbers on words.
_STRAY = re.compile(
    r"[|_*#<>=\\]|\.{3}|…|https?:|\b[^\W\d_]{4,}\d+\b|\?|\s[,;.]|[^\W\d_]-\s|\d\s\d{1,2}\b(?!\d)|,\d{1,2}%"
)


@dataclass(frozen=True)
class Proposal:
    """A question that `quote` answers; it begins in lower case. `fact`: ways to write the answer."""

    rule: str
    question: str
    fact: tuple[str, ...]
    quote: str


def from_sentence(sentence: str, language: str) -> Iterator[Proposal]:
    """The questions that rules make of a sentence; only those that are well formed."""
    if language not in LANGUAGES or not _clean(sentence):
        return
    for rule, make in _RULES.items():
        made = make(sentence, language)
        if made and _well_formed(*made, language):
            question, fact = made
            yield Proposal(rule, question, fact, sentence)


def from_row(row: Block, language: str) -> Proposal | None:
    """A question for one value of a results matrix: what stands under baseline, target or the like."""
    if language not in LANGUAGES:
        return None
    label = next((cell for header, cell in row.cells if _INDICATOR.search(header)), "")
    for header, cell in row.cells:
        value = re.match(rf"({_NUMBER})(?=\s*(?:%|\(|$|[^\W\d_]))", cell)
        if not (
            value and label and len(cell) <= 30 and len(header) <= 50 and _MATRIX[language].search(header)
        ):
            continue
        if not (3 <= len(label.split()) <= 20 and label[0].isalpha() and _clean(label, verb=False)):
            continue
        if re.fullmatch(r"(19|20)\d\d", value[1]) or re.search(r"\d", header):
            continue
        name, under = label.strip(" .:;"), header.strip(" .:;")
        question = {
            "en": f"what does the column “{under}” give for the indicator “{name}”?",
            "fr": f"que donne la colonne « {under} » pour l’indicateur « {name} » ?",
            "es": f"¿qué da la columna «{under}» para el indicador «{name}»?",
        }[language]
        if _well_formed(question, number_forms(value[1]), language):
            return Proposal("row", question, number_forms(value[1]), row.text)
    return None


def number_forms(text: str) -> tuple[str, ...]:
    """`text`, and the same number with other separators: 1,200, 1 200, 1.200 and 1200; 4.5 and 4,5."""
    number = re.match(rf"(?:{_NUMBER})", text)
    if not number:
        return (text,)
    head, tail = number[0], text[number.end() :]
    if re.fullmatch(r"\d{1,3}(?:[ ,.]\d{3})+", head) or re.fullmatch(r"\d{4,}", head):
        digits = re.sub(r"\D", "", head)
        grouped = f"{int(digits):,}"
        spelled = [grouped, grouped.replace(",", " "), grouped.replace(",", "."), digits]
    else:
        spelled = [head.replace(",", "."), head.replace(".", ",")]
    return tuple(dict.fromkeys([text, *(form + tail for form in spelled)]))


def _count(sentence: str, language: str) -> tuple[str, tuple[str, ...]] | None:
    found = re.search(
        rf"{_STARTS[language]}(?P<number>(?:{_NUMBER}){_MILLIONS})\s{_THINGS}"
        rf"(?P<verb>{_VERB[language]})\s{_REST}",
        sentence,
    )
    if not found or re.fullmatch(r"(?:19|20)\d\d", found["number"]):
        return None
    things, rest = found["things"].strip(), _first_clause(found["rest"])
    # "14 Further attention ...": the number of a paragraph.
    if not rest or (not found["at"] and things[0].isupper()):
        return None
    if re.match(
        rf"(?:{_MONTHS[language]}|per|percent|pour|por|of|de|des|years?|ans|años|and|et|y)\b", things
    ):
        return None
    of = "d’" if things[0] in "aeiouéèêhâôAEIOUÉ" else "de "
    question = {
        "en": f"how many {things} {found['verb']} {rest}?",
        "fr": f"combien {of}{things} {found['verb']} {rest} ?",
        "es": f"¿{_how_many(things)} {things} {found['verb']} {rest}?",
    }[language]
    return question, number_forms(found["number"])


def _how_many(things: str) -> str:
    first = things.split()[0]
    return "cuántas" if first.endswith("as") else "cuántos" if first.endswith("os") else "qué número de"


def _first_clause(text: str) -> str:
    """`text` up to what is said of something else: "..., 230 were displaced", "... and 154 fines"."""
    if _LISTED.search(text):
        return ""  # cut there, a list would lose its end
    return re.split(r",\s|\s(?:and|et|y|while|tandis que|mientras que)\s(?=\S*\d)", text)[0].strip()


def _share(sentence: str, language: str) -> tuple[str, tuple[str, ...]] | None:
    found = re.search(rf"{_STARTS[language]}(?P<number>{_NUMBER})\s?{_SHARE[language]}", sentence)
    rest = _first_clause(found["rest"]) if found else ""
    if not found or not re.search(rf"(?<!to)\s(?:{_VERB[language]}|is|est|es|era|était|a|ha)\s", rest):
        return None
    question = {
        "en": f"what percentage of {rest}?",
        "fr": f"quel pourcentage {rest} ?",
        "es": f"¿qué porcentaje {rest}?",
    }[language]
    return question, number_forms(found["number"])


def _amount(sentence: str, language: str) -> tuple[str, tuple[str, ...]] | None:
    """The budget of the project was USD 1,250,000."""
    sum_ = rf"(?P<before>{_CURRENCY}\s?)?(?P<number>(?:{_NUMBER}){_MILLIONS})(?P<after>{_UNIT})"
    sum_ += r"(?!\s?(?:to|à|a|-|–)\s?[$\d])"  # no ranges
    what = {
        "en": rf"The (?P<what>[^,.;:()\d]{{6,90}}?) "
        rf"(?P<verb>is|was|amounted to|amounts to|totalled) {sum_}\b",
        "fr": rf"(?P<what>L(?:e |a |[’'])[^,.;:()\d]{{6,90}}?) "
        rf"(?P<verb>s[’']élève à|s[’']élevait à|était de|est de) "
        rf"{sum_}",
        "es": rf"(?P<what>(?:El|La) [^,.;:()\d]{{6,90}}?) "
        rf"(?P<verb>asciende a|ascendió a|fue de|es de) {sum_}",
    }[language]
    found = re.match(what, sentence)
    if not found or not (found["before"] or found["after"]):
        return None
    thing = found["what"]
    low = thing[:1].lower() + thing[1:]
    past = found["verb"] in ("was", "amounted to", "totalled", "s’élevait à", "s'élevait à", "était de")
    question = {
        "en": f"how much {'was' if past else 'is'} the {thing}?",
        "fr": f"à combien s’{'élevait' if past else 'élève'} {low} ?",
        "es": f"¿a cuánto {'ascendió' if found['verb'] in ('ascendió a', 'fue de') else 'asciende'} {low}?",
    }[language]
    return question, number_forms(found["number"])


def _date(sentence: str, language: str) -> tuple[str, tuple[str, ...]] | None:
    """The policy was adopted in March 2019."""
    date = rf"(?P<date>{_DATE[language]})(?:\.|,\s|\s(?=[a-z]))"
    what = {
        "en": rf"The (?P<what>[^,.;:()]{{4,90}}?) (?P<verb>was|were) (?P<done>\w+ed|held|set up|begun|built) "
        rf"(?:in|on) {date}",
        "fr": rf"(?P<what>L(?:es? |a |[’'])[^,.;:()]{{4,90}}?) "
        rf"(?P<verb>a été|ont été) (?P<done>\w+(?:é|is|it)e?s?) "
        rf"(?:en|le) {date}",
        "es": rf"(?P<what>(?:El|La|Los|Las) [^,.;:()]{{4,90}}?) "
        rf"(?P<verb>fue|fueron) (?P<done>\w+[aio]d[ao]s?) "
        rf"(?:en|el) {date}",
    }[language]
    found = re.match(what, sentence)
    if not found:
        return None
    low = found["what"][:1].lower() + found["what"][1:] if language != "en" else found["what"]
    question = {
        "en": f"when {found['verb']} the {low} {found['done']}?",
        "fr": f"quand est-ce que {low} {found['verb']} {found['done']} ?",
        "es": f"¿cuándo {found['verb']} {found['done']} {low}?",
    }[language]
    return question, (found["date"],)


def _actor(sentence: str, language: str) -> tuple[str, tuple[str, ...]] | None:
    """UNHCR reported that 3 of the camps had no clean water."""
    found = re.match(_ACTOR[language], sentence)
    if not found or not _BODY.search(found["actor"]) or len(found["rest"].split()) < 4:
        return None
    actor = re.sub(r"^(?:The|Le|La|El|L[’'])\s?", "", found["actor"]).strip()
    asked = {"en": "who {} {}?", "fr": "qui {} {} ?", "es": "¿quién {} {}?"}[language]
    if len(actor.split()) < 2 and not is_acronym(actor):
        return None  # "the Committee": which one?
    return asked.format(found["verb"], found["rest"]), (actor,)


_RULES: dict[str, Callable[[str, str], tuple[str, tuple[str, ...]] | None]] = {
    "number": _count,
    "share": _share,
    "amount": _amount,
    "date": _date,
    "actor": _actor,
}


def _clean(text: str, *, verb: bool = True) -> bool:
    """Whether a sentence was read whole: begins and ends as one, with its brackets, without stray marks."""
    if verb and not (text[0].isupper() or text[0].isdigit()):
        return False
    if verb and not text.endswith((".", "!")):
        return False
    if _STRAY.search(text):
        return False
    return all(text.count(one) == text.count(other) for one, other in ("()", "[]", "“”", "«»"))


def _well_formed(question: str, fact: tuple[str, ...], language: str) -> bool:
    """Whether a question stands alone and does not give its answer away."""
    if not 5 <= len(question.split()) <= 40 or _LEANING.search(question) or question.count('"') % 2:
        return False
    if not all(question.count(one) == question.count(other) for one, other in ("()", "[]", "“”", "«»")):
        return False
    said = question.casefold()
    if said.rstrip(" ?»”").rsplit(" ", 1)[-1] in stop_words(language):
        return False  # cut in the middle
    return not any(re.search(rf"(?<!\w){re.escape(each.casefold())}(?!\w)", said) for each in fact)
