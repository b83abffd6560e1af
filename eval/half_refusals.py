"""Half-refusals: an answer in which a sentence says that it cannot say, in the six UN languages."""

from __future__ import annotations

import re

from eval.results import Said

_SOURCE = r"(?:documents?|sources?|passages?|texts?|contexts?|excerpts?|quotes?|reports?|library|information)"
_PHRASES = (
    # English
    r"\b(?:can(?: ?not|['’]t)|could(?: not|n['’]t)|unable to|not able to|(?:not |im)possible to)\s"
    r"(?:\w+ly\s)?(?:say|tell|answer|determine|establish|confirm)\b",
    rf"\b{_SOURCE}\b[^.;:]{{0,40}}?\b(?:do|does|did|is|are|was|were)(?: not|n['’]t)\s(?:\w+ly\s)?"
    r"(?:say|mention|specify|state|indicate|provide|contain|include|give|answer|address|available|mentioned"
    r"|specified|stated|provided|sufficient|enough)",
    rf"\bnot (?:mentioned|stated|specified|found|given|provided) in the (?:\w+ )?{_SOURCE}",
    r"\b(?:no|not enough|insufficient)\s(?:\w+\s)?information(?:\s(?:on|about|in|is|was|to)\b|[.,;])",
    # French
    r"\bne (?:l[ea] |l['’])?(?:dit|disent|précisent?|mentionnent?|indiquent?|permett?(?:ent)?)"
    r" (?:pas|rien)\b",
    r"\bne (?:peux|peut|pouvons|saurais|saurait|saurions) (?:pas )?(?:l[ea] )?(?:dire|répondre|déterminer)",
    r"\bimpossible de (?:l[ea] )?(?:dire|répondre|déterminer|savoir)",
    r"\b(?:pas (?:assez|suffisamment) d['’]|aucune )information",
    r"\bn['’](?:est|sont) pas (?:mentionné|précisé|indiqué)",
    # Spanish
    r"\bno (?:l[oa] )?(?:dicen?|mencionan?|especifican?|indican?|precisan?|proporcionan?)\b",
    r"\bno (?:se )?(?:puedo|puede|podemos|es posible) (?:decir|responder|determinar|saber)",
    r"\bimposible (?:decir|responder|determinar|saber)",
    r"\bno se (?:menciona|especifica|indica|precisa)",
    r"\bno hay (?:suficiente )?información|\binformación insuficiente",
    # Russian
    r"\b(?:не могу|невозможно|нельзя) (?:точно )?(?:сказать|ответить|определить|установить)",
    r"\bне (?:указан|упомина|говорится|сказано|сообщается|содерж[аи]т)",
    r"\b(?:нет|недостаточно) (?:информации|сведений|данных)|\bв документах этого нет",
    # Arabic
    r"لا (?:أستطيع|نستطيع|يمكن|يمكنني|يمكننا) (?:القول|الإجابة|تحديد|الجزم)",
    r"لا [تي](?:ذكر|حدد|وضح|شير|تضمن|قدم)",
    r"لا (?:توجد|تتوفر|تتوافر) معلومات",
    # Chinese
    r"(?:无法|不能)(?:回答|确定|说明|得知|判断)",
    r"(?:没有|并未|未)(?:具体)?(?:说明|提及|提到|提供|指出)",
    r"没有(?:相关|足够的?)?信息|信息不足",
)
_HALF = re.compile("|".join(_PHRASES), re.IGNORECASE)


def half_refuses(sentence: Said) -> bool:
    """Whether the assistant itself says here that it cannot say.

    Words that stand so in the sentence's own quote are the document's ("The report does not provide ..."),
    and no refusal.
    """
    text = _folded(sentence.text)
    return bool(_HALF.search(text)) and not any(text in _folded(each.quote) for each in sentence.citations)


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()
