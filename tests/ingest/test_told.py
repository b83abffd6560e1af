"""Sentences that code below the Documents screen makes are known to it, and it knows none beside them."""

from __future__ import annotations

import ast
import importlib
import itertools
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from ingest.screen.words import WORDING

DETECT = importlib.import_module("ingest.readers.detect")
ROOT = Path(__file__).parents[2]
# Modules whose sentences nobody meets on this screen.
ELSEWHERE = {
    "__main__": "the command line",
    "commands": "the command line",
    "limit_commands": "the command line",
    "terminal": "the command line",
    "transfer": "export and import, by the command line",
    "archive": "export and import, by the command line",
    "check": "the command line",
    "watch": "the command line",
    "limit_watch": "the chat, which says it in its own words",
    "e5": "said before a run begins, in the terminal or job.log",
    "ocr_run": "makes none",
    "pdf_page": "the routes answer with an image or without one",
    "preview_image": "the routes answer with an image or without one",
    "wording": "makes none",
}
# Single sentences that nobody meets on this screen: how they begin -> why not.
UNSEEN = {
    "no group is named; give --groups": "the screen asks for one itself",
    "give a pattern as in .gitignore": "patterns are limited by the command line",
    "at least one generation must be kept": "the screen asks for a number of them itself",
    "there is no document ": "the screen names documents from its list",
    "7 names 7 documents": "the screen names documents by their whole path",
    "generation 7 has just been removed": "the chat tries again",
    "the file is 7": "its words stand in tables: see the test of them",
    "the file is an image, a sound or a film": "see the same test",
    "the file is an archive": "see the same test",
    "page 7: OCR": "the log",
    "page 7 cannot be drawn for OCR": "the log",
    "OCR took longer": "the log",
    "OCR is not there": "the log",
    "OCR stopped with code": "the log",
    "There is no model folder": "said before a run begins, in the terminal or job.log",
    "Name the embedding model that": "said before a run begins, in the terminal or job.log",
    "7 is not the folder of a sentence-transformers": "said before a run begins, in the terminal or job.log",
    "The embedding model 7 cannot be loaded": "said before a run begins, in the terminal or job.log",
    "7 holds no library yet": "said of an export as well",
}
# Imported within a function.
CONSTANTS = {name: getattr(importlib.import_module("ingest.scan"), name) for name in ("AWAITS_OCR", "LOCKED")}
RAISED = re.compile(r"(?:\w*Error|UnreadableFile|SkippedFile|DamagedGeneration|_wrong)$")


def modules() -> dict[str, ast.Module]:
    paths = sorted((ROOT / "ingest").rglob("*.py"))
    return {
        ".".join(path.relative_to(ROOT).with_suffix("").parts): ast.parse(path.read_text(encoding="utf-8"))
        for path in paths
        if path.parent.name != "screen"
    }


