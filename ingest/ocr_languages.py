"""Which of Tesseract's languages read a page: by the document's language, its file's name, or the script."""

from __future__ import annotations

import re
from collections.abc import Collection

# Tesseract's code of each language (ISO 639-1) that this program detects; the first seven are asked for.
_CODES = {
    "en": "eng", "fr": "fra", "es": "spa", "ar": "ara", "ru": "rus", "zh": "chi_sim", "pt": "por",
    "de": "deu", "it": "ita", "hr": "hrv", "sr": "srp", "kk": "kaz", "uk": "ukr", "tr": "tur",
}  # fmt: skip
_NAMES = {
    "english": "en", "french": "fr", "spanish": "es", "arabic": "ar", "russian": "ru", "chinese": "zh",
    "portuguese": "pt", "german": "de", "italian": "it", "croatian": "hr", "serbian": "sr", "kazakh": "kk",
    "ukrainian": "uk", "turkish": "tr",
}  # fmt: skip
# Script as Tesseract's OSD names it -> what reads it where nothing else is known of the language.
_SCRIPTS = {
    "Latin": ("eng", "fra", "spa", "por"), "Arabic": ("ara",), "Cyrillic": ("rus", "eng"),
    "Han": ("chi_sim", "eng"), "HanS": ("chi_sim", "eng"), "HanT": ("chi_sim", "eng"),
}  # fmt: skip

WANTED = tuple(_CODES.values())[:7]
# Debian's packages; `apt-get install` passes over those that are there.
PACKAGES = ("tesseract-ocr", *(f"tesseract-ocr-{code.replace('_', '-')}" for code in WANTED if code != "eng"))
HOW_TO_INSTALL = f"install Tesseract (apt-get install {' '.join(PACKAGES)})"


def languages_for(language: str, hints: str, installed: Collection[str]) -> tuple[str, ...]:
    """Tesseract's codes for a document of `language` (ISO 639-1, "und" where unknown).

    hints: the file's name; a language's English name in it ("plan_French.pdf"), or its code ("plan.fr.pdf"),
    counts where the language is unknown. Empty where nothing tells, or the language's pack is missing: each
    page's script then decides.
    """
    name = hints.casefold()
    named = {_NAMES[word] for word in re.findall(r"[a-z]+", name) if word in _NAMES}
    named.update(code for code in re.findall(r"\.([a-z]{2})\.[a-z]+$", name) if code in _CODES)
    if language not in _CODES and len(named) == 1:
        language = named.pop()
    code = _CODES.get(language, "")
    if code not in installed:
        return ()
    # Names and codes are in Latin letters in documents of any script. With "eng" beside it Russian gains
    # (three pages: 94.0 % of words read, 92.1 % alone), Arabic loses (91.9 %, 92.5 % alone, in two thirds of
    # the time): some of its words are then read as "gil" and "aud".
    beside = ("eng",) if language in ("ru", "zh", "kk", "uk") and "eng" in installed else ()
    return (code, *beside)


def languages_of_script(script: str, installed: Collection[str]) -> tuple[str, ...]:
    """Those languages that read `script`; empty where the one that is needed most is missing."""
    wanted = _SCRIPTS.get(script, _SCRIPTS["Latin"])
    return tuple(code for code in wanted if code in installed) if wanted[0] in installed else ()


def package_for(script: str) -> str:
    """The Debian package with the language that reads `script`."""
    code = _SCRIPTS.get(script, _SCRIPTS["Latin"])[0]
    return "tesseract-ocr" if code == "eng" else f"tesseract-ocr-{code.replace('_', '-')}"
