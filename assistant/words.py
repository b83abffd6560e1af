"""Words of six languages: stems, stop words, number words, negators, opposites, and where sentences end."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

from ingest.phrases import fold, words

_SNOWBALL = {
    "en": "english", "fr": "french", "es": "spanish", "pt": "portuguese", "ru": "russian", "ar": "arabic",
}  # fmt: skip

# Words that carry no content of their own, and those that only join sentences ("however").
_STOP_WORDS = {
    "en": """a about above according across additionally after all also although among an and any are
as at be because been before being below between both but by can could did do does doing due during each
even finally first for from further had has have having he hence her here his how however i if in into
is it its itself just may might more moreover most much must my nor of off on once only or other our out
over overall own per same she should since so some specifically such than that the their them then there
therefore these they this those through thus to too under until up upon us very via was we were what
when where whereas which while who whom whose why will with within would you your s t d ll re ve
furthermore meanwhile instead well including respectively another""",
    "fr": """a afin ai ainsi alors apres au aucun aussi autre autres aux avait avant avec avoir c ce
ceci cela celle celles celui cependant ces cet cette ceux chaque ci comme comment d dans de depuis des
dont du durant elle elles en enfin entre est et etaient etait etant ete etre eu eux furent fut il ils j
je l la laquelle le lequel les lesquels leur leurs lors lui m ma mais meme memes mes moins mon n ne ni
nos notamment notre nous on ont or ou outre par parce pas pendant peut plus pour pourquoi puis qu quand
que quel quelle quelles quels quelque qui quoi s sa sans se selon sera ses si soit son sont sous sur t
ta tandis tant te tes toi ton tous tout toute toutes tres tu un une vers via vos votre vous y egalement""",
    "es": """a ademas ahora al algun alguna algunos ante antes asi aun aunque bajo cada como con
contra cual cuales cuando cuanto cuyo cuya de debe debido del desde donde durante e el ella ellas ellos
en entre era eran es esa esas ese eso esos esta estaba estaban estan estas este esto estos fue fueron ha
haber habia habian han hasta hay igualmente la las le les lo los mas me mediante mi mientras muy ni no
nos o otra otras otro otros para pero por porque pues que quien quienes se sea segun ser si sido sin
sobre son su sus tal tambien tan tanto te tiene tienen todo todos toda todas tras u un una unas uno unos
y ya""",
    "pt": """a ao aos as com como da das de do dos e em entre essa esse esta este foi foram ha isso
isto mais mas na nao nas no nos o os ou para pela pelas pelo pelos por que se sem ser seu seus sua suas
sao tambem um uma""",
    "ru": """а без более бы был была были было быть в вам вас во вот все всего всех вы где да для до
его ее если есть еще же за здесь и из или им их к как какая какие каким какой каков ко когда которая
которого которое которой которые которых который кто ли между меня мне может можно мои мы на над нам нас
него нее неи ним них но о об однако он она они оно от по под после при про с со своеи своего своих свои
себя так также такие такои там те тем то того тои только том тот у уже чем через что чтобы эта эти этих
это этого этои этом этот эту я согласно кроме""",
    "ar": """في من الى علي عن مع هذا هذه ذلك تلك التي الذي الذين ان كان كانت يكون تكون قد لقد ثم او
ام بل كما كل بعض بين بعد قبل عند حتي منذ خلال هو هي هم هما نحن انا انت ما ماذا هل كيف اين متي لماذا كم
اي ايضا وقد و ف به بها له لها فيه فيها منه منها عليه عليها اليه اليها عنه عنها الا اذا لكن ولكن حيث وفقا
بشكل تم وتم يتم وفي ومن وعلي والتي""",
    "zh": """的 了 在 是 和 与 及 为 对 于 将 由 并 等 从 以 其 这 那 该 也
都 就 而 或 中 上 下 有 个 我 你 他 她 它 们 吗 呢 什 么 哪""",
}

_NEGATORS = {
    "en": """not no never without neither nor none nothing cannot nobody barely hardly fails failed
lack lacks lacked""",
    "fr": "ne n pas aucun aucune jamais sans ni non nul nulle rien personne",
    "es": "no nunca sin ningun ninguna ninguno ni tampoco jamas nada",
    "pt": "nao nunca sem nenhum nenhuma nem jamais nada",
    "ru": "не нет ни без никогда никакие никаких никто ничего нельзя отсутствует",
    "ar": "لا لم لن ليس ليست غير دون بدون عدم ولم ولا ولن وليس",
}
NEGATORS = {language: frozenset(text.split()) for language, text in _NEGATORS.items()}

# Words that widen or narrow what a sentence claims; those of one group stand for each other, and for those of
# the same group in other languages: only; most; half; all; first; always; both.
_QUALIFIERS = {
    "en": """only solely exclusively just;most majority mostly;half 50;all every each 100;first;
