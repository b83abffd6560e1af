"""The report of a run as a page: hand-made runs, exact verdicts, hostile text, and a real browser."""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup

from assistant.answer import Turn
from eval.measures import METRICS
from eval.metrics import STAGES
from eval.report.build import GROUPS, build
from eval.report.page import report
from eval.report.pages import pages_of, pages_of_run
from eval.report.questions import why_changed
from eval.report.verdict import HEADLINES, meaning
from eval.results import Cited, EvalError, Found, Gold, Question, Result, Run, Said
from ingest.catalogue import Catalogue, DocumentEntry
from ingest.documents import Block, Description, Page
from ingest.library import Library

CHROMIUM = os.environ.get("CHROMIUM") or next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
needs_browser = pytest.mark.skipif(not CHROMIUM, reason="no Chromium: set CHROMIUM to its path")

HOSTILE = '<script>alert("x")</script> **bold** [link](http://evil.example/a) <img src=http://evil.example/b>'
ARABIC = "كم عدد العائدين؟"
LONG = "Wort" * 120
GOLD = Gold("a.pdf", 1, "45 in Rabat")


def question(number: int, text: str = "How many?", *, answerable: bool = True, **more: Any) -> Question:
    return Question(
        f"q{number}",
        text,
        kind="fact" if answerable else "absent",
        answerable=answerable,
        facts=(("45", "forty-five"), ("Rabat",)) if answerable else (),
        evidence=(GOLD,) if answerable else (),
        **more,
    )


def answered(number: int, *sentences: str, page: int = 1, passages: str = "ab", **more: Any) -> Result:
    """An answer that quotes `sentences` of one page of a.pdf."""
    said = tuple(Said(text, (Cited("a.pdf", page, str(page), text, True, text),)) for text in sentences)
    found = (Found("a.pdf", 1, "p1"), Found("a.pdf", 2, "p2"))
    receipt = {"passages": list(passages)}
    return Result(
        f"q{number}", True, "How many?", "en", found, said, seconds=0.1 * number, receipt=receipt, **more
    )


def refused(number: int, **more: Any) -> Result:
    standing = "How many?"
    return Result(f"q{number}", False, standing, "en", (), reason="They do not say.", seconds=0.1, **more)


BEFORE = Run(
    "0001", "2026-01-01T08:00:00Z", "bank.jsonl", "0" * 64, "0001", 2,
    {"sentences": 5, "embedding_key": "hunter2", "evidence": None},
    {"embedding": {"name": "e5", "hash": "abc"}}, {"write": "def"},
    (
        question(1),
        question(2, HOSTILE, note=HOSTILE),
        question(3, ARABIC, language="ar"),
        question(4, answerable=False),
        question(5, LONG, answerable=False),
        question(6),
        question(7, history=(Turn("Where?", "In Rabat."),)),
    ),
    (
        answered(1, "45 in Rabat"),
        answered(2, HOSTILE, "Only 45"),
        answered(3, "عشرة", page=2),
        refused(4),
        answered(5, LONG),
        refused(6),
        replace(answered(7, "45 of them"), standing_question="How many in Rabat?"),
    ),
    languages={"a.pdf": "en"}, kinds={"a.pdf": "evaluation"},
)  # fmt: skip
AFTER = replace(
    BEFORE,
    name="0002",
    results=(
        answered(1, "Some in Rabat", passages="ac"),  # other passages, a fact lost
        *BEFORE.results[1:5],
        refused(6, problem="The <model> is down."),
        replace(answered(7, "45 of them", "in Rabat"), standing_question="How many in Rabat?"),
    ),
)


def page_text(document: str, page: int | None) -> str:
    return f"The <b>page</b> says: 45 in Rabat, and {HOSTILE}." if (document, page) == ("a.pdf", 1) else ""


@pytest.fixture(scope="module")
def page() -> str:
    return report(AFTER, BEFORE, page_text)


def test_the_verdict_is_plain_and_exact() -> None:
    assert [(claim.label, claim.sentence) for claim in build(AFTER, BEFORE).verdict] == [
        (
            "Overall",
            "2 of 7 questions ended as they should (95 %: 8 to 64 %): with every expected fact and its page,"
            " or rightly refused.",
        ),
        ("Good", "No leading measure is shown to be good."),
        (
            "Falls short",
            "4 of 10 expected facts are in the answers (refusals counted as none) (95 %: 10 to 70 %).",
        ),
        (
            "Look first",
            "2 of the 5 questions that fell short: the answer cites an expected page, but at least one"
            " expected fact is missing from it.",
        ),
        ("Since run 0001", "No difference is shown in any of the 25 measures."),
    ]


