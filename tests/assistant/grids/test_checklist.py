"""Guiding questions put to drafts: what three sample frameworks leave out is known, as we wrote them."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from assistant.answer import AssistantError
from assistant.chat import Assistant
from assistant.grids.checklist import VERDICTS, Checklist, checklist, open_checklist
from assistant.grids.export import of_checklist, verdict_word
from assistant.grids.guiding import Item, read_questions
from assistant.web import grid_results
from assistant.web.grid_html import key
from tests.conftest import SAMPLES

QUESTIONS = SAMPLES.parents[1] / "banks" / "sample-checklist.md"
GOLD_FILE = Path(__file__).parents[2] / "benchmarks" / "checklist_gold.jsonl"
DRAFTS = (
    "cooperation-framework-valoria",
    "cooperation-framework-maruvia",
    "plan-cadre-cooperation-tambarie",
)


def gold(bank: str) -> list[tuple[str, str]]:
    """Each question of a bank, and whether it is answered (A), partly (P) or left out (M) by each draft."""
    rows = map(json.loads, GOLD_FILE.read_text(encoding="utf-8").splitlines())
    return [(row["question"], row["gold"]) for row in rows if row["bank"] == bank]


GOLD = [states for _, states in gold("sample")]


def draft(name: str) -> Path:
    return next(SAMPLES.glob(f"{name}*.pdf"))


@pytest.fixture(scope="module")
def done(assistant: Assistant) -> list[Checklist]:
    items = read_questions(QUESTIONS)
    assert [item.question for item in items] == [question for question, _ in gold("sample")]
    return [checklist(assistant, items, draft(name), examples=name == DRAFTS[0]) for name in DRAFTS]


def test_what_is_left_out_is_told_from_what_is_answered(done: list[Checklist]) -> None:
    counts: Counter[tuple[str, str]] = Counter()
    for column, made in enumerate(done):
        for row, each in enumerate(made.checked):
            counts[GOLD[row][column], each.verdict] += 1
    assert sum(counts.values()) == 3 * len(GOLD) == 42
    # Measured: of 18 left out 17 are told as missing and one as partly; of 22 answered ones 22 as answered.
    assert counts["A", "missing"] == counts["M", "answered"] == 0
    assert counts["A", "answered"] >= 21
    assert counts["M", "missing"] >= 16


def test_other_questions_are_told_apart_less_well(assistant: Assistant) -> None:
    counts: Counter[tuple[str, str]] = Counter()
    asked = gold("other")
    for column, name in enumerate(DRAFTS):
        made = checklist(assistant, [Item(question) for question, _ in asked], draft(name), examples=False)
        for (_, states), each in zip(asked, made.checked, strict=True):
            counts[states[column], each.verdict] += 1
    assert sum(counts.values()) == 3 * len(asked) == 84
    # The weights of assistant/grids/strict.py were fitted on these.
    # Measured: of 50 left out 42 are told as missing, 6 as partly, 2 as answered (before there were these
    # rules 33, 9, 8); of 26 answered ones 3 as missing, 5 as partly, 18 as answered (2, 3, 21).
    assert counts["M", "answered"] <= 2
    assert counts["M", "missing"] >= 41
    assert counts["A", "missing"] <= 3
    assert counts["A", "answered"] >= 17


def test_the_screen_and_the_file_say_what_is_counted(done: list[Checklist]) -> None:
    for made in done:
        counts = made.counts()
        file = Counter(entry.cells[3] for entry in of_checklist(made).entries())
        assert file == +Counter({verdict_word(state, "en"): counts[word] for state, word in VERDICTS.items()})
        assert sum(file.values()) == len(GOLD)
        page = grid_results.of_checklist(made, "t", "en")
        shown = Counter(re.findall(r'class="g-item s-([a-z_-]+)"', page))
        assert shown == +Counter({key(state): counts[word] for state, word in VERDICTS.items()})


def test_an_answer_leads_to_its_page(done: list[Checklist]) -> None:
    valoria = done[0]
    refugees = valoria.checked[0]
    assert refugees.verdict == "answered"
    assert "9,300 refugees from Belzora" in refugees.cell.text
    assert refugees.cell.places[0] == 4
    assert valoria.pages == 7
    assert valoria.counts()["answered"] + valoria.counts()["missing"] + valoria.counts()["partly"] == 14


def test_examples_are_other_frameworks(done: list[Checklist]) -> None:
    examples = [each.example for each in done[0].checked if each.example]
    assert examples
    assert {example.source.kind for example in examples} == {"framework"}
    assert done[0].draft.document not in {example.source.document for example in examples}
    assert done[0].generation
    assert not [each for each in done[1].checked if each.example]


def test_a_draft_leaves_nothing_behind(assistant: Assistant, tmp_path: Path) -> None:
    library = assistant.settings.library
    before = sorted(path.name for path in library.iterdir())
    path = tmp_path / "draft.md"
    path.write_text("# Draft plan\n\nThe plan relocates three communities; each resident has to consent.\n")
    items = [Item("Which communities are relocated, and who has to consent?"), Item("Who pays for it all?")]
    with open_checklist(assistant, items, path, name="our draft.md") as work:
        made = [each.verdict for each in work.compute()]
        assert work.result().draft.name == "our draft.md"
        scratch = work.draft.catalogue.path
        assert scratch.is_file()
    assert made[0] == "answered"
    assert not scratch.exists()
    assert sorted(path.name for path in library.iterdir()) == before
    assert "our draft.md" not in {source.name for source in assistant.sources()}


def test_a_draft_that_cannot_be_read_is_said_so(assistant: Assistant, tmp_path: Path) -> None:
    items = [Item("Who pays for it all?")]
    with pytest.raises(AssistantError, match=r"absent\.pdf cannot be read"):
        checklist(assistant, items, tmp_path / "absent.pdf")
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7 and nothing else")
    with pytest.raises(AssistantError, match=r"^broken\.pdf: "):
        checklist(assistant, items, tmp_path / "broken.pdf")
