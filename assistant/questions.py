"""What a question asks for (a number, a date, names, a reason, a list) and whether a sentence holds it.

Patterns for six languages over folded text: without accents, in lower case (`ingest.phrases.fold`).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from assistant.words import NUMBER_WORDS, stop_words
from ingest.phrases import fold, words

Asked = Literal["number", "money", "percent", "date", "name", "reason", "list"]

# A pattern a line: English, French, Spanish, Russian, Arabic, Chinese.
_ASKS: dict[Asked, str] = {
    "money": r"""
        budget|costs?\b|fund(?:s|ing)?\b|financing needed|spen[dt]\b|price|usd|euros?\b|dollars?
        amount|how much money
        montant|cout
        presupuesto|cuanto cuesta|monto|costo
        стоимост|сколько стоит|бюджет|сумм[аыу]|долл|финансирован
        تكلف|ميزاني|مبلغ|دولار
        多少钱|费用|预算|资金|金额|美元""",
    "percent": r"""
        per ?cent|\bshare\b|proportion|what part|what slice|%|\brate\b
        pourcentage|quelle part|\btaux\b
        porcentaje|proporcion|\btasa\b
        \bдол[яи]\b|процент
        نسبه|حصه
        比例|百分|占""",
    "number": r"""
        how (?:many|much|long|often|far|old|large|big)|numbers? of|\btarget\b
        \bcombien|nombre d|niveau de
        \bcuant[oa]s?\b|numero de
        сколько|\bчисло\b|количеств
        \bكم\b|\bعدد\b
        多少|几[个名项种家次年月国]|数量""",
    "date": r"""
        ^\W*when\b|\b(?:and|since|until|by) when\b|when (?:did|was|were|is|do|does|will|has|should)\b
        \bdates?\b|(?:what|which) (?:year|month|day)
        \bquand\b|quelles? annees?
        \bcuando\b|\bfecha|(?:que|cual) ano
        \bкогда\b|\bдат[аыуе]\b|каком году
        \bمتي\b|تاريخ
        何时|什么时候|哪一?年|日期|时间""",
    "name": r"""
        \bwho\b|\bwhom\b|\bwhose\b|\bwhere\b
        (?:which|what) (?:\w+ ){0,2}?(?:agenc|organi[sz]ation|partner|donor|firm|compan|ngo)
        (?:which|what) (?:\w+ ){0,2}?(?:countr|cit(?:y|ies)\b|town|state|institut|ministr)
        (?:which|what) (?:\w+ ){0,2}?(?:database|mission|group|author)
        ^\W*qui\b|\bqui (?:a|ont|est|sont)\b|\bou\b (?:a|est|se|sont)|dans quel
        quel(?:le)?s? (?:\w+ )?(?:bailleur|ville|pays|etats?|organi|partenaire|donateur|institution)
        \bquien(?:es)?\b|\bdonde\b|que (?:pais|donantes|organi|ciudad)
        \bкто\b|\bкем\b|\bкого\b|\bгде\b|как(?:ой|ая|ие|им) (?:орган|стран|город)
        ^\W*من\b|\bاين\b|\bاي (?:بلد|دوله|منظمه|مدينه)
        谁|哪里|在哪|哪个(?:国家|组织|机构)""",
    "reason": r"""
        \bwhy\b|how come|what explains|reasons?\b|what caused
        \bpourquoi|\bcauses?\b
        \bexplique|por que\b|como explica|razon
        почему|причин|отчего
        لماذا|سبب
        为什么|为何|原因""",
    "list": r"""
        \blist\b|\bname the\b|what are|which (?:two|three|four|\w+s)\b|recommend|lessons?
        what (?:\w+ )?\w+s (?:did|do|does|are|were|should)
        \bquels\b|\bquelles\b|\benumer
        \bcuales\b|\bque \w+(?:os|as|es)\b
        \bкакие\b|каких\b|перечисл
        ما هي|اذكر
        哪些|列出""",
}

_MONTHS = """
    january february march april june july august september october november december
    janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre
    enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
    января февраля марта апреля июня июля августа сентября октября ноября декабря
    يناير فبراير مارس ابريل مايو يونيو يوليو اغسطس سبتمبر اكتوبر نوفمبر ديسمبر"""
_DIGIT = r"(?<![\w.])[\d\u0660-\u0669][\d\u0660-\u0669.,٫٬]*"
_MONEY = (
    r"[$€£¥]|\b(?:usd|eur|euros?|dollars?|dolares|f?cfa|cad|gbp|francs?)\b"
    r"|\b(?:millions?|millones|billions?|milliards?)\b"
    r"|долл|евро|млн|млрд|руб|دولار|مليون|مليار|美元|欧元|亿|万元"
)
_HOLDS: dict[Asked, str] = {
    "number": _DIGIT,
    "money": rf"(?:{_MONEY}).*{_DIGIT}|{_DIGIT}.*(?:{_MONEY})",
    "percent": r"\d ?[%٪]|per ?cent|pour ?cent|por ciento|процент|في المائه|بالمائه|百分之",
    "date": rf"(?<!\d)(?:1[89]|20)\d\d(?!\d)|\b(?:{'|'.join(_MONTHS.split())})\b|年",
    "reason": r"""
        because|due to|owing to|as a result|therefore|\bsince\b|thus\b|caused|reason|explain|lack of
        in order to
        parce qu|\bcar\b|en raison|faute d|a cause|puisque|afin d|\bdonc\b|manque d
        porque|debido|ya que|por lo que|a causa|falta de
        поскольку|потому|из-за|так как|в связи|вследствие|причин
        لان|بسبب|نظرا|حيث ان|نتيجه
        因为|由于|因此|所以|原因""",
    "list": r"(?:[,;،؛、；].*){2}|\n.*\n|\(b\)|\bи\b.*,|[,;].*\b(?:and|et|y)\b",
}
# A sentence that leans on the one before it.
_LEANS = r"""
    (?:this|these|those|that|it|they|he|she|such|here)\b
    (?:however|therefore|thus|moreover|in addition|as a result|also)\b
    (?:cela|ceci|ces|cette|ce|celui|celle|ils?|elles?|toutefois|cependant|ainsi|en outre)\b
    (?:esto|estos|estas|esta|este|eso|ellos|ellas|sin embargo|ademas|asi)\b
    (?:это|эти|этот|эта|он|она|они|такие|при этом|кроме того|однако)\b
    (?:هذا|هذه|ذلك|تلك|وهذا|وهذه|هؤلاء)\b
    这|这些|该|它|它们|此外"""
_SIDES = re.compile(
    r"\b(?:vs?|versus|compar\w+|differ\w*|(?:which|who) \w+ (?:more|less|most)|contre|par rapport)\b"
    r"|\b(?:frente|сравн\w+|между)\b"
    r"|مقارن|比较|相比|还是"
)


# Where a question of several parts is cut: "who ran it, and when did it end?", "funding? and staff?"
_ASKING = (
    "what|who|how|when|which|where|why|qui|quell?e?s?|combien|pourquoi|comment|quand|qu[eé]|qui[eé]n(?:es)?"
    "|cu[aá]l(?:es)?|cu[aá]nt[oa]s?|cu[aá]ndo|d[oó]nde|сколько|кто|когда|где|как\\w*|متى|كم|ما|من|أين"
)
_PARTS = re.compile(
    rf"[?？؟;；]\s*|\s[-–—]\s|,?\s+(?:and|et|y|и|و)\s*(?=(?:(?:in|for|on|by|à|en|de|pour|a)\s+)?(?:{_ASKING})\b)"
    rf"|[,،]\s+(?=(?:{_ASKING})\b)",
    re.IGNORECASE,
)


def parts(question: str) -> list[str]:
    """The first two questions of those that `question` joins; [] where it is one."""
    found = [part.strip() for part in _PARTS.split(question) if len(words(part)) > 2]
    return found[:2] if len(found) > 1 else []


@lru_cache(maxsize=1)
def _patterns() -> tuple[dict[Asked, re.Pattern[str]], dict[Asked, re.Pattern[str]]]:
    def compiled(table: dict[Asked, str]) -> dict[Asked, re.Pattern[str]]:
        return {kind: _any_line(pattern) for kind, pattern in table.items()}

    return compiled(_ASKS), compiled(_HOLDS)


def _any_line(pattern: str) -> re.Pattern[str]:
    return re.compile("|".join(line.strip() for line in pattern.strip().splitlines()))


def asked(question: str) -> frozenset[Asked]:
    """The kinds of answer that `question` expects; empty where its words tell nothing."""
    folded = fold(question).casefold()
    return frozenset(kind for kind, pattern in _patterns()[0].items() if pattern.search(folded))


def holds(kind: Asked, text: str, language: str, besides: frozenset[str] = frozenset()) -> bool:
    """Whether `text` holds something of that kind; `besides` (the question's words) is no news."""
    if kind == "name":
        return bool(names(text, language) - besides)
    folded = fold(text).casefold()
    if kind in ("number", "date"):
        digits = {found[0].rstrip(".,") for found in _patterns()[1][kind].finditer(folded)}
        if digits - besides:
            return True
        return kind == "number" and any(
            word in NUMBER_WORDS.get(language, {}) and word not in besides for word in words(text)
        )
    return _patterns()[1][kind].search(folded) is not None


def names(text: str, language: str) -> frozenset[str]:
    """Words written like names (capitals inside a sentence, abbreviations), folded, lower case."""
    tokens = re.findall(r"[^\W_]+", fold(text))
    stops = stop_words(language)
    found = set()
    for place, token in enumerate(tokens):
        capitals = sum(map(str.isupper, token))
        if len(token) > 1 and (capitals > 1 or (capitals and place)) and token.casefold() not in stops:
            found.add(token.casefold())
    return frozenset(found)


@lru_cache(maxsize=1)
def _leaning() -> re.Pattern[str]:
    return _any_line(_LEANS)


def leans(text: str) -> bool:
    """Whether a sentence begins with a word that points back ("These ...", "However, ...")."""
    return _leaning().match(fold(text).casefold().lstrip("\"'“«( ")) is not None


def compares(question: str) -> bool:
    """Whether the question sets things side by side ("X vs Y", "which costs more, X or Y")."""
    return _SIDES.search(fold(question).casefold()) is not None