def test_a_verdict_over_many_questions_names_what_is_good_and_what_is_worse() -> None:
    questions = tuple(question(number) for number in range(60))
    good = tuple(answered(number, "45 in Rabat") for number in range(60))
    before = replace(BEFORE, questions=questions, results=good)
    after = replace(before, name="0002", results=(*(refused(number) for number in range(20)), *good[20:]))
    claims = {claim.label: claim.sentence for claim in build(before).verdict}
    assert claims["Good"].startswith(
        "60 of 60 quotes stand word for word on their page (95 %: 94 to 100 %); "
    )
    assert claims["Falls short"] == "No leading measure is shown to fall short."
    assert claims["Look first"] == "No question fell short."
    claims = {claim.label: claim.sentence for claim in build(after, before).verdict}
    assert (
        "20 of 60 questions that the documents answer are refused (95 %: 23 to 46 %)" in claims["Falls short"]
    )
    assert "Worse: " in claims["Since run 0001"]
    assert (
        "Answerable questions refused (wrong; each sends someone away), 0 gained, 20 lost, p = 0.000"
        in (claims["Since run 0001"])
    )


def test_words_for_every_stage_and_a_place_for_every_measure() -> None:
    assert all(meaning(stage) != stage for stage in STAGES)
    names = [metric.name for metric in METRICS]
    assert sorted(name for group in GROUPS.values() for name in group) == sorted(names)
    assert set(HEADLINES) <= set(names)
    new = build(BEFORE).groups
    assert [group.title for group in new] == list(GROUPS)


def test_every_question_that_fell_short_is_there_with_its_stage(page: str) -> None:
    failures = {each.link.text: each for each in build(AFTER, BEFORE, page_text).failures}
    assert {name: each.stage for name, each in failures.items()} == {
        "q6": "error", "q3": "found, not chosen", "q1": "chosen, but cut", "q2": "chosen, but cut",
        "q5": "answered what is absent",
    }  # fmt: skip
    for name, each in failures.items():
        part = re.search(rf'<details class="question" id="{each.link.anchor}">.*?</details>', page, re.S)
        assert part, name
        assert each.meaning in unescape(part[0])
        assert f'<span class="tag bad">{each.stage}</span>' in part[0]
        assert f"#{each.link.anchor}" in page.split('id="questions"')[0]  # linked from the stages
    assert [(fact.words, fact.met) for fact in failures["q1"].facts] == [
        ("45 / forty-five", False), ("Rabat", True),
    ]  # fmt: skip
    assert "<mark>45 in Rabat</mark>" in page
    assert failures["q5"].expects_refusal
    assert failures["q6"].reply.silence == "Error: The <model> is down."


def test_a_page_without_text_is_told_from_one_not_found() -> None:
    lost = {each.stage: len(each.questions) for each in build(BEFORE, None, lambda document, page: "").lost}
    assert lost["not read"] == 5
    assert lost["not found"] == 0
    (expected,) = build(BEFORE, None, lambda document, page: "").failures[0].expected
    assert expected.remark == "The library holds no text for this page."
    assert not build(BEFORE).failures[0].expected[0].remark  # nothing is known of the pages then


def test_answers_that_changed_have_their_reason(page: str) -> None:
    comparison = build(AFTER, BEFORE, page_text).comparison
    assert comparison is not None
    assert [(each.link.text, each.effect, each.why) for each in comparison.changed] == [
        ("q1", "worse", "Retrieval: other passages were found (1 new, 1 gone)."),
        (
            "q7",
            "better",
            "Wording: the same passages were found and the same pages cited, in other sentences.",
        ),
        ("q6", "neither", "Error: it ended in an error now, and did not before."),
    ]
    assert comparison.summary.startswith(
        "3 of 7 questions are answered otherwise than in run 0001: 1 worse, 1 better, 1 without effect on"
        " facts and pages."
    )
    assert [each.differs for each in comparison.changed[1].new.sentences] == [False, True]
    assert page.count('class="said differs gone"') == 1  # "45 in Rabat" of q1
    assert 'href="#c1"' in page


SAME = "the same passages were found"


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        (answered(1, "a"), answered(1, "a"), ""),
        (refused(1), refused(1), ""),
        (answered(1, "a"), answered(1, "b", passages="ba"), f"Retrieval: {SAME}, in another order."),
        (answered(1, "a"), answered(1, "b", page=2), f"Choice: {SAME}, and other pages were cited."),
        (
            answered(1, "a"), refused(1, receipt={"passages": ["a", "b"]}),
            f"Choice: {SAME}; the question was answered before and is not now.",
        ),
        (
            refused(1, receipt={"passages": ["a", "b"]}), answered(1, "a"),
            f"Choice: {SAME}; the question was refused before and is answered now.",
        ),
        (
            answered(1, "a"), replace(answered(1, "b"), standing_question="How many men?"),
            "Question: it was searched in other words, made from the conversation before it.",
        ),
        (
            answered(1, "a"), answered(1, "a", note="Quotes alone."),
            "Wording: the same sentences, with another quote or note.",
        ),
        (refused(1, problem="Down."), answered(1, "a"), "Error: it ended in an error before."),
        (  # without a receipt, by what search found
            answered(1, "a", passages=""), replace(answered(1, "b", passages=""), found=()),
            "Retrieval: other passages were found (0 new, 2 gone).",
        ),
    ],
)  # fmt: skip
def test_why_an_answer_changed(old: Result, new: Result, why: str) -> None:
    assert why_changed(old, new) == why


