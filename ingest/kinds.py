"""What sort of document it is: rules over title, labels, name and first pages, in six languages."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.documents import Block, Kind


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


# These two say it on their cover, while their title names the evaluation they belong to: looked for first.
_BY_LABEL: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    (
        Kind.MANAGEMENT_RESPONSE,
        _any(
            r"management (?:follow-?up )?response", r"management follow-?up",
            r"réponse de (?:la direction|l.administration)",
            r"respuesta de (?:la )?(?:administración|dirección|gerencia)",
            r"ответ (?:руководства|администрации)",
            r"رد الإدارة", r"استجابة الإدارة", r"管理(?:层|当局|部门)?(?:的)?(?:回应|答复|对策)",
            r"resposta da (?:gestão|administração)",
        ),
    ),
    (
        Kind.BRIEF,
        _any(
            r"\b(?:evaluation|learning|policy|issue|research|thematic|technical"
            r"|policy and learning) briefs?\b",
            r"\bbrief$", r"sommaire (?:de l.)?[ée]valuation", r"note de synth[èe]se",
            r"résumé de l.évaluation",
            r"resumen de (?:la )?evaluación", r"nota de políticas", r"краткий обзор",
            r"аналитическая записка",
            r"موجز (?:التقييم|السياسات)", r"(?:评价|评估|政策)简报",
        ),
    ),
)  # fmt: skip

# The two sorts of document that each country has its own of.
_NDC = (
    r"nationally determined", r"\bI?NDCs?\d?\b", r"\bCPDN\b", r"\bCDN\b",
    r"déterminée? au niveau nationale?",
    r"contributions? (?:nationale )?pr[ée]vues?",
    r"contribución (?:prevista|nacional|determinada|tentativa)",
    r"contribucion (?:prevista|nacional|determinada)", r"determinad[ao] a nivel nacional",
    r"национально[- ]определяем", r"определяем\w+ на национальном",
    r"المساهم\w* (?:المحددة|الوطني)", r"\bمساهم\w* (?:محددة|وطني)", r"المساهمات?.{0,40}الوطن",
    r"国家自主贡献",
)  # fmt: skip
_COUNTRY_FRAMEWORK = (
    r"\bUN(?:S?D[AC]F)\b", r"\bPNUAD\b", r"\bMANUD\b", r"\bMCNUDS\b", r"cooperation framework",
    r"development assistance framework",
    r"country program(?:me)? (?:document|action plan)", r"common country",
    r"cadre (?:de coopération|de partenariat|stratégique)",
    r"plan[- ]cadre", r"marco de (?:cooperación|asistencia)",
    r"documento (?:del? )?(?:programa|del programa)",
    r"programa (?:de )?pa[íi]s", r"descriptif de programme de pays", r"programme de pays",
    r"рамочн\w+ программ",
    r"страновой программ", r"إطار (?:الأمم المتحدة|عمل الأمم|التعاون)", r"وثيقة البرنامج القطري",
    r"合作框架", r"国别方案", r"发展援助框架",
)  # fmt: skip
_OF_A_COUNTRY = ((Kind.NATIONAL_PLAN, _any(*_NDC)), (Kind.FRAMEWORK, _any(*_COUNTRY_FRAMEWORK)))

_BY_TITLE: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    (
        Kind.REPORT,
        _any(r"annual report", r"rapport annuel", r"informe anual", r"годовой",
            r"التقرير السنوي", "年度报告"),
    ),
    (
        Kind.EVALUATION,
        _any(
            r"\bevaluation (?:of|report|for)\b", r"\bmid-?term review\b",
            r"\b(?:final|mid-?term|ex-?post|internal|external|terminal|impact|meta-?"
            r"|joint|independent|formative|summative|thematic|project|programme) ?evaluation\b",
            r"évaluation (?:finale|à mi-parcours|ex-?post|externe|interne|indépendante|du (?:projet"
            r"|programme)|de la mise)",
            r"\bevaluation finale\b",
            r"evaluación (?:final|intermedia|externa|interna|de medio|del (?:proyecto|programa))",
            r"оценк[аи] (?:проекта|программы|эффективности)", r"تقييم (?:المشروع|البرنامج|نهائي)",
            r"التقييم النهائي",
            r"(?:最终|中期|项目|方案)(?:评价|评估)",
            r"avaliação (?:final|do projecto|do projeto)", r"^evaluation\b",
        ),
    ),
    # What reports on a plan or a framework is none: "Implementation of the ... Framework".
    (
        Kind.REPORT,
        _any(
            r"^(?:progress )?reports? (?:of|on)\b", r"^implementation of",
            r"^review (?:of|and)", r"^progress (?:on|towards)",
        ),
    ),
    # Guidance on frameworks and lessons of a plan say so themselves.
    (
        Kind.GUIDANCE,
        _any(
            r"\bguidance\b", r"\bguidelines?\b", r"\bhandbook\b", r"\bmanual\b", r"\btool ?kit\b",
            r"\bplaybook\b",
            r"\bguide\b", r"lignes directrices", r"note d.orientation", r"\bmanuel\b", r"directrices",
            r"\bguía\b",
            r"nota orientativa", r"руководств", r"руководящ\w+ (?:указания|принцип|записк)",
            r"методическ\w+ (?:указани|рекомендаци)",
            r"دليل", r"مذكرة توجيهية", r"إرشادات", r"مبادئ توجيهية",
            r"指南", r"指导(?:说明|意见|原则)", r"准则", r"手册",
        ),
    ),
    (
        Kind.NATIONAL_PLAN,
        _any(
            *_NDC,
            r"\bnational\b.{0,40}\b(?:plan|strategy|policy|roadmap|programme of action)\b",
            r"\b(?:plan|stratégie|politique|feuille de route)\b.{0,40}\bnationale?\b",
            r"\b(?:plan|estrategia|política)\b.{0,30}\bnacional\b",
            r"национальн\w+ (?:план|стратеги|программ)",
            r"(?:الخطة|الاستراتيجية|السياسة) الوطنية", r"国家(?:计划|战略|行动计划|方案)",
            r"sharm el-sheikh adaptation",
        ),
    ),
    (
        Kind.FRAMEWORK,
        _any(
            *_COUNTRY_FRAMEWORK,
            r"partnership framework", r"strategic framework",
            r"global compact",
        ),
    ),
    (
        Kind.LESSONS,
        _any(
            r"lessons?[- ]learn(?:ed|t)", r"\blessons (?:from|for)\b", r"leçons (?:apprises|tirées)",
            r"enseignements tirés",
            r"lecciones aprendidas", r"извлеченн\w+ урок", r"الدروس المستفادة", r"经验教训",
            r"lições aprendidas",
            r"(?:good|best) practices", r"bonnes pratiques", r"buenas prácticas",
        ),
    ),
    (
        Kind.LEGAL,
        _any(
            r"^(?:the |a )?(?:[\w-]+ ){0,6}?(?:convention|charter|protocol|treaty|constitution"
            r"|covenant)\b(?! to support)(?!.*\breport\b)",
            r"^(?:commission |council |delegated |implementing )*(?:regulation|directive"
            r"|decision) \((?:eu|ec|eec)\)",
            r"\bregulations,? (?:of )?(?:19|20)\d\d", r"\bact,? (?:no\.? ?\d+ of )?(?:19|20)\d\d",
            r"^(?:loi|décret|arrêté|ley|decreto|lei) n",
            r"^(?:convention|charte|traité|convención|carta de|tratado|constitución)\b",
            r"^(?:конвенция|закон|хартия|федеральный закон)",
            r"^(?:اتفاقية|قانون|ميثاق)", r"(?:公约|条例|宪章)$",
        ),
    ),
    (
        Kind.REPORT,
        _any(
            r"\breports?\b", r"\brapports?\b", r"\binformes?\b", r"relat[óo]rio", r"доклад", r"отч[её]т",
            r"تقرير", r"报告",
            r"\bstudy\b", r"\bassessment\b", r"\bsurvey\b", r"\breview\b", r"\bcompendium\b",
            r"\banalysis\b", r"étude", r"\bestudio\b",
            r"\bdiagn[óo]stico\b", r"исследовани", r"دراسة", r"研究",
        ),
    ),
)  # fmt: skip

_ARTICLE = re.compile(r"^(?:article|artículo|artigo|art\.|статья|المادة)\s+\d+|^第.{1,4}条", re.IGNORECASE)
_ENACTED = _any(
    r"^legal notice no",
    r"^the european parliament and the council",
    r"official journal of the european",
    r"gazette supplement",
)
_FEWEST_NAMINGS = 2  # of the sort of document, on the first pages
_FEWEST_ARTICLES = 8  # of a legal text; other documents quote two or three


def country_document(text: str) -> Kind | None:
    """The sort of document, of those that each country has its own of, that `text` names."""
    return next((kind for kind, pattern in _OF_A_COUNTRY if pattern.search(text)), None)


def often_named(front: Sequence[Block]) -> Kind | None:
    """As `country_document`, of first pages whose cover shows a country's name alone."""
    named = [kind for block in front if (kind := country_document(block.text))]
    return named[0] if len(named) >= _FEWEST_NAMINGS and len(set(named)) == 1 else None


