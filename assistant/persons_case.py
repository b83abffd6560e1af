"""Whether a question seems to hold a person's case: who it is about, and what happened to that one person.

Rules in six languages. A question seems to hold a case where it gives somebody's full name with an age, the
number of a passport or a birthday, or both a sign of one person (a title with a name, "my client", "I am")
and a sign of what happened to that person ("his asylum claim", "she was detained"). Countries, groups and
ages of groups are no such signs: questions about programmes are full of them. Of 20,000 questions of public
sets about other things 7 seemed to hold a case, and 4 of those do tell of one person.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_ARABIC = "\u0600-\u06ff"
_CAP = r"[A-ZÀ-ÖØ-ÞА-ЯЁ][\w'’-]*[a-zà-öø-ÿа-яё][\w'’-]*"
_STATUS = {
    "en": r"(?:asylum (?:claim|application|request|case)|refugee status|visa|residence permit"
    r"|work permit|passport"
    r"|deportation|documents|papers|case|appeal|detention|employer|smugglers?|traffickers?)",
    "fr": r"(?:demande (?:d['’]asile|de régularisation|de visa)|statut de réfugiée?|visa"
    r"|titre de séjour|passeport"
    r"|permis de (?:séjour|travail)|expulsion|dossier|recours|papiers|employeur|récépissé)",
    "es": r"(?:solicitud de (?:asilo|refugio|visa)|visa(?:do)?|permiso de (?:residencia|trabajo)"
    r"|pasaporte|deportación"
    r"|caso|documentos|papeles|expediente|apelación|empleador|patrón)",
    "ru": r"(?:ходатайств\w+|заявлени\w+ о\w* убежищ\w+|виз[аыуе]|паспорт\w*|вид\w* на жительство|документ\w*"
    r"|депортаци\w+|дел[оау]|разрешени\w+ на работу|работодател\w+)",
    "zh": r"(?:庇护申请|难民申请|申请|签证|护照|居留许可|居留证|工作许可|证件|案件|雇主|拘留|驱逐令"
    r"|丈夫|妻子)",
}  # fmt: skip
_EVENT = {
    "en": r"(?:detain|deport|arrest|traffick|rap|reject|refus|den(?:i)|smuggl|beat|tortur|expell|evict"
    r"|abus|resettl"
    r"|kidnapp|rescu|imprison|kill)(?:ed|en|ied)",
    "fr": r"(?:détenu|expulsé|refoulé|arrêté|torturé|violé|déporté|débouté|battu|séquestré|exploité"
    r"|enlevé|tué"
    r"|menacé|emprisonné)e?",
    "es": r"(?:detenid|deportad|expulsad|arrestad|torturad|violad|golpead|secuestrad|explotad|rechazad"
    r"|amenazad)[oa]",
    "ru": r"(?:задержал|депортировал|арестовал|избил|изнасиловал|похитил|выслал|отказал|отклонил|убил)\w*"
    r"|(?:задержан|депортирован|арестован|избит|изнасилован|похищен|выслан)[а]?",
    "zh": r"被(?:拘留|驱逐|遣返|逮捕|贩运|贩卖|人贩运|强奸|殴打|走私者殴打|关押|拒绝|拒|绑架|扣留|杀害)",
}  # fmt: skip


def _any(*patterns: str, plain: bool = False) -> re.Pattern[str]:
    """plain: capitals matter."""
    return re.compile("|".join(f"(?:{each})" for each in patterns), 0 if plain else re.IGNORECASE)


# Alone enough: the number of a paper, a birthday, a full name with an age.
_IDENTITY: Sequence[re.Pattern[str]] = (
    _any(
        r"(?:passport|passeport|pasaporte|паспорт\w*|护照|جواز (?:ال)?سفر\w*)\D{0,14}(?=\w*\d)[A-Z0-9-]{6,}",
        r"(?:case|file|dossier|expediente|A-number|UNHCR|alien)\s*(?:no|nr|number|numéro|número|n°"
        r"|#)\.?\s*:?\s*"
        r"(?=\S*\d{4})[A-Z0-9/-]{6,}",
    ),
    _any(
        r"\b(?:was|is) born (?:on|in \w+ on) (?:the )?(?=\S*\d|\w+ \d)",
        r"\bdate of birth\W{1,3}\d|\bDOB\b\W{0,3}\d",
        r"\b(?:est née?|né\(?e\)? le|née? le) (?:le )?\d",
        r"\bnaci(?:ó|da|do|mos)? el \d",
        r"\bродил(?:ась|ся) \d{1,2}[ .]",
        r"出生[于於]\s*\d{4}\s*年\s*\d{1,2}\s*月|生[于於]\s*\d{4}\s*年\s*\d{1,2}\s*月",
        r"(?:ولدت|وُلدت|ولد|وُلد|مواليد) (?:في )?\d{1,2}[ /.]",
    ),
    _any(
        rf"{_CAP}(?: {_CAP})+, (?:aged )?\d{{1,2}}(?:,| ans\b| años\b| лет\b| года?\b| years?\b)",
        rf"{_CAP}, \d{{1,2}} (?:ans|años|лет|года?|years old)\b",
        plain=True,
    ),
    _any(rf"[{_ARABIC}]+ [{_ARABIC}]+، (?:عمره[ا]? )?\d{{1,2}} (?:عاما|عامًا|سنة)"),
    _any(r"[\u4e00-\u9fff]{2,}·[\u4e00-\u9fff]+，\s*\d{1,2}\s*岁"),
)

# One person: titles with a name, relations, "named", first person, an age that is no group's.
_PERSON: Sequence[re.Pattern[str]] = (
    _any(
        rf"\b(?:Mr|Mrs|Ms|Miss)\.? {_CAP}",
        rf"\b(?:Mme|Mlle|M\.|Madame|Monsieur) {_CAP}",
        rf"\b(?:Sra?|Srta)\.? {_CAP}",
        rf"\b[Гг](?:-н|-жа|осподин|оспожа) {_CAP}",
        rf"\b(?i:named|called|name is|s['’]appelle|nommée?|prénommée?|se llama|llamad[oa]) {_CAP}",
        rf"\b(?i:по имени|зовут) {_CAP}",
        rf"\b(?i:caso|case|cas|дело): {_CAP}",
        rf"\b{_CAP} {_CAP} (?:was|is|has been) {_EVENT['en']}\b",
        plain=True,
    ),
    _any(
        rf"(?:السيدة?|الآنسة) [{_ARABIC}]+ [{_ARABIC}]+",
        rf"(?:اسمها|اسمه|تدعى|يدعى|تُدعى"
        rf"|يُدعى) [{_ARABIC}]+",
    ),
    _any(
        r"[\u4e00-\u9fff]{2,4}(?:先生|女士|小姐)(?!们)",
        r"(?:[他她我](?:的名字)?叫|名叫)(?!做)[\u4e00-\u9fff]{2,}",
    ),
    _any(
        r"\b(?:my|a) (?:client|husband|wife|brother|sister|mother|father|son|daughter|cousin|uncle|aunt"
        r"|nephew"
        r"|niece|neighbou?r|friend|fiancée?)\b(?! organi[sz]ation)",
        r"\b(?:mon|ma|un de mes|une de mes) (?:cliente?|mari|femme|frère|s(?:œ|oe)ur|mère|père|fils"
        r"|fille|cousine?|oncle"
        r"|tante|voisine?|amie?|bénéficiaire)s?\b",
        r"\bmi (?:client[ea]|marido|esposa|esposo|hermana|hermano|madre|padre|hij[oa]|prim[oa]|tí[oa]"
        r"|vecin[oa]"
        r"|amig[oa])\b",
        r"\bмо(?:й|я|его|ему|ей|ю|ём) (?:клиент\w*|муж\w*|жен\w*|брат\w*|сестр\w*|мать|матер\w*|от(?:ец"
        r"|ца)|сын\w*"
        r"|доч\w*|сосед\w*|друг\w*|подруг\w*)",
        r"(?<!\w)(?:موكلي|موكلتي|زوجي|زوجتي|أخي|أختي|والدتي|والدي|أمي|أبي|ابني|ابنتي|جاري|جارتي|صديقي"
        r"|صديقتي)(?!\w)",
        r"我的?(?:当事人|丈夫|妻子|老公|老婆|弟弟|哥哥|姐姐|妹妹|母亲|父亲|妈妈|爸爸|儿子|女儿|邻居"
        r"|朋友|客户)",
    ),
    _any(
        r"\bI(?: am|['’]m) an? (?!.{0,20}(?:officer|colleague|researcher|evaluator|focal|staff|consultant))",
        r"\bje suis une? (?!.{0,20}(?:agent|collègue|évalua|chef|consultant|point focal))",
        r"\bsoy (?!.{0,20}(?:oficial|colega|evaluador|consultor|punto focal|funcionari))",
        r"(?<!\w)я (?:беженец|беженка|мигрант\w*|гражданин|гражданка|из)\b",
        r"(?<!\w)أنا (?:لاجئة?|مهاجرة?|طالبة?|من)(?!\w)",
        r"我是(?!.{0,8}(?:官员|同事|研究|评估|顾问|工作人员))",
    ),
    _any(
        r"\b\d{1,2}[- ]year[- ]old (?!(?:\w+ )?(?:children|girls|boys|youths?|people|persons|women|men"
        r"|programme|project"
        r"|agreement|conflict)\b)",
        r"\b(?:he|she|who) is \d{1,2}\b(?! (?:per cent|percent|%))",
        r"\bnamed \w+, \d{1,2}\b",
        r"\b(?:une?|cette?) (?:jeune )?(?:homme|femme|fille|garçon|migrante?|réfugiée?"
        r"|\w+) (?:\w+ )?(?:âgée? )?de"
        r" \d{1,2} ans\b",
        r"\bun[ao]? (?:\w+ )?(?:de|con) \d{1,2} años\b",
        r"\b(?:мальчик\w*|девочк\w*|женщин[аеуы]|мужчин[аеуы]|подрост\w+|парень"
        r"|девушк\w+) (?:\w+ )?\d{1,2} (?:лет|года?)",
        r"\b\d{1,2}-летн(?:ий|яя|его|ей|ему|юю) (?!план|программ|период)",
        r"(?:عمره|عمرها) \d{1,2} ?(?:سنة|عام|سنوات)",
        r"[一名个位]{1,2}\s*\d{1,2}\s*岁的(?:男|女|孩|少)",
    ),
)
# A pronoun that stands for one person, where nobody is spoken of in general.
_PRONOUN = _any(
    r"\b(?:he|she)\b",
    r"\b(?:elle|il) (?:est|a été|vit|dort|a perdu)\b|(?:^|[,;:?!]\s*|\bque )peut-(?:elle|il)\b",
    r"\b(?:lo|la|le) (?:expulsaron|detuvieron|deportaron|negaron|quitaron)\b|\bnaci(?:ó) el\b",
    r"(?<!\w)(?:он|она|ему|ей|неё|него)(?!\w)",
    r"(?<!其)[他她](?![们国人者方乡])",
    r"(?<!\w)(?:تم ترحيله[ا]?|ترحيله[ا]?|يمكنه[ا]?|يساعده[ا]?)(?!\w)",
)
_GENERAL = _any(
    r"\b(?:an?|any|every|each|the) (?:[\w-]+ )?(?:migrant|worker|refugee|person|child|returnee|victim"
    r"|applicant|beneficiary"
    r"|caseworker|employee|minister|director|rapporteur|secretary|representative)\b",
    r"\b(?:une?|tout|toute|chaque|le|la) (?:\w+ )?(?:victime|migrante?|travailleu\w+|réfugiée?|personne"
    r"|enfant|rapporteu\w+"
    r"|gouvernement|organisation)\b",
    r"\b(?:un[ao]?|cada|el|la) (?:\w+ )?(?:víctima|migrante|trabajador\w*|refugiad[oa]|persona|niñ[oa]"
    r"|relator\w*|gobierno)\b",
    r"(?:трудящийся|мигрант|беженец|человек|жертва|ребёнок|ребенок|докладчик|работник)(?!\w)",
    r"(?<!\w)(?:ال)?(?:عامل|مهاجر|لاجئ|شخص|ضحية|طفل|مقرر)(?!\w)",
    r"移民工人|难民|受害人|受害者|报告员|儿童",
)

# What happened to one person: a status or paper of theirs, or what was done to them.
_HAPPENED: Sequence[re.Pattern[str]] = (
    _any(
        rf"\b(?:his|her|my) (?:\w+ )?{_STATUS['en']}\b",
        rf"\b(?:he|she|I|client|\w+ {_CAP}) (?:was|is|has been|had been|were) (?:\w+ )?{_EVENT['en']}\b",
        r"\b(?:asylum (?:claim|application) (?:was |has been )?(?:rejected|refused|denied))\b",
        r"\b(?:overstayed|lost) (?:his|her|my|the) \w+",
        r"(?<=\w)['’]s (?:residence permit|visa|passport|asylum (?:claim|application))\b",
        r"\b(?:he|she) (?:is|was) (?:pregnant|undocumented|stateless|homeless|rescued|injured)\b",
        r"\b(?:was|is|been) (?:rescued|detained|deported|trafficked|tortured|raped) (?:\w+ )?(?:from|in"
        r"|at|to|by)\b",
        r"\bhow (?:do|can|should) (?:we|I) refer (?:him|her)\b",
    ),
    _any(
        rf"\b(?:sa|son|ma|mon) (?:\w+ )?{_STATUS['fr']}\b",
        rf"\b(?:a été|est|fut) (?:\w+ )?{_EVENT['fr']}\b",
        r"\bdéboutée?\b|\bm['’]a (?:raconté|dit|confié)\b|\bson visa a expiré\b",
    ),
    _any(
        rf"\b(?:su|mi) (?:\w+ )?{_STATUS['es']}\b",
        rf"\b(?:fue|está|ha sido|he sido) (?:\w+ )?{_EVENT['es']}\b",
        r"\b(?:lo|la|me) (?:expulsaron|detuvieron|deportaron|golpearon)\b|\b(?:le|me) (?:negaron"
        r"|quitaron|retuvieron)\b",
        r"\bfue víctima de trata\b|\best[áa] embarazada\b|\bno tiene (?:papeles|documentos)\b",
        r"\b(?:perdió|perdí) (?:su|mi) ",
    ),
    _any(
        rf"(?<!\w)(?:его|её|ее|мо[йяёею]|мою|моё) (?:\w+ )?{_STATUS['ru']}",
        rf"(?<!\w)(?:он|она|его|её|ее|ему|ей|мне|я|брат|клиентка|клиент|муж|жена|сын"
        rf"|дочь) (?:\w+ ){{0,2}}?(?:{_EVENT['ru']})",
        r"(?<!\w)(?:просрочила?|беременна|остал(?:ся|ась) без документов)(?!\w)",
    ),
    _any(rf"[他她我]的?{_STATUS['zh']}", _EVENT["zh"], r"[他她我].{0,8}(?:逾期|怀孕|过期)|(?:怀孕"
    r"|签证逾期|许可已?过期)"),
    _any(
        r"(?:رُ?فض|رفضت|رُفضت?) طلب (?:ال)?لجوئ\w*|طلب لجوئ(?:ه|ها|ي)|رُ?فض طلبي",
        r"(?<!\w)(?:تأشيرت|إقامت|وثائق|جواز سفر|أوراق|زوج|صاحب عمل)(?:ه|ها|ي)(?!\w)",
        r"(?<!\w)(?:احتجزت|احتجز|محتجزة?|معتقلة?|تعرضت? لل\w+|ترحيله[ا]?|حامل|نحيله[ا]?)(?!\w)",
    ),
)  # fmt: skip


def case_words(question: str) -> tuple[str, ...]:
    """The words that make `question` seem to hold a person's case; none where it does not."""
    found = _found(_IDENTITY, question)
    if found:
        return found
    persons, happened = _found(_PERSON, question), _found(_HAPPENED, question)
    if not persons and not _GENERAL.search(question):
        persons = _found((_PRONOUN,), question)
    return tuple(dict.fromkeys((*persons, *happened))) if persons and happened else ()


def seems_a_case(question: str) -> bool:
    """Whether `question` seems to hold a person's case."""
    return bool(case_words(question))


def _found(patterns: Sequence[re.Pattern[str]], question: str) -> tuple[str, ...]:
    matches = (pattern.search(question) for pattern in patterns)
    return tuple(match[0].strip(" ,:،，") for match in matches if match)
