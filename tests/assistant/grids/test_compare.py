"""One question to several countries, documents and periods; who has experience."""

from __future__ import annotations

import threading

import pytest

from assistant.answer import AssistantError, Filters
from assistant.chat import Assistant
from assistant.grids.compare import compare, experience, periods, sides_of, topic_of
from assistant.grids.export import of_comparison, of_experience
from assistant.web import grid_results
from assistant.web.words import say

V, M = "cooperation-framework-valoria-2023-2027.pdf", "cooperation-framework-maruvia-2022-2026.pdf"
COST = "How much does it cost to send money home?"


def test_sides_are_told_by_what_there_are_several_of() -> None:
    found = sides_of(Filters(countries=("SEN", "MLI"), kinds=("evaluation",)))
    assert [label for label, _ in found] == ["Senegal", "Mali"]
    assert found[0][1] == Filters(countries=("SEN",), kinds=("evaluation",))
    with pytest.raises(AssistantError, match="two sides at least"):
        sides_of(Filters(countries=("SEN",)))
    with pytest.raises(AssistantError, match="compare by one of countries, documents"):
        sides_of(Filters(countries=("SEN", "MLI"), documents=("a.pdf", "b.pdf")))
    crossed = Filters(countries=("SEN", "MLI"), documents=("a.pdf", "b.pdf"))
    by = sides_of(crossed, "documents")
    assert by[0] == ("a.pdf", Filters(countries=("SEN", "MLI"), documents=("a.pdf",)))
    both = periods(Filters(), [(2015, 2019), (2020, 2024)])
    assert [label for label, _ in both] == ["2015–2019", "2020–2024"]
    with pytest.raises(AssistantError, match="needs two at least"):
        periods(Filters(), [(2015, 2019)])


def test_two_frameworks_side_by_side(assistant: Assistant) -> None:
    made = compare(assistant, COST, sides_of(Filters(documents=(V, M))))
    assert [side.state for side in made.sides] == ["found", "found"]
    texts = ["\n".join(each.sentence.text for each in side.said) for side in made.sides]
    assert "8.6" in texts[0]
    assert "9.4" in texts[1]
    assert made.silent == ()
    assert all(len(side.cells) == 1 for side in made.sides)
    for side in made.sides:  # what a side says alone stands before what others say too
        shared = [bool(each.shared) for each in side.said]
        assert shared == sorted(shared)


def test_a_side_that_is_silent_is_named(assistant: Assistant) -> None:
    made = compare(assistant, "How many nurses leave the country?", sides_of(Filters(documents=(M, V))))
    assert made.sides[0].state == "found"
    assert [side.label for side in made.silent] in ([V], [])
    with pytest.raises(AssistantError, match=r"no document of absent\.pdf"):
        compare(assistant, COST, sides_of(Filters(documents=(V, "absent.pdf"))))
    with pytest.raises(AssistantError, match="two sides at least"):
        compare(assistant, COST, [("one", Filters())])


def test_a_stopped_comparison_calls_nobody_silent(assistant: Assistant) -> None:
    stop = threading.Event()
    stop.set()
    question = "Who keeps the register of boats that were lost?"
    made = compare(assistant, question, sides_of(Filters(documents=(M, V))), stop=stop)
    assert (made.unasked, made.silent) == (2, ())
    said = say("en", "grid.stopped_sides")
    assert said in grid_results.of_comparison(made, "t", "en")
    assert said in dict(of_comparison(made).facts).values()
    assert experience(assistant, question, stop=stop) == ()
    assert said in grid_results.of_experience(question, (), "t", "en", stopped=True)
    assert said in dict(of_experience(question, (), "0001", stopped=True).facts).values()
    assert said not in grid_results.of_experience(question, (), "t", "en", stopped=False)


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("Who has experience with diaspora bonds?", "diaspora bonds"),
        ("Which countries have experience in fair recruitment?", "fair recruitment"),
        ("Qui a l'expérience de guichets d’épargne ?", "guichets d’épargne"),
        ("¿Quién tiene experiencia con bonos?", "bonos"),
        ("What is a diaspora bond?", "What is a diaspora bond?"),
    ],
)
def test_topics(question: str, topic: str) -> None:
    assert topic_of(question) == topic


def test_who_has_experience_is_told_with_evidence(assistant: Assistant) -> None:
    found = experience(assistant, "Who has experience with matching grants for firms of the diaspora?")
    assert found
    names = {cell.source.name for each in found for cell in each.cells}
    assert any("valoria-diaspora-programme" in name for name in names)
    assert all(cell.state == "found" and cell.sentences for each in found for cell in each.cells)
    weights = [sum(cell.chance for cell in each.cells) for each in found]
    assert all(weight > 0 for weight in weights)