def find_kind(
    title: str, labels: Sequence[str], name: str, front: Sequence[Block], blocks: Sequence[Block], symbol: str
) -> tuple[Kind, str]:
    """(kind, where it shows). `labels`: the first page's headings; `front`: the first pages' blocks."""
    plain_name = re.sub(r"[_\W]+", " ", name.rsplit(".", 1)[0])
    for kind, pattern in _BY_LABEL:
        if any(pattern.search(label) for label in labels):
            return kind, "first page"
        if pattern.search(title):
            return kind, "title"
        if pattern.search(plain_name):
            return kind, "file name"
    if sum(_ARTICLE.match(block.text) is not None for block in blocks) >= _FEWEST_ARTICLES or any(
        _ENACTED.search(block.text) for block in front[:8]
    ):
        guidance = next((pattern for kind, pattern in _BY_TITLE if kind is Kind.GUIDANCE), None)
        if not symbol and not (guidance and guidance.search(title)):
            return Kind.LEGAL, "text"
    for texts, where in (([title], "title"), (labels, "first page"), ([plain_name], "file name")):
        for kind, pattern in _BY_TITLE:
            if any(pattern.search(text) for text in texts):
                return kind, where
    if symbol and "/" in symbol:
        return Kind.REPORT, "symbol"
    return Kind.OTHER, ""