always;both 2""",
    "fr": """seulement uniquement exclusivement seul seule seuls seules que;plupart majorite;
moitie 50;tous toutes tout chaque ensemble 100;premier premiere;toujours;deux 2""",
    "es": """solo solamente unicamente exclusivamente unico unica;mayoria mayor;mitad 50;
todos todas todo toda cada 100;primer primero primera;siempre;ambos ambas dos 2""",
    "ru": """только лишь исключительно;большинство большинства большая;половина половины 50;
все всех всем каждыи 100;первыи первая;всегда;оба обе обоих обеих 2""",
    "ar": "فقط حصرا;معظم غالبيه اغلبيه;نصف 50;جميع كل كافه 100;اول اولي;دائما;كلا كلتا كلاهما 2",
}
QUALIFIERS = {
    language: [frozenset(group.split()) for group in text.replace("\n", "").split(";")]
    for language, text in _QUALIFIERS.items()
}

# Words that make of a fact a plan, a piece of advice, a condition or a question.
_HEDGES = {
    "en": """if whether might could should would plan plans planned aim aims aimed intend intends intended
expect expects expected propose proposes proposed recommend recommends recommended recommendation
recommendations""",
    "fr": """si pourrait pourraient devrait devraient serait seraient vise visent visait prevoit prevoient
prevu prevue prevus propose proposent recommande recommandent recommandation recommandations""",
    "es": """si podria podrian deberia deberian seria serian pretende pretenden preve preven previsto
prevista propone proponen recomienda recomiendan recomendacion recomendaciones""",
    "ru": """если ли бы должен должна должны следует планирует планируется предлагается рекомендуется
рекомендует""",
    "ar": "اذا لو ينبغي يجب سوف يقترح توصي",
}
HEDGES = {language: frozenset(text.split()) for language, text in _HEDGES.items()}
_ADVICE = {
    "en": """recommend recommends recommended recommending recommendation recommendations should must needs
advise advises advised suggest suggests suggested""",
    "fr": """recommande recommandent recommander recommandation recommandations devrait devraient doit
doivent suggere suggerent conseille convient faut""",
    "es": """recomienda recomiendan recomendar recomendacion recomendaciones deberia deberian debe deben
sugiere sugieren conviene""",
    "ru": "рекомендует рекомендуется рекомендуют рекомендация рекомендации следует должен должна должны",
    "ar": "يوصي توصي توصيات توصيه ينبغي يجب",
}
ADVICE = {language: frozenset(text.split()) for language, text in _ADVICE.items()}

# "Less than planned" is no plan.
NOT_A_HEDGE = re.compile(
    r"\b(?:than (?:was |were )?(?:planned|expected|intended)|que pr[ée]vu|(?:de|que) lo previsto)\b",
    re.IGNORECASE,
)
# A "not" that denies nothing.
NOT_A_NEGATION = re.compile(
    r"\b(?:not (?:only|just|merely|least)|no later than|no less than|"
    r"non seulement|pas seulement|no s[oó]lo|no solamente"
    r"|не только|ليس فقط|لا سيما)\b|不仅|不只|不但|未来|无论",
    re.IGNORECASE,
)

_OPPOSITES = {
    "en": """increase decrease;increased decreased;rise fall;rose fell;higher lower;more fewer;
more less;above below;most least;improved worsened;success failure;successful unsuccessful;
effective ineffective;sufficient insufficient;met unmet;conditional unconditional;possible impossible;
adequate inadequate;majority minority;strong weak;accepted rejected;regular irregular;internal external;
male female;men women;urban rural;voluntary forced;before after;maximum minimum""",
    "fr": """augmenter diminuer;augmenté diminué;hausse baisse;supérieur inférieur;plus moins;
amélioré détérioré;succès échec;efficace inefficace;suffisant insuffisant;conditionnel inconditionnel;
possible impossible;interne externe;accepté rejeté;hommes femmes;urbain rural;volontaire forcé;
avant après;fort faible;régulier irrégulier""",
    "es": """aumentar disminuir;aumentó disminuyó;aumento disminución;superior inferior;más menos;
