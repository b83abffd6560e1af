"""What one result is worth: citations, facts, numbers, refusals, and the stage that lost it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from eval.half_refusals import half_refuses
from eval.metrics import STAGES, score, score_run
from eval.results import Cited, EvalError, Found, Gold, Place, Question, Result, Run, Said

QUESTION = Question(
    "q1",
    "How many returned, and with whom?",
    facts=(("1,200",), ("Caritas", "Caritas Italiana")),
    evidence=(
        Gold("a.pdf", 3, "some 1,200 people returned"),
        Gold("a.pdf", 7, "1 200 people returned with Caritas"),
        Gold("b.pdf", 2, "in all 1,200"),
    ),
)


def cited(page: int | None, quote: str = "", *, document: str = "a.pdf", verbatim: bool = True) -> Cited:
    return Cited(document, page, str(page), quote, verbatim, passage=quote)


def answer(*sentences: Said, found: tuple[Place, ...] = (("a.pdf", 3),)) -> Result:
    hits = tuple(Found(name, page, f"{name}-{page}") for name, page in found)
    return Result("q1", True, QUESTION.question, "en", hits, sentences, seconds=0.5)


GOOD = answer(
    Said("Some 1,200 people returned.", (cited(3, "Some 1,200 people returned"),)),
    Said("They did with Caritas.", (cited(7, "1 200 people returned with Caritas"), cited(9, "elsewhere"))),
)
REFUSED = Result("q1", False, QUESTION.question, "en", (Found("a.pdf", 3, "p"),), reason="nothing")
ABSENT = replace(QUESTION, answerable=False, facts=())


def test_a_good_answer() -> None:
    scores = score(QUESTION, GOOD)
    assert scores.hit1 is True
    assert scores.page_rank == 1
    assert scores.cites_gold is True
    assert scores.page_precision == pytest.approx(2 / 3)  # pages 3, 7, and not 9
    assert scores.page_recall == 1
    assert (scores.quotes, scores.verbatim, scores.sentences, scores.uncited) == (3, 3, 2, 0)
    assert (scores.facts, scores.facts_met) == (2, 2)
    assert scores.numbers_supported is True
    assert scores.words == 8
    assert scores.language_match is True
    assert (scores.refused, scores.half_refusal, scores.problem, scores.stage) == (False, False, "", "")
    assert scores.seconds == 0.5


def test_page_recall_takes_any_page_of_each_fact() -> None:
    # b.pdf 2 holds "1,200" but not "Caritas"
    result = answer(Said("1,200.", (cited(2, "in all 1,200", document="b.pdf"),)))
    scores = score(QUESTION, result)
    assert (scores.page_recall, scores.page_precision, scores.facts_met) == (0.5, 1, 1)
    # A fact that no gold quote holds may be cited from any gold page
    elsewhere = replace(QUESTION, facts=(("Rabat",),))
    assert score(elsewhere, result).page_recall == 1
    assert score(replace(QUESTION, facts=()), result).page_recall == 1


def test_a_wrong_page_a_fabricated_quote_and_a_bare_sentence() -> None:
    scores = score(QUESTION, answer(Said("1,200.", (cited(4, "1,200", verbatim=False),)), Said("Yes.", ())))
    assert scores.cites_gold is False
    assert (scores.page_precision, scores.page_recall) == (0, 0)
    assert (scores.quotes, scores.verbatim, scores.sentences, scores.uncited) == (1, 0, 2, 1)


def test_numbers_must_stand_in_what_their_own_sentence_cites() -> None:
    one, two = cited(3, "in 2021, 1 200 people"), cited(7, "45 centres")
    assert score(QUESTION, answer(Said("1.2 thousand", (one,)))).numbers_supported is True
    assert (
        score(QUESTION, answer(Said("45 people", (one,)), Said("Centres", (two,)))).numbers_supported is False
    )
    assert score(QUESTION, answer(Said("Nothing to count", (one,)))).numbers_supported is None
    assert score(QUESTION, answer(Said("45", ()))).numbers_supported is False
    in_passage = replace(one, passage="of whom 45 were women")
    assert score(QUESTION, answer(Said("45 women", (in_passage,)))).numbers_supported is True


def test_a_refusal_meets_no_fact_and_has_no_answer_to_judge() -> None:
    scores = score(QUESTION, REFUSED)
    assert (scores.facts, scores.facts_met, scores.refused) == (2, 0, True)
    judged = (scores.cites_gold, scores.page_precision, scores.page_recall, scores.words, scores.half_refusal)
    assert judged == (None,) * 5
    assert scores.hit1 is True


def test_an_absent_question_has_no_gold() -> None:
    scores = score(ABSENT, GOOD)
    assert (scores.retrieval, scores.hit1, scores.cites_gold, scores.facts) == (None, None, None, 0)
    assert (scores.page_rank, scores.wrong_page, scores.ndcg10) == (None, None, None)
    assert scores.quotes == 3


def test_language() -> None:
    assert score(QUESTION, replace(GOOD, language="fr")).language_match is False
    assert score(QUESTION, replace(REFUSED, problem="The library is gone.")).language_match is None


@pytest.mark.parametrize(
    ("question", "result", "stage"),
    [
        (QUESTION, GOOD, ""),
        (QUESTION, replace(GOOD, found=()), "not found"),
        (QUESTION, replace(REFUSED, found=()), "not found"),
        (QUESTION, REFUSED, "refused"),
        (QUESTION, answer(Said("1,200 with Caritas", (cited(4),))), "found, not chosen"),
        (QUESTION, answer(Said("1,200", (cited(3),))), "chosen, but cut"),
        (QUESTION, replace(REFUSED, problem="The model is down."), "error"),
        (replace(QUESTION, evidence=()), answer(Said("1,200", (cited(4),))), "fact missing"),
        (replace(QUESTION, evidence=()), GOOD, ""),
        (replace(QUESTION, evidence=()), REFUSED, "refused"),
        (ABSENT, GOOD, "answered what is absent"),
        (ABSENT, REFUSED, ""),
        (ABSENT, replace(REFUSED, problem="The model is down."), "error"),
    ],
)
def test_stages(question: Question, result: Result, stage: str) -> None:
    assert score(question, result).stage == stage
    assert stage in ("", *STAGES)


def test_a_page_that_could_not_be_read() -> None:
    assert score(QUESTION, GOOD, readable={("a.pdf", 1)}).stage == "not read"
    assert score(QUESTION, GOOD, readable={("a.pdf", 3)}).stage == ""


@pytest.mark.parametrize(
    "text",
    [
        "I cannot say, but two centres opened.",
        "The documents don't clearly mention a budget, but list costs.",
        "There is not enough information on that, though 45 took part.",
        "The budget is not stated in the provided documents.",
        "Les documents ne le disent pas, mais deux centres ont ouvert.",
        "Je ne peux pas répondre ; toutefois, 45 personnes ont participé.",
        "Los documentos no lo dicen, pero se abrieron dos centros.",
        "No es posible determinar el presupuesto, aunque hay costos.",
        "В документах не указан бюджет, но открыто два центра.",
        "Невозможно ответить, однако центры открыты.",
        "لا تذكر الوثائق الميزانية، لكن فتح مركزان.",
        "لا يمكن تحديد الميزانية.",
        "文件没有说明预算，但开设了两个中心。",
        "无法回答预算，但有费用。",
    ],
)
def test_half_refusals(text: str) -> None:
    assert half_refuses(Said(text, (cited(3, "Two centres opened."),)))
    assert score(QUESTION, answer(Said(text, (cited(3),)))).half_refusal is True


@pytest.mark.parametrize(
    "text",
    [
        "Two centres opened.",
        "They cannot return without papers.",
        "Deux centres ont ouvert, mais ils ne fonctionnent pas.",
        "No se abrieron centros.",
        "Центры не открыты.",
        "لم يفتح المركزان.",
        "两个中心没有开放。",
    ],
)
def test_no_half_refusals(text: str) -> None:
    assert not half_refuses(Said(text, ()))


def test_what_the_document_itself_says_is_no_half_refusal() -> None:
    text = "The report does not provide a budget."
    assert half_refuses(Said(text, (cited(3, "no budget was found"),)))
    assert not half_refuses(Said(text, (cited(3, f"Gaps. {text} It lists costs."),)))


def test_for_a_partial_question_saying_so_is_right() -> None:
    result = answer(Said("The documents do not say.", (cited(3),)))
    assert score(replace(QUESTION, kind="partial"), result).half_refusal is None


def test_a_run_whose_results_are_of_other_questions() -> None:
    run = Run("0001", "2026-01-01T00:00:00Z", "b", "h", "0001", 2, {}, {}, {}, (QUESTION,), (GOOD,))
    assert [each.id for each in score_run(run)] == ["q1"]
    with pytest.raises(EvalError, match="run 0001"):
        score_run(replace(run, results=()))
    with pytest.raises(EvalError, match="run 0001"):
        score_run(replace(run, results=(replace(GOOD, id="q2"),)))
