"""Training of the evidence model: sets read as examples, a few steps learnt, the file that is exported."""

from __future__ import annotations

import gzip
import json
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant.evidence import EvidenceReader
from eval.results import EvalError
from eval.training.examples import Example, read_examples, sentences_of, shared_terms, untokenised
from ingest.e5 import bundled_model

TEXT = "The wells were repaired in 2021 by the team of Aster. Norway paid 3 million for it. It rained a lot."


def write(folder: Path, name: str, rows: list[dict[str, Any]]) -> None:
    with gzip.open(folder / f"{name}.jsonl.gz", "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)


def spanned(question: str, answer: str, text: str = TEXT, **more: Any) -> dict[str, Any]:
    return {
        "q": question,
        "t": text,
        "y": 1,
        "a": answer,
        "s": text.index(answer),
        "g": "Wells",
        "lang": "en",
        **more,
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rows = [
        spanned(f"Who paid {n} for the wells in 2021?", "Norway", TEXT + f" Area {n} is dry.")
        for n in range(40)
    ]
    silent = {"q": "Who drilled?", "t": TEXT, "y": 0, "g": "Wells", "lang": "en"}
    write(tmp_path, "squad2_train_piece", [*rows, silent])
    write(
        tmp_path,
        "selqa",
        [
            {"q": "who paid ?", "t": "Wells are deep .", "y": 0, "g": "selqa:1", "lang": "en"},
            {"q": "who paid ?", "t": "Norway paid ( twice ) .", "y": 1, "g": "selqa:1", "lang": "en"},
        ],
    )
    return tmp_path


def test_spans_and_sentences_become_examples(folder: Path) -> None:
    found = read_examples(folder, ["squad2_train_piece", "selqa"])
    answered = [example for example in found if example.answers]
    assert {example.passage[a:b] for example in answered for a, b in example.answers} == {
        "Norway",
        "Norway paid (twice).",
    }
    assert sum(example.source == "selqa" and bool(example.answers) for example in found) == 1


def test_examples_without_an_answer_are_made(folder: Path) -> None:
    found = read_examples(folder, ["squad2_train_piece"])
    silent = [example for example in found if not example.answerable]
    assert any("Norway" not in example.passage for example in silent)  # the answer's sentence taken out
    assert any(
        "2021" not in example.question and "Norway" in example.passage for example in silent
    )  # altered
    assert any(example.question == "Who drilled?" for example in silent)


def test_a_missing_set_is_named(folder: Path) -> None:
    with pytest.raises(EvalError, match="boolq_dev"):
        read_examples(folder, ["boolq_dev"])


def test_a_long_passage_is_cut_around_its_answer(tmp_path: Path) -> None:
    text = "It rained again. " * 120 + "Norway paid for all of it. " + "It was dry again. " * 120
    write(tmp_path, "covid_qa", [spanned("Who paid?", "Norway", text)])
    example = next(each for each in read_examples(tmp_path, ["covid_qa"]) if each.answers)
    assert len(example.passage) < len(text) / 2
    ((begin, end),) = example.answers
    assert example.passage[begin:end] == "Norway"
    assert len(sentences_of(example)) > 5


def test_passages_that_share_terms_come_first() -> None:
    own = [Example("s", str(n), "?", text) for n, text in enumerate(("dry sand", "deep wells", "red barns"))]
    assert shared_terms(own)(Example("s", "9", "How deep are wells?", ""))[0].passage == "deep wells"


def test_tokenised_text_is_written_as_people_do() -> None:
    assert untokenised("`` It 's 5 % , he said ( twice ) . ''") == '"It\'s 5%, he said (twice)."'


def test_a_few_steps_are_learnt_and_exported(tmp_path: Path, models_dir: Path) -> None:
    pytest.importorskip("onnx", reason="exporting needs the extra 'train'")
    from eval.training.model import EvidenceModel, export
    from eval.training.train import batches, encode, loss, train

    examples = [
        Example("s", "1", "Who paid?", TEXT, "Wells", ((TEXT.index("Norway"), TEXT.index("Norway") + 6),)),
        Example("s", "2", "Who drilled the holes?", TEXT),
        Example("s", "3", "Were wells repaired?", TEXT, whole=True),
    ] * 4
    model = EvidenceModel(bundled_model(models_dir))
    encoded = [encode(model, example) for example in examples]
    ids, right = encoded[0]
    assert right.sum() == 1
    assert not right[0]
    assert encoded[1][1].tolist() == [True] + [False] * (len(encoded[1][0]) - 1)
    assert sum(map(len, batches(encoded, random.Random(1)))) == len(encoded)
    before = loss(model, encoded).item()
    train(model, examples, epochs=25, save=tmp_path / "w.safetensors")
    assert loss(model, encoded).item() < before / 2

    logits, allowed = model([ids])
    learnt = loss(model, encoded).item()
    export(model, tmp_path / "e.onnx", [text for text, _ in encoded])
    reader = EvidenceReader(bundled_model(models_dir), tmp_path / "e.onnx")
    (reading,) = reader.read("Who paid?", [("Wells", TEXT)])
    exact = (logits[0] - logits[0, 0])[allowed[0]][-len(reading.scores) :].detach().numpy()
    assert np.abs(reading.scores - exact).max() < 0.5

    again = EvidenceModel(bundled_model(models_dir))
    again.load(tmp_path / "w.safetensors")
    assert loss(again, encoded).item() == pytest.approx(learnt, rel=1e-3)
