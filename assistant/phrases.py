"""What the assistant itself says in an answer, in the six languages: reasons for a refusal and notes."""

from __future__ import annotations

_PHRASES: dict[str, dict[str, str]] = {
    "no evidence": {
        "en": "The documents do not say: {searched}, and none of their passages answers this question.",
        "fr": "Les documents ne le disent pas : {searched}, et aucun passage ne répond à cette question.",
        "es": "Los documentos no lo dicen: {searched}, y ningún pasaje responde a esta pregunta.",
        "ru": "В документах этого нет: {searched}, и ни один отрывок не отвечает на этот вопрос.",
        "ar": "لا تذكر الوثائق ذلك: {searched}، ولا يجيب أي مقطع عن هذا السؤال.",
        "zh": "文件中没有说明：{searched}，没有段落回答这个问题。",
    },
    "missing": {
        "en": "The documents do not say: {searched}, and none concerns {names}.",
        "fr": "Les documents ne le disent pas : {searched}, et aucun ne concerne {names}.",
        "es": "Los documentos no lo dicen: {searched}, y ninguno trata de {names}.",
        "ru": "В документах этого нет: {searched}, и ни один не касается: {names}.",
        "ar": "لا تذكر الوثائق ذلك: {searched}، ولا تتناول أي منها {names}.",
        "zh": "文件中没有说明：{searched}，没有文件涉及{names}。",
    },
    "no such document": {
        "en": "The library has no {kind} of this country: {country}. {searched}.",
        "fr": "La bibliothèque n’a pas de {kind} de ce pays : {country}. {searched}.",
        "es": "La biblioteca no tiene {kind} de este país: {country}. {searched}.",
        "ru": "В библиотеке нет документа «{kind}» этой страны: {country}. {searched}.",
        "ar": "لا توجد في المكتبة {kind} لهذا البلد: {country}. {searched}.",
        "zh": "资料库中没有{country}的{kind}。{searched}。",
    },
    "ask of all": {
        "en": "This asks about every document, and a few passages cannot answer it. The Grid puts it to each"
        " of the {count} documents, in about {seconds} s.",
        "fr": "Cette question porte sur tous les documents ; quelques passages ne peuvent y répondre. La"
        " Grille la pose à chacun des {count} documents, en {seconds} s environ.",
        "es": "Esta pregunta trata de todos los documentos; unos pocos pasajes no pueden responderla. La"
        " Cuadrícula la plantea a cada uno de los {count} documentos, en unos {seconds} s.",
        "ru": "Этот вопрос — обо всех документах, несколько отрывков на него не ответят. Таблица задаст его"
        " каждому документу ({count}) примерно за {seconds} с.",
        "ar": "هذا السؤال يخص كل الوثائق ولا تكفي بضعة مقاطع للإجابة عنه. تطرحه الشبكة على كل وثيقة من"
        " الوثائق وعددها {count} في نحو {seconds} ثانية.",
        "zh": "这个问题涉及所有文件，少数段落无法回答。网格会逐一查问全部{count}份文件，约需{seconds}秒。",
    },
    "nothing left": {
        "en": "No document of the library passes the filters; widen them and ask again.",
        "fr": "Aucun document ne passe les filtres ; élargissez-les et reposez la question.",
        "es": "Ningún documento de la biblioteca cumple los filtros; amplíelos y pregunte de nuevo.",
        "ru": "Ни один документ библиотеки не проходит фильтры; расширьте их и спросите снова.",
        "ar": "لا توجد وثيقة في المكتبة تطابق عوامل التصفية؛ وسّعها واسأل من جديد.",
        "zh": "资料库中没有符合筛选条件的文件；请放宽条件后再问。",
    },
    "searched": {
        "en": "{count} documents were searched",
        "fr": "{count} documents ont été consultés",
        "es": "se consultaron {count} documentos",
        "ru": "просмотрено документов: {count}",
        "ar": "جرى البحث في {count} من الوثائق",
        "zh": "已检索{count}份文件",
    },
    "searched one": {
        "en": "1 document was searched",
        "fr": "1 document a été consulté",
        "es": "se consultó 1 documento",
        "ru": "просмотрено документов: 1",
        "ar": "جرى البحث في وثيقة واحدة",
        "zh": "已检索1份文件",
    },
    "filtered": {
        "en": " (filters: {filters})",
        "fr": " (filtres : {filters})",
        "es": " (filtros: {filters})",
        "ru": " (фильтры: {filters})",
        "ar": " (عوامل التصفية: {filters})",
        "zh": "（筛选：{filters}）",
    },
    "nothing written": {
        "en": "The model wrote nothing that the documents bear, so the quotes stand alone.",
        "fr": "Le modèle n’a rien écrit que les documents confirment ; les citations restent seules.",
        "es": "El modelo no escribió nada que los documentos confirmen; quedan solo las citas.",
        "ru": "Модель не написала ничего, что подтверждают документы; остаются цитаты.",
        "ar": "لم يكتب النموذج شيئا تؤيده الوثائق، فتبقى الاقتباسات وحدها.",
        "zh": "模型没有写出文件所支持的内容，因此只保留引文。",
    },
}

# Documents that each country has its own of, as a refusal names them.
KINDS: dict[str, dict[str, str]] = {
    "national plan": {
        "en": "national plan or contribution",
        "fr": "plan national ni de contribution nationale",
        "es": "plan nacional ni contribución nacional",
        "ru": "национальный план или вклад",
        "ar": "خطة أو مساهمة وطنية",
        "zh": "国家计划或国家自主贡献",
    },
    "framework": {
        "en": "framework or country programme",
        "fr": "cadre de coopération ni de programme de pays",
        "es": "marco de cooperación ni programa de país",
        "ru": "рамочная программа или страновая программа",
        "ar": "إطار تعاون أو برنامج قطري",
        "zh": "合作框架或国别方案",
    },
}


def say(phrase: str, language: str, **values: object) -> str:
    """The phrase in `language`, in English where it has no translation."""
    forms = _PHRASES[phrase]
    return forms.get(language, forms["en"]).format(**values)


def no_such_document(language: str, kind: str, country: str, searched: str) -> str:
    """The refusal where a country's document of this kind is not in the library; `country` as it is shown."""
    named = KINDS[kind].get(language, KINDS[kind]["en"])
    text = say("no such document", language, kind=named, country=country, searched=searched)
    return text.replace(searched, searched[:1].upper() + searched[1:])


def searched(language: str, documents: int, filters: str) -> str:
    """ "270 documents were searched (filters: Senegal)"."""
    text = say("searched one" if documents == 1 else "searched", language, count=documents)
    return text + (say("filtered", language, filters=filters) if filters else "")
