"""What code below the Quality screen says in English: each sentence has its words under `told`."""

from __future__ import annotations

import ast
import json
import re
import string
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

from eval.bank import load_bank
from eval.bank_tables import COLUMNS
from eval.ratings import rate
from eval.results import EvalError
from eval.screen.parts import in_language, sentence
from eval.screen.words import WORDING, retold
from ingest.documents import IngestError
from ingest.wording import LANGUAGES
from tests.test_words import LATIN

ROOT = Path(__file__).parent.parent.parent
# What the screen's handlers reach, and what of it they do not.
MODULES = (
    "eval/bank.py", "eval/bank_tables.py", "eval/ratings.py", "eval/run.py", "eval/compare.py",
    "assistant/records.py", "assistant/migrations.py", "assistant/live.py",
)  # fmt: skip
UNREACHED = {
    "write_bank": "the screen writes no bank",
    "xlsx_bytes": "the screen writes no bank",
    "__post_init__": "of feedback, which the chat keeps",
    "load_floors": "the gate of the command line",
}
# Functions whose strings are faults of a bank, to be told like what is raised.
FAULTS = {
    "check_bank", "unknown", "fault", "_load", "_misfit", "_json_lines", "_check_header", "_value", "_gold",
    "_turns", "_cell", "records",
}  # fmt: skip
# Sentences that are put together from others.
COMPOSED = {
    "fault": "a bank's name and its only fault",
    "fault_in": "the same, told at once so that it is not too deep",
    "row_in": "the same",
    "with_value": "a fault and the value at fault",
    "entry_part": "an entry and its part",
    "entry_of_entry": "an entry of an entry",
}
ERRORS = ("EvalError", "AssistantError", "IngestError", "ValueError")
GENERAL = ("told.fault", "told.with_value")  # which many sentences look like
FIELD = "\0"


def _texts(node: ast.expr | None) -> list[str]:
    """What a string expression can be, with FIELD for what is filled in."""
    match node:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.JoinedStr(values=parts):
            each = [_texts(part.value if isinstance(part, ast.FormattedValue) else part) for part in parts]
            return ["".join(chosen) for chosen in product(*each)]
        case ast.IfExp(body=one, orelse=other):
            return _texts(one) + _texts(other)
        case _:
            return [FIELD]


def _functions(module: str) -> Iterator[ast.FunctionDef]:
    tree = ast.parse((ROOT / module).read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name not in UNREACHED:
            yield node


def _raised(module: str) -> set[str]:
    found = set()
    for function in _functions(module):
        for node in ast.walk(function):
            called = (
                node.exc
                if isinstance(node, ast.Raise)
                else node.value
                if isinstance(node, ast.Return)
                else None
            )
            match called:
                case ast.Call(func=ast.Name(id=name), args=[first, *_]) if name in ERRORS:
                    found.update(_texts(first))
    return {text for text in found if _letters(text)}


def _strings(tree: ast.AST) -> set[str]:
    """All texts in a tree but those within others."""
    found: set[str] = set()
    inner = {
        part for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in ast.walk(node)
    } - {node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant | ast.JoinedStr) and node not in inner:
            found.update(text.strip("\n") for text in _texts(node))
    return {text for text in found if _letters(text)}


def _letters(text: str) -> bool:
    return sum(map(str.isalpha, text)) > 3


def _told() -> dict[str, list[str]]:
    """Key -> its English texts, with FIELD for what is filled in."""
    found = {}
    for key in WORDING.keys("en"):
        if key.startswith("told."):
            entry = WORDING.entry("en", key)
            forms = [entry] if isinstance(entry, str) else list(entry.values())
            found[key] = [
                "".join(text + (FIELD if name else "") for text, name, _, _ in string.Formatter().parse(form))
                for form in forms
            ]
    return found


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, text.split(FIELD))), re.DOTALL)


def _same(told: str, made: str) -> bool:
    """Whether one says the other, with what is filled in there."""
    return bool(_pattern(made).fullmatch(told) or _pattern(told).fullmatch(made))


def test_each_sentence_below_the_screen_is_told() -> None:
    told = [text for key, texts in _told().items() if key not in GENERAL for text in texts]
    missing = []
    for module in MODULES:
        missing += [(module, text) for text in _raised(module) if not any(_same(each, text) for each in told)]
    for module in ("eval/bank.py", "eval/bank_tables.py"):
        for function in _functions(module):
            if function.name in FAULTS:
                body = ast.Module(function.body[bool(ast.get_docstring(function)) :], [])
                missing += [
                    (module, text)
                    for text in _strings(body)
                    if " " in text.strip()
                    and not any(_pattern(text).search(each) or _same(each, text) for each in told)
                ]
    assert missing == []