mejoró empeoró;éxito fracaso;eficaz ineficaz;suficiente insuficiente;condicional incondicional;
posible imposible;interno externo;aceptada rechazada;hombres mujeres;urbano rural;voluntario forzado;
antes después;fuerte débil""",
    "ru": """увеличилось уменьшилось;увеличение уменьшение;рост снижение;выше ниже;больше меньше;
успешный неуспешный;мужчины женщины;достаточный недостаточный;внутренний внешний;городской сельский""",
    "ar": "زيادة انخفاض;ارتفع انخفض;اكثر اقل;داخلي خارجي;الرجال النساء;كاف غير",
}

_TEENS = "2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 30 40 50 60 70 80 90 100"
_NUMBER_WORDS = {
    "en": """two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred""",
    "fr": """deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize -
- - vingt trente quarante cinquante soixante - - - cent""",
    "es": """dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince
dieciseis diecisiete dieciocho diecinueve veinte treinta cuarenta cincuenta sesenta setenta ochenta
noventa cien""",
    "pt": """dois tres quatro cinco seis sete oito nove dez onze doze treze quatorze quinze dezesseis
dezessete dezoito dezenove vinte trinta quarenta cinquenta sessenta setenta oitenta noventa cem""",
    "ru": """два|две|двух|двумя|двум три|трех|трем|тремя четыре|четырех пять|пяти шесть|шести
семь|семи восемь|восьми девять|девяти десять|десяти одиннадцать|одиннадцати двенадцать|двенадцати
тринадцать четырнадцать пятнадцать шестнадцать семнадцать восемнадцать девятнадцать двадцать|двадцати
тридцать|тридцати сорок|сорока пятьдесят|пятидесяти шестьдесят|шестидесяти семьдесят|семидесяти
восемьдесят|восьмидесяти девяносто сто|ста""",
    "ar": """اثنان|اثنين|اثنتان|اثنتين ثلاث|ثلاثه اربع|اربعه خمس|خمسه ست|سته سبع|سبعه
ثمان|ثمانيه|ثماني تسع|تسعه عشر|عشره - - - - - - - - - عشرون|عشرين ثلاثون|ثلاثين اربعون|اربعين
خمسون|خمسين ستون|ستين سبعون|سبعين ثمانون|ثمانين تسعون|تسعين مائه|مئه""",
    "zh": """二|两 三 四 五 六 七 八 九 十 十一 十二 十三 十四
