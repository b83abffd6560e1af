"""Answers and refusals come back from their JSON exactly; what is newer or damaged is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from assistant.answer import (
    Answer,
    AssistantError,
    Citation,
    Filters,
    Hit,
    Receipt,
    Refusal,
    Sentence,
    Source,
)
from assistant.chat import Assistant
from assistant.kept_json import exchange_from_json, exchange_to_json, from_json, to_json
from assistant.web.conversation import Exchange
from eval.bank import load_bank
from ingest.documents import Passage

BANK = Path(__file__).parents[2] / "eval" / "banks"
WORDS = (
    "",
    "plain",
    "Überprüfung – naïve",
    "تقييم",
    "评估",
    "оценка",
    "line\nbreak",
    '"</script>',
    "\ud83d",
    "\x00",
)


def some_answer(random: Random) -> Answer | Refusal:
    """Any answer that the types allow, with every field in use now and then."""

    def word() -> str:
        return random.choice(WORDS)

    def number() -> int | None:
        return random.choice((None, random.randint(0, 999)))

    def words() -> tuple[str, ...]:
        return tuple(word() for _ in range(random.randint(0, 3)))

    sources = [
        Source(
            f"{n:064x}", word(), word(), word(), words(), words(),
            random.choice((None, (2019, 2021))), number(), word(), word(), word(), word(),
        )
        for n in range(2)
    ]  # fmt: skip
    hits = []
    for n in range(3):
        source = random.choice(sources)
        passage = Passage(
            source.document, n, number(), word(), words(), word(), random.randint(0, 9), 10,
            random.choice(("text", "row", "footnote")), word(), random.choice((None, random.random())),
        )  # fmt: skip
        hits.append(
            Hit(passage, source, random.random(), number(), number(), random.choice((None, 0.1 + 0.2)))
        )
    filters = Filters(
        words(), words(), words(), words(), number(), number(), words(), random.choice((None, True))
    )
    receipt = Receipt(
        word(), {"a": {"name": word()}}, {"b": word()}, filters, words(), 3, {"t": 1e-17}, {"s": [1]}
    )
    if random.random() < 0.3:
        return Refusal(word(), "en", word(), tuple(hits[: random.randint(0, 3)]), receipt)
    sentences = tuple(
        Sentence(f"x{word()}", tuple(Citation(random.choice(hits), word()) for _ in range(2)), word())
        for _ in range(random.randint(1, 4))
    )
    return Answer(word(), word(), sentences, receipt, random.choice(("quoting", "writing")), word())


def test_whatever_the_types_allow_comes_back() -> None:
    chance = Random(5)
    for _ in range(300):
        result = some_answer(chance)
        text = to_json(result)
        assert from_json(text) == result
        assert text.isascii()
        assert to_json(from_json(text)) == text


def test_real_answers_and_refusals_come_back(assistant: Assistant) -> None:
    questions = [each.question for each in load_bank(next(BANK.glob("*.jsonl")))]
    questions = [*questions[::4], "What is the price of tea on the moon of Endor?"]
    results = [assistant.ask(question) for question in questions]
    assert {type(each) for each in results} == {Answer, Refusal}
    for result in results:
        back = from_json(to_json(result))
        assert back == result
        if isinstance(back, Answer) and isinstance(result, Answer):
            assert (back.text, back.caution) == (result.text, result.caution)


def test_an_exchange_comes_back_without_its_html() -> None:
    chance = Random(6)
    results = [some_answer(chance) for _ in range(40)]
    quoted = next(each for each in results if isinstance(each, Answer))
    for result in results:
        exchange = Exchange("q\ud83d", "Mali", 5, True, "standing", quoted, result=result, html="<p>")
        assert exchange_from_json(exchange_to_json(exchange)) == replace(exchange, html="")
    asked = Exchange("q", problem="stopped")
    assert exchange_from_json(exchange_to_json(asked)) == asked


def test_older_and_later_versions() -> None:
    """A field that came later has its usual value, one that is gone is passed over; newer is refused."""
    result = next(each for each in map(some_answer, map(Random, range(9))) if isinstance(each, Answer))
    data = json.loads(to_json(result))
    assert data["version"] == 1
    for source in data["sources"]:
        source.pop("twin", None)
        source["colour"] = "blue"
    data["receipt"].pop("settings")
    back = from_json(json.dumps(data))
    assert isinstance(back, Answer)
    assert back.receipt.settings == {}
    assert back.text == result.text
    data["version"] = 2
    with pytest.raises(AssistantError, match="newer version"):
        from_json(json.dumps(data))


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"version": 1}', '{"version": 1, "sentences": []}'])
def test_what_is_damaged_is_a_sentence(text: str) -> None:
    with pytest.raises(AssistantError, match="damaged"):
        from_json(text)
    with pytest.raises(AssistantError, match="damaged"):
        exchange_from_json(text)
