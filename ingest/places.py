"""Countries by name: found in text in six languages and more, as ISO 3166-1 alpha-3 codes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from ingest.phrases import Phrases, lazily, variants, words

_LANGUAGES = ("en", "fr", "es", "ar", "ru", "zh", "pt")

# Names in use in the field that neither ISO nor CLDR has (or has only in another form).
_FIELD_NAMES = {
    "COD": "DRC; RDC; DR Congo; D.R. Congo; RD Congo; R.D. Congo; RD del Congo; Congo Kinshasa; Zaire"
    "; Zaïre"
    "; Democratic Republic of the Congo; Democratic Republic of Congo; République démocratique du Congo"
    "; República Democrática del Congo; Демократическая Республика Конго; ДРК"
    "; جمهورية الكونغو الديمقراطية; الكونغو الديمقراطية; 刚果民主共和国; 刚果（金）"
    "; República Democrática do Congo",
    "COG": "Republic of the Congo; Republic of Congo; République du Congo; Congo Brazzaville"
    "; República del Congo; Республика Конго; جمهورية الكونغو; 刚果共和国; 刚果（布）",
    "CIV": "Cote d Ivoire; Ivory Coast; Costa de Marfil; كوت ديفوار",
    "MDA": "Moldova; Republic of Moldova; République de Moldova; República de Moldova",
    "TUR": "Turkey; Turkiye; Türkei",
    "LAO": "Lao PDR; Laos; RDP Lao; République démocratique populaire lao",
    "VNM": "Vietnam; Viet Nam",
    "SYR": "Syria; Syrian Arab Republic; République arabe syrienne; República Árabe Siria"
    "; Сирийская Арабская Республика; الجمهورية العربية السورية; سورية; سوريا",
    "PSE": "Palestine; State of Palestine; Palestinian Territory; Occupied Palestinian Territory; Palestina"
    "; État de Palestine; Estado de Palestina; Государство Палестина; فلسطين; دولة فلسطين"
    "; الأرض الفلسطينية المحتلة; 巴勒斯坦; 巴勒斯坦国; West Bank; Gaza Strip",
    "RUS": "Russian Federation; Fédération de Russie; Federación de Rusia; Российская Федерация"
    "; الاتحاد الروسي; 俄罗斯联邦; Federação Russa",
    "KGZ": "Kyrgyz Republic; Kyrgyzstan; République kirghize; Кыргызская Республика; Кыргызстан; Киргизия",
    "CZE": "Czech Republic; Czechia",
    "SWZ": "Swaziland; Eswatini",
    "CPV": "Cape Verde; Cabo Verde; Cap Vert",
    "TLS": "East Timor; Timor Leste; Timor Oriental",
    "MMR": "Burma; Myanmar; Birmanie; Birmania; Мьянма; 缅甸; ميانمار",
    "MKD": "Macedonia; The former Yugoslav Republic of Macedonia",
    "BIH": "Bosnia; BiH; Bosnia and Herzegovina; Bosnie Herzégovine",
    "GBR": "UK; Great Britain; Northern Ireland; Britain; Соединенное Королевство",
    "USA": "USA; United States of America; EE UU; EEUU; États Unis d'Amérique"
    "; Estados Unidos de América; США",
    "ARE": "UAE; United Arab Emirates; الإمارات; الامارات; ОАЭ",
    "SAU": "KSA; Saudi Arabia; السعودية",
    "PRK": "DPRK; Democratic People's Republic of Korea; République populaire démocratique de Corée"
    "; República Popular Democrática de Corea; 朝鲜民主主义人民共和国",
    "KOR": "ROK; Republic of Korea; Korea; South Korea; République de Corée; República de Corea; 大韩民国",
    "CAF": "Central African Republic; République centrafricaine; Centrafrique; Centroáfrica"
    "; Центральноафриканская Республика; جمهورية أفريقيا الوسطى",
    "BOL": "Bolivia; Estado Plurinacional de Bolivia",
    "VEN": "Venezuela", "TZA": "Tanzania", "BRN": "Brunei", "IRN": "Iran", "GMB": "Gambia; Gambie",
    "NLD": "Holland; Netherlands", "VAT": "Holy See; Saint Siège; Santa Sede", "STP": "Sao Tome",
    "BLR": "Belarus; Беларусь; Белоруссия; Belarús; Bélarus", "KAZ": "Республика Казахстан; Қазақстан",
    "MLI": "جمهورية مالي; في مالي; دولة مالي", "OMN": "سلطنة عمان", "TGO": "Тоголезская Республика",
    "REU": "Île de la Réunion; Île de La Réunion; Reunion Island; Isla Reunión",
    "MUS": "Île Maurice; République de Maurice",
    "DMA": "Commonwealth of Dominica; Commonwealth de Dominique", "SRB": "Srbija; Србија",
}  # fmt: skip

# No country, though a country's name stands in it.
_NOT_A_COUNTRY = (
    "New Mexico; Gulf of Mexico; Gulf of Guinea; Golfe de Guinée; Golfo de Guinea; Guinea pig; Guinea worm"
    "; Guinea fowl; Niger Delta; Niger State; Niger River; River Niger; fleuve Niger; delta du Niger"
    "; Delta del Níger; Congo Basin; Congo River; bassin du Congo; cuenca del Congo; New Jersey; Lake Chad"
    "; Lac Tchad; Lago Chad; Lake Malawi; South China Sea; Sea of Oman; Panama Canal; Jordan River"
    "; Jordan Valley"
    "; River Jordan; Canal de Panamá; Gulf of Oman; 沿海地区; 印度洋; 内蒙古"
)

# CLDR or ISO names that are common words ("meeting", "of that", "financial"), forenames or towns.
_COMMON_WORDS = {
    "reunion",
    "reuniao",
    "того",
    "مالي",
    "عمان",
    "maurice",
    "dominique",
    "реюньон",
    "man",
    "jersey",
}

# In running text CLDR's own forms for these are not what the field writes.
_DISPLAY = {
    "COD": {
        "en": "DR Congo", "fr": "RD Congo", "es": "RD del Congo", "ru": "ДР Конго", "pt": "RD Congo",
        "ar": "جمهورية الكونغو الديمقراطية", "zh": "刚果民主共和国",
    },
    "COG": {"en": "Congo", "fr": "Congo", "es": "Congo", "ru": "Конго", "ar": "الكونغو", "zh": "刚果",
    "pt": "Congo"},
    "PSE": {
        "en": "State of Palestine", "fr": "État de Palestine", "es": "Estado de Palestina",
        "ru": "Государство Палестина", "ar": "دولة فلسطين", "zh": "巴勒斯坦国", "pt": "Estado da Palestina",
    },
}  # fmt: skip

_BARE_CONGO = "Congo?"
_BEFORE_A_NAME = frozenset(
    words(
        "the le la les l el los las o a os as of de du del des d da do republic republique republica kingdom"
        " royaume reino state etat estado government gouvernement gobierno islamic islamique islamica federal"
        " federale plurinational plurinacional"
    )
)


def _names() -> Iterable[tuple[str, str]]:
    import pycountry
    from babel import Locale

    yield from variants({"": _NOT_A_COUNTRY})
    yield from variants(_FIELD_NAMES)
    for bare in ("Congo", "Конго", "الكونغو", "刚果"):
        yield bare, _BARE_CONGO
    countries = {country.alpha_2: country for country in pycountry.countries}
    cldr = [Locale.parse(language).territories for language in _LANGUAGES]
    for alpha_2, country in countries.items():
        names = [getattr(country, kind, "") for kind in ("name", "official_name", "common_name")]
        names += [territories.get(alpha_2, "") for territories in cldr]
        for name in names:
            whole = re.sub(r"\s*[(（].*?[)）]", "", name)
            if " ".join(words(whole.removeprefix("La "))) in _COMMON_WORDS:
                continue
            yield whole, country.alpha_3
            for alias in re.findall(r"[(](.*?)[)]", name):
                if alias[:1].isupper() and " of" not in alias:
                    yield alias, country.alpha_3


@lazily
def _phrases() -> Phrases:
    return Phrases(_names())


def find_countries(text: str) -> dict[str, int]:
    """alpha-3 -> mentions in `text`, most mentioned first.

    A bare "Congo" is the Democratic Republic in a text that is about that one, else the Republic.
    """
    found = _phrases().count(text)
    bare = found.pop(_BARE_CONGO, 0)
    if bare:
        found["COD" if found["COD"] >= 3 and found["COD"] > found["COG"] else "COG"] += bare
    return {code: count for code, count in found.most_common() if count}


def country_code(text: str) -> str | None:
    """alpha-3 of one country by its name in any of the languages, or by its alpha-2 or alpha-3 code."""
    import pycountry

    value = _phrases().whole(text)
    if not value:
        plain = words(text)
        while plain and plain[0] in _BEFORE_A_NAME:
            plain = plain[1:]
        value = _phrases().whole(" ".join(plain))
    if value:
        return "COG" if value == _BARE_CONGO else value
    code = text.strip().upper()
    if re.fullmatch("[A-Z]{2}", code):
        country = pycountry.countries.get(alpha_2=code)
    elif re.fullmatch("[A-Z]{3}", code):
        country = pycountry.countries.get(alpha_3=code)
    else:
        country = None
    return country.alpha_3 if country is not None else None


@lru_cache(maxsize=1)
def _shown_names() -> dict[str, str]:
    """Each name that `country_name` gives in the six languages, as words -> alpha-3."""
    import pycountry

    codes = [country.alpha_3 for country in pycountry.countries]
    return {" ".join(words(country_name(code, ui))): code for ui in _LANGUAGES for code in codes}


def named_country(text: str) -> str | None:
    """alpha-3 of what somebody names as a country: also by a name that in running text is a common word."""
    return country_code(text) or _shown_names().get(" ".join(words(text)))


def country_name(code: str, language: str = "en") -> str:
    """The country's name in `language` (English where that is unknown); the code itself if it is none."""
    import pycountry
    from babel import Locale, UnknownLocaleError

    country = pycountry.countries.get(alpha_3=code.upper())
    if country is None:
        return code
    shown = _DISPLAY.get(country.alpha_3, {})
    try:
        territories = Locale.parse(language.replace("_", "-"), sep="-").territories
    except (UnknownLocaleError, ValueError):
        language, territories = "en", Locale.parse("en").territories
    name = shown.get(language[:2]) or str(territories.get(country.alpha_2) or country.name)
    return re.sub(r"\s*[(（].*?[)）]$", "", name)
