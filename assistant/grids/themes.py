"""Families of terms in six languages, read from files that a person can edit (themes/*.yaml say how)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from assistant.answer import AssistantError
from assistant.grids.terms import Term, TermFault, script, term
from assistant.grids.yaml_lines import Node, read_yaml

LANGUAGES = ("en", "fr", "es", "ar", "ru", "zh")
ANY = "any"  # the language of terms that were typed on the spot

_FOLDER = Path(__file__).parent / "themes"
_MOST_FAMILIES, _MOST_TERMS = 100, 500
# The script that a language is written in, where it is not Latin.
_SCRIPTS = {
    **dict.fromkeys(("ar", "fa", "ur", "ps"), "arabic"),
    **dict.fromkeys(("ru", "uk", "be", "bg", "sr", "mk", "kk", "ky", "tg", "mn"), "cyrillic"),
    **dict.fromkeys(("zh", "ja"), "han"),
}


@dataclass(frozen=True)
class Family:
    """What is looked for under one name, in several languages.

    labels: language -> name. meaning: one sentence that says what it is about. terms: language (or ANY) ->
    terms as they are written in the file. origin: the file's name, or "typed"; digest: SHA-256 of that file.
    """

    id: str
    labels: Mapping[str, str]
    meaning: str
    terms: Mapping[str, tuple[str, ...]]
    origin: str = "typed"
    digest: str = ""

    def label(self, ui: str = "en") -> str:
        """Its name in a language, in English where it has none there."""
        return self.labels.get(ui) or self.labels["en"]

    def all_terms(self) -> tuple[Term, ...]:
        """Its terms in all languages, each once."""
        written = (each for some in self.terms.values() for each in some)
        return tuple(term(each) for each in dict.fromkeys(written))

    def covers(self, language: str) -> bool:
        """Whether it has terms that a document in `language` (ISO 639-1) can hold.

        Terms that were typed tell no language: they cover all that are written in their letters. So does
        every family a document whose language could not be told: it has next to no text.
        """
        if language in self.terms or language == "und":
            return True
        wanted = _SCRIPTS.get(language, "latin")
        return any(not each.startswith("!") and script(each) == wanted for each in self.terms.get(ANY, ()))


@dataclass(frozen=True)
class Theme:
    """Families that are surveyed together, as one file holds them."""

    id: str
    labels: Mapping[str, str]
    about: str
    families: tuple[Family, ...]

    def label(self, ui: str = "en") -> str:
        return self.labels.get(ui) or self.labels["en"]

    def choose(self, ids: Sequence[str]) -> tuple[Family, ...]:
        """The families of these ids, in the file's order. Raises AssistantError for an id it has not."""
        known = [each.id for each in self.families]
        for id_ in ids:
            if id_ not in known:
                raise AssistantError(f"{self.id} has no family {id_!r}; its families: {', '.join(known)}")
        return tuple(each for each in self.families if each.id in ids)


@cache
def themes() -> tuple[Theme, ...]:
    """The themes that are shipped: "content-analysis" and "gcm-objectives"."""
    return tuple(theme_of(path) for path in sorted(_FOLDER.glob("*.yaml")))


def written(id_: str) -> bytes:
    """The file of a shipped theme, as an example of how one is written. Raises AssistantError."""
    if id_ not in {each.id for each in themes()}:
        raise AssistantError(f"there is no theme {id_!r}")
    return (_FOLDER / f"{id_}.yaml").read_bytes()


def theme(name: str | Path) -> Theme:
    """A shipped theme by its id, or a user's own file. Raises AssistantError: what is wrong where."""
    for each in themes():
        if each.id == str(name):
            return each
    path = Path(name)
    if not path.is_file():
        known = ", ".join(each.id for each in themes())
        raise AssistantError(f"there is no theme and no file {str(name)!r}; the themes: {known}")
    return theme_of(path)


def family(name: str, terms: Sequence[str], meaning: str = "") -> Family:
    """A family of terms typed on the spot, in whatever languages. Raises AssistantError for a faulty term."""
    label = " ".join(name.split())
    if not any(char.isalnum() for char in label):
        raise AssistantError("the family has no name; give it one")
    wanted = tuple(dict.fromkeys(" ".join(each.split()) for each in terms if each.strip()))
    try:
        for each in wanted:
            term(each)
    except TermFault as fault:
        raise AssistantError(f"the term {each!r} {fault}") from None
    if not any(not each.startswith("!") for each in wanted):
        raise AssistantError(f"{label!r} has no term that counts; give one or more")
    if len(wanted) > _MOST_TERMS:
        raise AssistantError(f"{label!r} has {len(wanted)} terms; at most {_MOST_TERMS} are looked for")
    id_ = re.sub(r"[^\w]+", "-", label.casefold()).strip("-") or "family"
    digest = hashlib.sha256("\n".join((label, meaning, *wanted)).encode()).hexdigest()
    return Family(id_, {"en": label}, " ".join(meaning.split()), {ANY: wanted}, "typed", digest)


def theme_of(path: Path, name: str = "") -> Theme:
    """The theme of a file. name: what it is called, where the path does not say. Raises AssistantError: what
    is wrong where."""
    called = name or path.name
    top, digest = read_yaml(path, called)
    top.fields("label", "about", "families")
    families = tuple(_family(id_, node, called, digest) for id_, node in top["families"].items())
    if not families:
        raise top["families"].fault("holds no family")
    if len(families) > _MOST_FAMILIES:
        raise top["families"].fault(f"holds {len(families)} families; at most {_MOST_FAMILIES} are surveyed")
    return Theme(path.stem, _labels(top["label"]), top["about"].text(), families)


def _family(id_: str, node: Node, origin: str, digest: str) -> Family:
    if not re.fullmatch(r"[\w-]{1,60}", id_):
        raise node.fault("needs a name of letters, digits and hyphens")
    node.fields("label", "meaning", "terms")
    terms: dict[str, tuple[str, ...]] = {}
    for language, listed in node["terms"].items():
        if not re.fullmatch("[a-z]{2}|any", language):
            raise listed.fault("is no language: write its code of two letters (en, fr, es, ar, ru, zh)")
        terms[language] = tuple(_listed(listed))
    wanted = [each for some in terms.values() for each in some]
    if not any(not each.startswith("!") for each in wanted):
        raise node["terms"].fault("holds no term that counts")
    if len(wanted) > _MOST_TERMS:
        raise node["terms"].fault(f"holds {len(wanted)} terms; at most {_MOST_TERMS} are looked for")
    return Family(id_, _labels(node["label"]), node["meaning"].text(), terms, origin, digest)


def _labels(node: Node) -> dict[str, str]:
    """Language -> name; a name alone is English."""
    if not node.is_map:
        return {"en": node.text()}
    found = {language: each.text() for language, each in node.items()}
    if "en" not in found:
        raise node.fault('has no "en"')
    return found


def _listed(node: Node) -> Iterator[str]:
    """The terms of one language: a list, or one line with semicolons."""
    for each in node.listed(";"):
        try:
            yield term(each).text
        except TermFault as fault:
            raise node.fault(f"holds the term {each!r}, which {fault}") from None
