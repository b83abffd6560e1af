"""Words in six languages: plural forms, slots, and English sentences of the code below told in another."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from ingest.wording import Told, Wording, filled, language_of

EN = """
d:
  files:
    one: "{count} file"
    other: "{count} files"
  plain: Plain
told:
  gone: "{file} is gone; name another"
  failed: "{file}: {why}"
  pages:
    one: "{count} page could not be read"
    other: "{count} pages could not be read"
"""
FR = """
d:
  files:
    one: "{count} fichier"
    other: "{count} fichiers"
  plain: Simple
told:
  gone: "{file} n’existe plus ; nommez-en un autre"
  failed: "{file} : {why}"
  pages:
    one: "{count} page illisible"
    other: "{count} pages illisibles"
"""


@pytest.fixture
def wording(tmp_path: Path) -> Wording:
    for language in ("fr", "es", "ar", "ru", "zh"):
        (tmp_path / f"{language}.yaml").write_text(FR if language == "fr" else "{}", encoding="utf-8")
    (tmp_path / "en.yaml").write_text(EN, encoding="utf-8")
    return Wording(tmp_path)


def test_words_have_the_form_of_their_number(wording: Wording) -> None:
    assert wording.say("fr", "d.files", count=1) == "1 fichier"
    assert wording.say("fr", "d.files", count=12345) == "12\u202f345 fichiers"
    assert wording.say("es", "d.files", count=2) == "2 files", "where it has no words, English is said"
    with pytest.raises(KeyError):
        wording.say("fr", "d.none")


def test_slots_are_filled_from_whoever_has_the_words(wording: Wording) -> None:
    text = f"<b>{wording.slot('d.plain')}</b> @@no.key@@"
    assert filled("fr", text, [wording]) == "<b>Simple</b> @@no.key@@"
    with pytest.raises(KeyError):
        wording.slot("d.none")


@pytest.mark.parametrize(
    ("sentence", "french"),
    [
        ("a.pdf is gone; name another", "a.pdf n’existe plus ; nommez-en un autre"),
        ("1,234 pages could not be read", "1\u202f234 pages illisibles"),
        ("a: b.pdf: 1 page could not be read", "a : b.pdf : 1 page illisible"),
        ("a\nb.pdf: {count} pages", "a\nb.pdf : {count} pages"),
        ("nothing of ours", "nothing of ours"),
    ],
)
def test_a_sentence_made_elsewhere_is_told_again(wording: Wording, sentence: str, french: str) -> None:
    assert wording.retold("fr", sentence) == french
    assert wording.retold("en", sentence) == sentence


def test_an_error_is_told_in_the_readers_language(wording: Wording) -> None:
    error = Told(wording, "told.gone", file="a.pdf")
    assert str(error) == "a.pdf is gone; name another"
    assert error.said("fr") == "a.pdf n’existe plus ; nommez-en un autre"


def test_the_language_is_the_one_in_the_requests_scope() -> None:
    request = SimpleNamespace(scope={"language": "ar"})
    assert language_of(request) == language_of(SimpleNamespace(request=request)) == "ar"
    assert language_of(SimpleNamespace(scope={"language": "<xx>"})) == language_of(object()) == "en"
