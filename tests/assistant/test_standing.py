"""Follow-ups: what leans on the conversation is made to stand alone, what stands is left as typed."""

from __future__ import annotations

import threading

import pytest
from langchain_core.language_models import FakeListChatModel

from assistant.answer import Turn
from assistant.standing import is_follow_up, standing_question
from tests.assistant.test_writing import Slow

HELPED = "How did Senegal help farmers?"


def _after(question: str, *earlier: str) -> str:
    return standing_question(question, [Turn(each) for each in earlier]).text


@pytest.mark.parametrize(
    ("earlier", "question", "standing"),
    [
        (HELPED, "And in Niger?", "How did Niger help farmers?"),
        (HELPED, "and for Mali and Chad?", "How did Mali and Chad help farmers?"),
        (HELPED, "What about Niger?", "How did Niger help farmers?"),
        ("Who farms in Mali?", "And on the Niger side?", "Who farms in the Niger?"),
        ("Quels projets au Sénégal ?", "Et en Mauritanie ?", "Quels projets en Mauritanie ?"),
        ("¿Cuál es la meta de Chile?", "¿Y en Perú?", "¿Cuál es la meta de Perú?"),
        ("Кто помогает в Сенегале?", "А в Нигере?", "Кто помогает в Нигере?"),
        ("من يساعد في السنغال؟", "وفي النيجر؟", "من يساعد في النيجر؟"),
        ("塞内加尔如何帮助农民？", "那尼日尔呢？", "尼日尔如何帮助农民？"),
        ("How many farms had Mali in 2019?", "And in 2021?", "How many farms had Mali in 2021?"),
        ("How many farms had Mali in 2019?", "And Chad in 2021?", "How many farms had Chad in 2021?"),
    ],
)
def test_like_takes_the_place_of_like(earlier: str, question: str, standing: str) -> None:
    assert _after(question, earlier) == standing


@pytest.mark.parametrize(
    "question",
    [
        "Who funded it?",
        "Why?",
        "And women?",
        "How long did they stay there?",
        "What was the budget of this programme?",
        "and if the lower threshold is used instead?",
        "Qui a financé ce projet ?",
        "Combien ont-ils reçu ?",
        "¿Quién financió ese proyecto?",
        "Кто его финансировал?",
        "من مول هذا المشروع؟",
        "它的预算是多少？",
        "And in Niger and Peru, who paid for the seeds?",
    ],
)
def test_what_points_back_is_joined_to_the_earlier_question(question: str) -> None:
    assert _after(question, HELPED) == f"{HELPED} — {question}"


@pytest.mark.parametrize(
    "question",
    [
        "What is the UNSDCF?",
        "Which lessons were learned from the reintegration of minors in Ethiopia?",
        "Is there a gender strategy in the Paraguay country programme?",
        "Il y a combien de projets de semences au Sénégal ?",
        "¿Cuáles son las metas de Chile para 2030?",
        "Какие цели у программы в Казахстане?",
        "ما هي أهداف برنامج المناخ في المغرب؟",
        "智利2030年的目标是什么？",
    ],
)
def test_a_question_that_stands_is_left_as_typed(question: str) -> None:
    standing = standing_question(question, [Turn(HELPED)])
    assert standing.text == question
    assert standing.as_typed


def test_without_history_nothing_changes() -> None:
    assert standing_question("And in Niger?", []).as_typed


def test_several_turns_fold_from_the_first() -> None:
    assert _after("And in Mali?", HELPED, "And in Niger?") == "How did Mali help farmers?"
    assert _after("Who paid?", HELPED, "And in Niger?") == "How did Niger help farmers? — Who paid?"
    assert _after("How much?", HELPED, "Who funded it?").endswith("— Who funded it? — How much?")
    assert (
        _after("And in Chad?", HELPED, "What is Mali's target for 2030?") == "What is Chad's target for 2030?"
    )


def test_a_long_conversation_does_not_pile_up() -> None:
    text = _after("Why?", HELPED, "Who funded it?", "How much?", "For whom?")
    assert text == f"{HELPED} — For whom? — Why?"


def _with_model(reply: str, question: str = "And in Niger?", language: str = "en") -> str:
    model = FakeListChatModel(responses=[reply])
    return standing_question(question, [Turn(HELPED, "With seeds.")], model=model, language=language).text


def test_a_models_version_is_used() -> None:
    assert _with_model("In Niger, how were farmers helped?") == "In Niger, how were farmers helped?"


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "How were farmers helped?",  # drops the new name
        "How did Niger help farmers in 2019?",  # a number from nowhere
        "How did Niger and the WFP help farmers?",  # a name from nowhere
        "How did Niger help farmers? " + "Farmers were helped. " * 30,  # no question any more
        "Comment le Niger a-t-il aidé les agriculteurs ?",  # another language
    ],
)
def test_a_models_version_that_changes_the_question_is_refused(reply: str) -> None:
    assert _with_model(reply) == "How did Niger help farmers?"


def test_a_slow_model_is_not_waited_for() -> None:
    model = Slow(release=threading.Event(), ended=threading.Event())
    standing = standing_question("And in Niger?", [Turn(HELPED)], model=model, timeout=0.05)
    assert standing.text == "How did Niger help farmers?"
    model.release.set()


def test_a_model_is_not_asked_about_a_question_that_stands() -> None:
    assert _with_model("Something else in Niger?", "What is the UNSDCF?") == "What is the UNSDCF?"


def test_short_and_bare_questions_are_follow_ups() -> None:
    assert is_follow_up("Mali?")
    assert is_follow_up("Which donors?")
    assert not is_follow_up("What is IOM?")
