"""The Grid screen without a browser: what it offers, plans, works out, shows, hands out, and to whom."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from assistant.answer import AssistantError
from assistant.chat import Assistant
from assistant.web.grid_asked import Asked, plan, typed
from assistant.web.grid_screen import grid, link
from assistant.web.grid_work import KEPT, Work, Works
from assistant.web.words import Said, say
from tests.assistant.web.grid_client import NASTY, Client, client_of

QUESTIONS = ["How is the diaspora engaged?", "What do remittances cost?"]


@pytest.fixture(scope="module")
def client(assistant: Assistant) -> Client:
    return client_of(assistant)


@pytest.fixture(scope="module")
def asked_grid(client: Client) -> str:
    return client.worked_out({"use": "questions", "questions": QUESTIONS}, "eva")


# The form


def test_the_form_offers_what_the_library_has_in_the_readers_language(client: Client) -> None:
    form = client.get("/grid/form")["html"]
    assert 'value="content-analysis/remittances"' in form
    assert "Guidance note" in form
    assert 'name="since"' in form
    assert say("fr", "grid.title") in client.get("/grid/form", ui="fr")["html"]
    assert say("ar", "grid.title") in client.get("/grid/form", ui="ar")["html"]


def test_nobody_gets_nothing(client: Client) -> None:
    told = client.get("/grid/form", "nobody")
    assert "not signed in" in told["problem"]
    assert "html" not in told


@pytest.mark.parametrize(
    ("asked", "said", "empty"),
    [
        (
            {"use": "questions", "questions": QUESTIONS},
            "15 documents × 2 questions: 30 cells. About 2 seconds.",
            None,
        ),
        ({"use": "questions", "questions": ["", " "]}, "Type a question.", True),
        ({"use": "questions", "questions": ["x" * 999] * 3}, "15 documents × 1 question: 15 cells", None),
        ({"use": "questions", "questions": [f"Q{n}?" for n in range(250)]}, "200 questions at most", False),
        ({"use": "survey", "terms": ["remittances"]}, "15 documents × 1 family of terms", None),
        ({"use": "survey", "families": ["content-analysis/remittances", "x/y"]}, "1 family of terms", None),
        ({"use": "survey"}, "Choose what to look for", True),
        ({"use": "survey", "terms": ["m*"]}, "after fewer than 3 letters", False),
        ({"use": "survey", "terms": ["x"], "filters": {"kinds": ["no such"]}}, "No document matches", False),
        ({"use": "compare", "question": "Why?", "by": "countries"}, "two countries or more", True),
        ({"use": "compare", "question": "", "by": "countries"}, "Type a question", True),
        ({"use": "compare", "question": "Why?", "by": "periods", "periods": "2015"}, "two periods", True),
        (
            {"use": "compare", "question": "Why?", "by": "periods", "periods": "2015–2019, 2020 to 2024"},
            "2 sides",
            None,
        ),
        (
            {"use": "compare", "question": "Why?", "by": "periods", "periods": "2019-2015, 2020"},
            "later than",
            False,
        ),
        ({"use": "compare", "question": "Who?", "by": "experience"}, "15 documents × 1 question", None),
        ({"use": "checklist", "items": [{"question": "Is there one?"}]}, "1 question. About", None),
        ({"use": "checklist"}, "Choose the guiding questions", True),
        ({"use": "survey", "terms": ["x"], "filters": {"in_force": False}}, "No document matches", False),
        ({"use": "survey", "terms": ["x"], "filters": {"since": 2020, "until": 2010}}, "later than", False),
    ],
)
def test_it_says_before_how_much_it_will_be(
    client: Client, asked: Any, said: str, empty: bool | None
) -> None:
    told = client.post("/grid/plan", asked)
    assert said in (told.get("words") or told["problem"])
    assert told.get("empty") == empty


@pytest.mark.parametrize(
    "body",
    [{"use": "other"}, {"use": "survey", "theme": "/etc/passwd"}, {"use": "survey", "terms": ["x"] * 99}],
)
def test_what_the_screen_does_not_send_is_refused(client: Client, body: Any) -> None:
    assert client.call("POST", "/grid/plan", json=body).status_code == 422


def test_terms_as_they_are_typed() -> None:
    assert typed("diaspora: diaspora*, nationals abroad").label() == "diaspora"
    assert typed("remittance*, transferts de fonds").label() == "remittance"
    assert typed("侨民：侨民，海外公民").all_terms()[1].text == "海外公民"
    assert [term.text for term in typed("المغتربون: مغترب*، جاليات").all_terms()] == ["مغترب*", "جاليات"]
    with pytest.raises(Said):
        typed(" , ")


def test_a_path_is_no_theme(assistant: Assistant) -> None:
    with pytest.raises(Said):
        plan(assistant, Asked(use="survey", families=["/etc/passwd", "../x/remittances"]), "en")


def test_links_that_open_the_screen_filled_in() -> None:
    assert (
        link("survey", {"terms": ["a b", "c"], "country": ["SEN"]})
        == "/?grid=survey&terms=a+b&terms=c&country=SEN"
    )
    assert grid.role == "focal point"


# The plain grid


def test_a_grid_is_worked_out_and_shown(client: Client, asked_grid: str) -> None:
    html = client.get(f"/grid/result/{asked_grid}", "eva")["html"]
    assert html.count("<tr>") == 16
    assert "15 documents × 2 questions" in html
    assert "Answered by" in html
    assert 'class="g-cell s-found"' in html
    assert "g-text" in html
    assert "g-text" not in client.get(f"/grid/result/{asked_grid}?full=false", "eva")["html"]
    standing = client.get(f"/grid/standing/{asked_grid}", "eva", "fr")
    assert (standing["done"], standing["total"], standing["ended"]) == (30, 30, say("fr", "grid.ended_done"))
    assert f'data-latest="{asked_grid}"' in client.get("/grid/form", "eva")["html"]


def test_a_page_of_the_table_is_all_that_is_sent(
    client: Client, asked_grid: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.web.grid_html.PAGE", 4)
    html = client.get(f"/grid/result/{asked_grid}?at=4", "eva")["html"]
    assert html.count("<tr>") == 5
    assert "Documents 5 to 8 of 15" in html
    assert 'data-at="8"' in html
    assert "Documents 13 to 15 of 15" in client.get(f"/grid/result/{asked_grid}?at=900", "eva")["html"]
    assert client.get(f"/grid/result/{asked_grid}?at=-3", "eva")["html"].count("<tr>") == 5


def test_a_cell_shows_its_quotes_and_how_it_was_decided(
    client: Client, assistant: Assistant, asked_grid: str
) -> None:
    made = client.works.of("eva", asked_grid).result
    assert made is not None
    seen = set()
    for source in assistant.sources():
        html = client.get(f"/grid/cell/{asked_grid}/{source.document}/0", "eva")["html"]
        state = next(
            word for word in ("Found", "Partly", "Not found", "Unreadable") if f"</span> {word}<" in html
        )
        seen.add(state)
        if state in ("Found", "Partly"):
            assert f'data-evidence="{source.document}"' in html
            assert "<blockquote" in html
        if state == "Not found":
            assert "What came nearest (not an answer)" in html
    assert {"Found", "Not found"} <= seen
    for path in (
        f"{'0' * 64}/0",
        f"{assistant.sources()[0].document}/9",
        f"{assistant.sources()[0].document}/-1",
    ):
        assert "no longer held" in client.get(f"/grid/cell/{asked_grid}/{path}", "eva")["problem"]


def test_unread_pages_are_never_said_to_lack_anything(client: Client, assistant: Assistant) -> None:
    from dataclasses import replace

    from assistant.grids.types import Cell
    from assistant.web.grid_results import cell_panel

    source = replace(assistant.sources()[0], title=NASTY)
    html = cell_panel(Cell(NASTY, source, "unreadable", unread=3, pages=9), "en")
    assert "Unreadable" in html
    assert "nothing follows for them" in html
    assert "without text that can be read: 3" in html
    assert "Not found" not in html
    assert "<img" not in html


def test_words_of_others_are_no_markup(client: Client) -> None:
    ticket = client.worked_out({"use": "questions", "questions": [NASTY]})
    document = next(iter(client.works.of("", ticket).documents))
    for path in (f"result/{ticket}", f"cell/{ticket}/{document}/0"):
        html = client.get(f"/grid/{path}")["html"]
        assert "<img" not in html
        assert "&lt;img" in html


@pytest.mark.parametrize("ending", ["xlsx", "docx", "csv"])
def test_exports_lead_to_the_pages(client: Client, asked_grid: str, ending: str) -> None:
    answer = client.call("GET", f"/grid/export/{asked_grid}.{ending}", "eva")
    assert answer.headers["content-disposition"] == f'attachment; filename="questions.{ending}"'
    if ending == "csv":
        assert "http://testserver/original/" in answer.text
    else:
        assert answer.content.startswith(b"PK")
    assert client.call("GET", f"/grid/export/{asked_grid}.html", "eva").status_code == 404
    assert client.call("GET", "/grid/export/none.csv", "eva").status_code == 404


# Whose it is


def test_a_result_is_its_owners_alone(client: Client, asked_grid: str, assistant: Assistant) -> None:
    document = assistant.sources()[0].document
    for person in ("", "fo", "nobody"):
        for path in (f"standing/{asked_grid}", f"result/{asked_grid}", f"cell/{asked_grid}/{document}/0"):
            told = client.get(f"/grid/{path}", person)
            assert set(told) <= {"problem", "empty"}
        assert client.call("GET", f"/grid/export/{asked_grid}.csv", person).status_code == 404
        assert "problem" in client.post(f"/grid/stop/{asked_grid}", person=person)


def _held(works: Works, person: str) -> tuple[Work, threading.Event]:
    go = threading.Event()

    def run(progress: Any, stop: threading.Event) -> Any:
        progress(1, 4)
        while not (go.is_set() or stop.is_set()):
            stop.wait(0.01)
        return ()

    return works.start(person, "questions", person, {}, 4, run, lambda result: {}), go


def test_one_at_a_time_for_each_and_two_in_all() -> None:
    works = Works()
    first, _ = _held(works, "a")
    with pytest.raises(Said) as error:
        _held(works, "a")
    assert error.value.key == "grid.yours_runs"
    second, go = _held(works, "b")
    with pytest.raises(Said) as error:
        _held(works, "c")
    assert error.value.key == "grid.others_run"
    works.halt(first)
    works.wait(first)
    assert first.state == "stopped"
    go.set()
    works.wait(second)
    assert second.state == "done"
    third, go = _held(works, "c")
    go.set()
    works.wait(third)
    assert works.latest("c") is third


def test_a_few_results_are_held_and_no_more() -> None:
    works, tickets = Works(), []
    for _ in range(KEPT + 2):
        work, go = _held(works, "a")
        go.set()
        works.wait(work)
        tickets.append(work.ticket)
    with pytest.raises(Said):
        works.of("a", tickets[0])
    assert works.of("a", tickets[-1]).state == "done"
    with pytest.raises(Said):
        works.of("b", tickets[-1])


def test_a_failure_is_a_sentence(client: Client) -> None:
    def fail(progress: Any, stop: Any) -> Any:
        raise AssistantError("the library is being moved")

    work = client.works.start("", "survey", "x", {}, 1, fail, lambda result: {})
    client.works.wait(work)
    told = client.get(f"/grid/standing/{work.ticket}")
    assert (told["state"], told["problem"]) == ("failed", "The library is being moved.")
    assert "problem" in client.get(f"/grid/result/{work.ticket}")


def test_a_stopped_grid_goes_on_where_it_was(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = {"use": "questions", "questions": ["Which partners fund the programme?"]}
    from assistant.grid import Work as Computing

    whole = Computing.compute

    def some(self: Any, *, progress: Any = None, stop: Any = None) -> Any:
        for number, cell in enumerate(whole(self, progress=progress, stop=stop)):
            yield cell
            if number == 3:
                stop.set()

    with monkeypatch.context() as patch:
        patch.setattr(Computing, "compute", some)
        ticket = client.post("/grid/start", asked)["ticket"]
        work = client.works.of("", ticket)
        client.works.wait(work)
    assert work.state == "stopped"
    html = client.get(f"/grid/result/{ticket}")["html"]
    assert "not decided yet" in html
    assert say("en", "grid.stopped_open") in html
    again = client.worked_out(asked)
    assert "not decided yet" not in client.get(f"/grid/result/{again}")["html"]


# Survey, comparison, experience


def test_a_survey_says_its_shares_and_opens_its_cells(client: Client) -> None:
    asked = {"use": "survey", "families": ["content-analysis/remittances"], "terms": ["zeppelins"]}
    ticket = client.worked_out(asked, "fo")
    html = client.get(f"/grid/result/{ticket}", "fo")["html"]
    assert "of 15 documents" in html
    assert "zeppelins: in 0 of 15 documents (0%)" in html
    assert html.count("<svg") == 1 + ("data-map" in html)
    work = client.works.of("fo", ticket)
    states = set()
    for document in work.documents:
        cell = client.get(f"/grid/cell/{ticket}/{document}/0", "fo")["html"]
        states.add("s-found" in cell)
        if "s-found" in cell:
            assert "data-page=" in cell or "See the text" in cell
    assert states == {True, False}
    for ending in ("xlsx", "docx", "csv", "html"):
        assert client.call("GET", f"/grid/export/{ticket}.{ending}", "fo").status_code == 200
    report = client.call("GET", f"/grid/export/{ticket}.html", "fo")
    assert "script-src" not in report.headers["content-security-policy"]
    assert "default-src 'none'" in report.headers["content-security-policy"]


def test_a_comparison_stands_side_by_side(client: Client, assistant: Assistant) -> None:
    two = [each.document for each in assistant.sources() if each.kind == "framework"][:2]
    asked = {"use": "compare", "question": QUESTIONS[0], "by": "documents", "filters": {"documents": two}}
    ticket = client.worked_out(asked)
    html = client.get(f"/grid/result/{ticket}")["html"]
    assert html.count('class="g-side"') == 2
    assert client.call("GET", f"/grid/export/{ticket}.xlsx").content.startswith(b"PK")


def test_who_has_experience(client: Client) -> None:
    asked = {"use": "compare", "question": "Who has experience with remittances?", "by": "experience"}
    ticket = client.worked_out(asked)
    html = client.get(f"/grid/result/{ticket}")["html"]
    assert 'class="g-side"' in html
    assert "data-evidence" in html
    assert client.call("GET", f"/grid/export/{ticket}.docx").content.startswith(b"PK")