def test_what_documents_and_banks_say_is_text_and_nothing_is_fetched(page: str) -> None:
    assert "<script" not in page
    assert "<img" not in page
    assert "<b>page</b>" not in page
    assert "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; **bold** [link](http://evil.example/a)" in page
    tags = BeautifulSoup(page, "html.parser").find_all(True)
    assert not any("//" in str(value) for tag in tags for value in tag.attrs.values())
    assert {tag["href"] for tag in tags if "href" in tag.attrs and tag["href"][0] != "#"} == {"data:,"}
    assert not {tag.name for tag in tags} & {"script", "img", "iframe", "object", "embed", "form", "base"}
    assert "url(" not in page
    assert "@import" not in page
    ids = re.findall(r' id="([^"]*)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]*)"', page)) <= set(ids)
    nul = replace(BEFORE, questions=(question(1, "a\x00b\ud800c"), *BEFORE.questions[1:]),
                  results=(refused(1), *BEFORE.results[1:]))  # fmt: skip
    assert "a\ufffdb\ufffdc" in report(nul).encode("utf-8").decode("utf-8")


def test_how_to_repeat_it_keeps_secrets(page: str) -> None:
    assert "python -m eval run bank.jsonl" in page
    assert BEFORE.bank_hash in page
    assert "hunter2" not in page
    assert "set, and not shown" in page
    assert all(metric.label in unescape(page) for metric in METRICS)
    assert "7 questions can show a difference of 86 % or more." in page


def test_runs_of_two_banks_are_not_compared() -> None:
    with pytest.raises(EvalError, match="only runs of one bank"):
        report(AFTER, replace(BEFORE, bank_hash="1" * 64))


def test_an_empty_run_and_one_without_faults_have_a_page() -> None:
    assert "nothing to time" in report(replace(BEFORE, questions=(), results=()))
    fine = replace(BEFORE, questions=BEFORE.questions[:1], results=BEFORE.results[:1])
    assert "None." in report(fine)


def test_pages_of_a_library_by_file_name(tmp_path: Path) -> None:
    catalogue = Catalogue(tmp_path / "catalogue.sqlite", write=True)
    page = Page(1, "i", (Block("paragraph", "45 in Rabat"),))
    catalogue.add(DocumentEntry("sha", "a.pdf", "pdf", Description("A"), 1, 0), [page], [])
    catalogue.commit()
    text = pages_of(catalogue)
    assert (text("a.pdf", 1), text("a.pdf", 2), text("b.pdf", 1)) == ("45 in Rabat", "", "")
    catalogue.close()


@pytest.mark.browser
@needs_browser
@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_in_a_browser(page: str, tmp_path: Path, width: int) -> None:
    from playwright.sync_api import sync_playwright

    file = tmp_path / "report.html"
    file.write_text(page, encoding="utf-8")
    faults: list[str] = []
    requests: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        tab = browser.new_page(viewport={"width": width, "height": 900})
        tab.on("console", lambda message: faults.append(message.text))
        tab.on("pageerror", lambda error: faults.append(str(error)))
        tab.on("request", lambda request: requests.append(request.url))
        tab.goto(file.as_uri())
        tab.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        assert tab.evaluate("document.documentElement.scrollWidth") <= width
        assert (
            tab.get_by_text(ARABIC).first.evaluate("each => getComputedStyle(each).unicodeBidi")
            == "plaintext"
        )
        tab.evaluate("document.querySelectorAll('details').forEach(each => each.open = false)")
        hidden = tab.locator("#questions .side").first
        assert not hidden.is_visible()
        tab.emulate_media(media="print")
        assert hidden.evaluate("each => each.getBoundingClientRect().height") > 0  # paper opens every part
        browser.close()
    assert faults == []
    assert [url for url in requests if not url.startswith(("file:", "data:"))] == []


def test_pages_are_those_of_the_run_s_generation(library: Path) -> None:
    """A later generation may have other pages under the same file name."""
    store = Library(library)
    run = Run("0001", "", "b", "", store.generations()[0], 0, {}, {}, {}, (), ())
    with pages_of_run(store, run) as pages:
        assert pages is not None
        assert "diaspora" in pages("evaluation-report-valoria-diaspora-programme.pdf", 1).casefold()
    with pages_of_run(store, replace(run, generation="9999")) as pages:
        assert pages is None
