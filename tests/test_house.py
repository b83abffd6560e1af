"""The house rules that a test can hold: imports run one way, files stay short, nothing heavy at import."""

from __future__ import annotations

import ast
import graphlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = ("prompts", "ingest", "assistant", "eval", "tests")
MAY_IMPORT = {
    "prompts": {"prompts"},
    "ingest": {"ingest"},
    "assistant": {"assistant", "ingest", "prompts"},
    "eval": {"eval", "assistant", "ingest", "prompts"},
}
HEAVY = {
    "torch",
    "chromadb",
    "gradio",
    "sentence_transformers",
    "transformers",
    "langchain_chroma",
    "pypdfium2",
}
LONGEST = 400

FILES = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))
OURS = [path for path in FILES if path.relative_to(ROOT).parts[0] != "tests"]


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports(tree: ast.AST) -> Iterator[str]:
    """The modules named by every import below `tree`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are written out in full"
            yield str(node.module)


def at_import(tree: ast.Module) -> ast.Module:
    """What runs when the module is imported: no function bodies, nothing for the type checker alone."""

    class Strip(ast.NodeTransformer):
        def visit_FunctionDef(self, node: ast.FunctionDef) -> None: ...

        def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None: ...

        def visit_If(self, node: ast.If) -> ast.AST | None:
            return None if "TYPE_CHECKING" in ast.unparse(node.test) else node

    stripped = Strip().visit(tree)
    assert isinstance(stripped, ast.Module)
    return stripped


def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def test_there_is_a_house() -> None:
    assert len(OURS) > 30
    assert {path.relative_to(ROOT).parts[0] for path in OURS} == set(MAY_IMPORT)


def test_imports_make_no_circle() -> None:
    modules = {name(path).removesuffix(".py").replace("/", "."): path for path in OURS}
    needed: dict[str, set[str]] = {}
    for module, path in modules.items():
        named = [
            each
            for node in ast.walk(parse(path))
            if isinstance(node, ast.ImportFrom)
            for each in (str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names))
        ]
        needed[module] = (modules.keys() & named) - {module}
    assert tuple(graphlib.TopologicalSorter(needed).static_order())  # raises CycleError with the circle


@pytest.mark.parametrize("path", OURS, ids=name)
def test_imports_run_one_way(path: Path) -> None:
    folder = path.relative_to(ROOT).parts[0]
    ours = {module.split(".")[0] for module in imports(parse(path))} & set(FOLDERS)
    assert ours <= MAY_IMPORT[folder], f"{folder} may not import {ours - MAY_IMPORT[folder]}"


@pytest.mark.parametrize("path", FILES, ids=name)
def test_a_file_is_short_and_says_what_it_does(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") < LONGEST
    first = (ast.get_docstring(parse(path)) or "").split("\n")[0]
    assert first.endswith((".", "!", "?")), f"the first docstring line says what the file does: {first!r}"


# The torch module that is trained; nothing that a user waits for imports it.
TRAINED = ROOT / "eval" / "training" / "model.py"


@pytest.mark.parametrize("path", [path for path in OURS if path != TRAINED], ids=name)
def test_nothing_heavy_is_imported_with_a_file(path: Path) -> None:
    loaded = {module.split(".")[0] for module in imports(at_import(parse(path)))}
    assert not loaded & HEAVY, f"import {loaded & HEAVY} inside the function that needs it"


def test_the_front_doors_open_without_the_heavy_libraries() -> None:
    """The same, seen from outside: what `--help` pays for."""
    code = "import sys, ingest.__main__, assistant.__main__; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    loaded = set(done.stdout.split())
    assert "ingest.__main__" in loaded
    assert not loaded & HEAVY


def test_importing_makes_no_file(tmp_path: Path) -> None:
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import ingest.__main__, assistant.__main__"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert list(tmp_path.iterdir()) == []