class Sentences:
    """What the strings of a function may say: "7" stands for what only a run can tell."""

    def __init__(self, module: Any, tree: ast.AST) -> None:
        self.module, self.tree = module, tree
        self.values: dict[str, list[ast.expr]] = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                self.values.setdefault(node.targets[0].id, []).append(node.value)

    def of(self, node: ast.expr, deep: int = 3) -> list[str]:
        if isinstance(node, ast.Constant):
            return [node.value] if isinstance(node.value, str) else ["7"]
        if isinstance(node, ast.JoinedStr):
            return self._together([self.of(part, deep) for part in node.values])
        if isinstance(node, ast.FormattedValue):
            return self.of(node.value, deep)
        if isinstance(node, ast.IfExp):
            return [*self.of(node.body, deep), *self.of(node.orelse, deep)]
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            return self._together([self.of(node.left, deep), self.of(node.right, deep)])
        if isinstance(node, ast.BinOp) and isinstance(node.left, ast.Constant) and node.left.value == "s":
            return ["", "s"]
        if isinstance(node, ast.Name) and deep:
            held = getattr(self.module, node.id, CONSTANTS.get(node.id))
            if isinstance(held, str):
                return [held]
            return [each for value in self.values.get(node.id, ()) for each in self.of(value, deep - 1)] or [
                "7"
            ]
        return ["7"]

    @staticmethod
    def _together(parts: list[list[str]]) -> list[str]:
        return ["".join(each) for each in itertools.product(*parts)][:200]

    def raised(self) -> Iterator[str]:
        """What is raised, or handed on, as the reason of a failure."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Raise | ast.Return | ast.Assign | ast.Yield):
                made = node.exc if isinstance(node, ast.Raise) else node.value
                if isinstance(made, ast.Call) and RAISED.search(ast.unparse(made.func)) and made.args:
                    yield from self.of(made.args[0])

    def wrong(self) -> Iterator[str]:
        """What is said of values that a description cannot have (ingest/overrides.py)."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "_wrong":
                _, column, _, allowed = map(self.of, node.args)
                yield from (f"{one} holds 7; allowed is {other}" for one in column for other in allowed)

    def all(self) -> Iterator[str]:
        yield from self.wrong()
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Constant | ast.JoinedStr | ast.BinOp):
                for words in self.of(node):
                    yield f"7{words}" if words.startswith(";") else words


def of_module(name: str, tree: ast.Module) -> list[Sentences]:
    """Those of its functions, and of what stands outside of them."""
    module = importlib.import_module(name)
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    outside = ast.Module([node for node in tree.body if isinstance(node, ast.Assign)], [])
    return [Sentences(module, node) for node in (*functions, outside)]


@cache
def every() -> dict[str, list[Sentences]]:
    return {name: of_module(name, tree) for name, tree in modules().items() if not name.endswith("__main__")}


def known(sentence: str) -> bool:
    return any(pattern.fullmatch(sentence) for _, pattern in WORDING._told)


REACHED = [name for name in every() if name.rpartition(".")[2] not in ELSEWHERE]


@pytest.mark.parametrize("name", REACHED)
def test_what_is_raised_can_be_told_in_each_language(name: str) -> None:
    unknown = {
        sentence
        for each in every()[name]
        for sentence in (*each.raised(), *each.wrong())
        if sentence != "7" and not known(sentence) and not sentence.startswith(tuple(UNSEEN))
    }
    assert unknown == set()


def test_files_of_other_sorts_are_told_too() -> None:
    sorts = {words for _, words in DETECT._MAGIC}
    whole = {words for _, words in (*DETECT._ZIPS, *DETECT._OLES)}
    for sentence in {f"the file is {each}, which is not read; {DETECT._GIVE}" for each in sorts} | {
        f"the file is {each}" for each in whole
    }:
        told = WORDING.retold("ru", sentence)
        assert not re.search(r"\b(?:the|is|it|read|a|an)\b", told), told


def test_nothing_is_told_that_nobody_makes() -> None:
    made = {sentence for found in every().values() for each in found for sentence in each.all()}
    made |= {words for _, words in DETECT._MAGIC}
    made |= {f"the file is {words}" for _, words in (*DETECT._ZIPS, *DETECT._OLES)}
    made |= {
        part.removeprefix("the file is ") for words in made for part in words.split(", which is not read; ")
    }
    screens = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "ingest" / "screen").glob("*.py"))
    alive = {key for key, pattern in WORDING._told if any(map(pattern.fullmatch, made))}
    assert {key for key, _ in WORDING._told if f'"{key}"' not in screens} - alive == set()


def test_every_deed_of_the_audit_has_a_name() -> None:
    """Those that any part of the program records, and those of `python -m assistant` for users."""
    calls = [
        node
        for path in (*(ROOT / "ingest").rglob("*.py"), ROOT / "assistant" / "people_commands.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith((".record", "_done"))
    ]
    deeds = {each.args[1].value for each in calls if isinstance(each.args[1], ast.Constant)}
    assert len(deeds) > 20
    assert {f"audit.did_{deed.replace(' ', '_')}" for deed in deeds} <= WORDING.keys("en")