十五 十六 十七 十八 十九 二十 三十 四十 五十 六十 七十 八十 九十 一百""",
}
# language -> word (folded) -> number. "One" is left out: it is an article or a pronoun too.
NUMBER_WORDS = {
    language: {
        form: number
        for forms, number in zip(text.split(), _TEENS.split(), strict=True)
        for form in forms.split("|")
        if form != "-"
    }
    for language, text in _NUMBER_WORDS.items()
}

# What may follow a number and multiplies it; the group's name gives the power of ten.
SCALES = re.compile(
    r"\s?(?:(?P<_9>billions?\b|bn\b|milliards?\b|mil millones\b|миллиард\w*|млрд|مليار\w*|十亿)"
    r"|(?P<_8>亿)"
    r"|(?P<_6>millions?\b|millón\b|millones\b|mn\b|milh(?:ões|ão)\b|миллион\w*|млн|مليون\w*|ملايين|百万)"
    r"|(?P<_7>千万)|(?P<_4>万)"
    r"|(?P<_3>thousand\b|mille\b|mil\b|тысяч\w*|тыс\b|ألف|آلاف|千))",
    re.IGNORECASE,
)

# The same organisation or goal by its abbreviation in other languages (lower case, folded).
_ACRONYMS = """IOM OIM МОМ;UN ONU ООН;UNHCR HCR ACNUR УВКБ;UNDP PNUD ПРООН;SDG SDGS ODD ODS ЦУР;
EU UE ЕС;WHO OMS ВОЗ;ILO OIT МОТ;UNFPA FNUAP ЮНФПА;UNICEF ЮНИСЕФ;WFP PAM PMA ВПП;NGO NGOS ONG НПО;
GDP PIB ВВП;GHG GES GEI ПГ;UNDAF PNUAD MANUD;NDC NDCS CDN;INDC CPDN;IDP IDPS PDI;USD US;M&E S&E;GCM PMM;
AU UA;IMF FMI МВФ;COVID КОВИД"""
ACRONYMS: dict[str, frozenset[str]] = {
    name: frozenset(other.casefold() for other in group.split())
    for group in _ACRONYMS.replace("\n", "").split(";")
    for name in group.split()
}

_ABBREVIATIONS_TEXT = """e.g i.e cf etc vs no nos art para pp p vol ed mr mrs ms dr m mme prof st fig al
approx ca inc ltd co op u.s u.n núm sr sra ej pág т.е т.д стр рис г гг см"""
_ABBREVIATIONS = frozenset(_ABBREVIATIONS_TEXT.split())
_END = re.compile(r"[.!?؟۔…]+[\"'”’»)\]]*(?=\s)|[。！？]+[”’」』）]*|\n+")


def sentence_ends(text: str) -> list[int]:
    """Offsets just after each sentence end in `text` that something follows (a line's end is one)."""
    ends = []
    for match in _END.finditer(text):
        opening = match[0].startswith("…") and re.search(r"(?:^|\s)[\"“«(\[]?$", text[: match.start()])
        if opening:  # "… and so on", where words were left out
            continue
        if match[0].startswith("."):
            before = re.search(r"[^\s(]*$", text[: match.start()])
            word = before[0].casefold() if before else ""
            after = text[match.end() :].lstrip()[:1]
            start = text.rfind("\n", 0, match.start()) + 1
            listed = re.fullmatch(r"\s*\d{1,2}", text[start : match.start()])  # "1." at a line's start
            if word in _ABBREVIATIONS or (len(word) == 1 and word.isalpha()) or after.islower() or listed:
                continue
        ends.append(match.end())
    return ends


def split_sentences(text: str) -> list[str]:
    """The sentences of `text`, in order, without the white space around them."""
    cuts = [0, *sentence_ends(text), len(text)]
    pieces = [text[start:end].strip() for start, end in pairwise(cuts)]
    return [piece for piece in pieces if piece]


@lru_cache(maxsize=16)
def stop_words(language: str) -> frozenset[str]:
    """Words of `language` without content, folded and in lower case; empty for a language not known here."""
    return frozenset(words(_STOP_WORDS.get(language, "")))


@lru_cache(maxsize=16)
def opposites(language: str) -> tuple[tuple[str, str], ...]:
    """Pairs of stems of which one says the opposite of the other."""
    pairs = [pair.split() for pair in _OPPOSITES.get(language, "").replace("\n", "").split(";") if pair]
    stemmed = [[" ".join(stems(word, language, keep=True)) for word in pair] for pair in pairs]
    return tuple((one, other) for one, other in stemmed if one != other)


def stems(text: str, language: str, *, keep: bool = False) -> list[str]:
    """The content words of `text` as stems, in order: without stop words (unless `keep`) and numbers.

    Chinese has no word breaks: there, each two characters that stand together.
    """
    stops = frozenset() if keep else stop_words(language)
    lower = words(re.sub(r"n[’']t\b", " not", text))
    if language == "zh":
        found = []
        for run in lower:
            parts = [part for part in re.split(f"[{''.join(stops)}]", run) if part] if stops else [run]
            for part in parts:
                pairs = [part[at : at + 2] for at in range(max(1, len(part) - 1))]
                found += [part] if part.isascii() else pairs
        return [word for word in found if not word.isdigit()]
    kept = [word for word in lower if word not in stops and not word.isdigit() and (keep or len(word) > 1)]
    kept = [word for word in kept if keep or word not in NEGATORS.get(language, ())]
    if language not in _SNOWBALL:
        return kept
    import snowballstemmer  # type: ignore[import-untyped]

    # A stemmer holds the word it works on, so each call has its own: questions run in threads.
    return [str(stem) for stem in snowballstemmer.stemmer(_SNOWBALL[language]).stemWords(kept)]


def reads_as(text: str, language: str) -> bool:
    """Whether `text` is in `language`, by script and stop words; True unless something says no."""
    folded = fold(text)
    letters = [char for char in folded if char.isalpha()]
    if not letters:
        return True
    scripts = {"ar": "\u0600-\u06ff", "ru": "\u0400-\u04ff", "zh": "\u3400-\u9fff"}
    total = len(letters)
    share = {tongue: len(re.findall(f"[{script}]", folded)) / total for tongue, script in scripts.items()}
    if language in scripts:
        return share[language] > 0.3  # names and abbreviations may stand in Latin letters
    if max(share.values()) > 0.3:
        return False
    lower = words(text)
    score = {tongue: sum(word in stop_words(tongue) for word in lower) for tongue in ("en", "fr", "es")}
    return language not in score or score[language] >= max(score.values())