def test_each_told_sentence_is_made() -> None:
    made: set[str] = set()
    for module in (*MODULES, *map(str, Path(json.__file__).parent.glob("*er.py"))):
        made |= _strings(ast.parse((ROOT / module).read_text(encoding="utf-8")))
    made |= {text.partition(": ")[2] for text in made if _letters(text.partition(": ")[2])}
    told = _told()
    left = [
        key
        for key, texts in told.items()
        if not any(_same(text, each) for text in texts for each in made)
        and key.removeprefix("told.") not in COMPOSED
        and not key.startswith("told.entry_is")
    ]
    assert left == []
    for key, (text, *_) in told.items():
        if key.startswith("told.entry_is"):
            assert text == f"entry {FIELD} {told[key.replace('.entry_is', '.is')][0]}"


BANKS = (
    b'{"id": "<img>", "question": "", "colour": 1}',
    b'{"id": "a", "question": "b", "facts": [[""], "a", []], "documents": "x", "answerable": "yes",'
    b' "evidence": [{"document": "x", "page": 0}, {"document": "", "page": "3", "colour": 1}, 5, {}]}',
    b'{"id": "a", "question": 5, "facts": [[5]], "history": [{"role": "x", "content": "x"}], "quotes": []}',
    b'{"id": "b", "question": "x", "answerable": false, "facts": [["a"]]}\n[1]\n{"id": 3,,}\n{"id": "c"}',
    b'{"id": "b", "question": "x"}\n{"id": "b", "question": "x" "y"}\n{"id" 1}\n{"id": }\n{} {}\n{"id": "',
    b"{",
    b'{"id": "x", "question": "y", "evidences": [], "facts": [["a"]]}',
    b"id,question,colour,id\n",
    b"colour\n",
    b"id,question\n1,2,3\n",
    b"id,question\n",
    b"id,question,keep\n1,2,no\n",
    b"id,question,keep,answerable,evidence,history\n1,2,3,perhaps,a|b,hello\n",
    b'id,question\n"1,2\n',
    b"\xff\xfe",
    b"PK\x03\x04nothing",
    b"\xd0\xcf\x11\xe0",
    b" ",
)


@pytest.mark.parametrize("ui", LANGUAGES)
@pytest.mark.parametrize("content", BANKS)
def test_faults_of_a_bank_are_told_in_the_language_of_the_reader(
    tmp_path: Path, content: bytes, ui: str
) -> None:
    path = tmp_path / "bank.csv"
    path.write_bytes(content)
    with pytest.raises(EvalError) as raised:
        load_bank(path)
    english, told = str(raised.value).split("\n"), sentence(raised.value, ui).split("\n")
    assert len(told) == len(english)
    if ui == "en":
        assert [each.rstrip(".") for each in told] == [each.rstrip(".") for each in english]
        return
    assert not set(told) & set(english)
    if ui in ("ar", "ru", "zh"):
        for line in told:
            own = re.sub(r"bank\.csv|\([^)]*\)|（[^）]*）|“[^”]*”|«[^»]*»|\u2068[^\u2069]*\u2069", "", line)
            words = set(re.findall(r"[A-Za-z]{2,}", own))
            names = {
                *COLUMNS,
                "colour",
                "evidences",
                "quotes",
                "keep",
                "yes",
                "no",
                "user",
                "assistant",
                "role",
            }
            assert words <= LATIN | names | {"UTF", "content", "page", "document"}, line


def test_words_of_a_bank_stay_as_they_are() -> None:
    quote = "Note: the number of migrants is missing."
    told = retold(
        "fr", f'row 2, column evidence: the quote "{quote}" is not on page 3 of "a.pdf"; it is on page 4'
    )
    assert quote in told
    assert told.startswith("ligne 2")
    assert "page 4" in told


def test_other_errors_are_told(tmp_path: Path) -> None:
    with pytest.raises(EvalError) as raised:
        rate(tmp_path, "0001", "q1", " ", "right", True)
    assert sentence(raised.value, "fr") == "Qui note\u00a0? Saisissez votre nom ou vos initiales."
    assert sentence(raised.value) == "Whose rating is it? Type your name or initials."
    damaged = "/library/runs/0004.json is damaged (3 faults); run the bank again"
    assert (
        in_language(damaged, "es")
        == "/library/runs/0004.json está dañado (errores: 3); ejecute de nuevo el banco."
    )
    assert sentence(IngestError("Nothing is known of this."), "ru") == "Nothing is known of this."
