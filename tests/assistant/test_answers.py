"""Whole questions on the sample documents: answers, refusals, follow-ups, the contract of the commands."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from langchain_core.language_models import GenericFakeChatModel
from langchain_core.messages import AIMessage
from typer.testing import CliRunner

from assistant.__main__ import app
from assistant.answer import Answer, AssistantError, Filters, Finished, Quoted, Refusal, Searching, Turn
from assistant.chat import Assistant
from assistant.settings import AssistantSettings
from assistant.verify import cite


def test_each_sentence_leads_to_its_page(assistant: Assistant) -> None:
    result = assistant.ask("How many wells and classrooms were built with remittances in Tambarie?")
    assert isinstance(result, Answer)
    for sentence in result.sentences:
        for citation in sentence.citations:
            passage = citation.hit.passage
            page = assistant.page_text(passage.document, passage.page)
            assert cite(citation.hit, citation.quote, page) == citation
    assert 1 <= len(result.sentences) <= 5
    assert "lecons-apprises-transferts-tambarie.docx" in {
        citation.hit.source.name for sentence in result.sentences for citation in sentence.citations
    }


def test_a_table_row_is_quoted_cell_by_cell(assistant: Assistant) -> None:
    result = assistant.ask("Which country did officials of Jamaica visit?")
    assert isinstance(result, Answer)
    assert "Philippines" in result.text
    assert any(citation.quote == "Philippines" for s in result.sentences for citation in s.citations)


def test_a_country_that_the_library_lacks_is_refused_by_name(assistant: Assistant) -> None:
    result = assistant.ask("What did the evaluation of the reintegration project in Mongolia find?")
    assert isinstance(result, Refusal)
    assert "Mongolia" in result.reason
    assert 1 <= len(result.nearest) <= 3
    assert result.receipt.documents_searched == len(assistant.sources())


def test_filters_that_leave_nothing_are_named(assistant: Assistant) -> None:
    result = assistant.ask("What about remittances?", filters=Filters(since=2090))
    assert isinstance(result, Refusal)
    assert "filters" in result.reason


def test_a_refusal_speaks_the_questions_language(assistant: Assistant) -> None:
    result = assistant.ask("Que dit l’évaluation du projet de réintégration en Mongolie ?")
    assert isinstance(result, Refusal)
    assert "documents" in result.reason
    assert "Mongolie" in result.reason


def test_a_follow_up_becomes_a_standing_question(assistant: Assistant) -> None:
    history = (Turn("How large is the budget of the Valoria framework?"),)
    events = list(assistant.stream("And in Maruvia?", history=history))
    assert isinstance(events[0], Searching)
    assert "budget" in events[0].standing_question
    assert "Maruvia" in events[0].standing_question
    assert not events[0].as_typed
    typed = next(iter(assistant.stream("And in Maruvia?", history=history, as_typed=True)))
    assert typed == Searching("And in Maruvia?", True)


def test_the_same_question_gets_the_same_answer(assistant: Assistant) -> None:
    question = "What do learning missions need to be useful?"
    one, two = assistant.ask(question), assistant.ask(question)
    assert isinstance(one, Answer)
    assert isinstance(two, Answer)
    assert one.sentences == two.sentences


def test_the_receipt_names_what_answered(assistant: Assistant) -> None:
    receipt = assistant.ask("What do learning missions need to be useful?").receipt
    assert receipt.generation == assistant.generation()
    assert len(receipt.models["embedding"]["hash"]) == 64
    assert len(receipt.models["evidence"]["hash"]) == 64
    assert receipt.passages
    assert {"embedding", "search", "choosing", "total"} <= receipt.timings.keys()


def test_an_empty_or_endless_question_is_refused_with_a_sentence(assistant: Assistant) -> None:
    with pytest.raises(AssistantError, match="empty"):
        assistant.ask(" ?! ")
    with pytest.raises(AssistantError, match="shorten"):
        assistant.ask("why " * 1000)


def test_examples_are_questions_that_are_answered(assistant: Assistant) -> None:
    questions = assistant.example_questions()
    assert 1 <= len(questions) <= 4
    assert all(isinstance(assistant.ask(question), Answer) for question in questions)


@pytest.fixture
def writing(assistant: Assistant, library: Path, models_dir: Path) -> Iterator[Any]:
    """Makes an assistant whose model writes what it is given."""
    made: list[Assistant] = []

    def make(text: str) -> Assistant:
        settings = AssistantSettings(
            library=library, models=models_dir, composer="writing", chat_model="fake"
        )
        model = GenericFakeChatModel(messages=iter([AIMessage(text)] * 3))
        made.append(Assistant(settings, embedder=assistant.embedder, model=model))
        return made[-1]

    yield make
    for each in made:
        each.close()


def test_writing_shows_the_quotes_first_and_cuts_what_is_not_borne(writing: Any) -> None:
    question = "How many wells were built with remittances in Tambarie?"
    events = list(
        writing("Twenty-two wells were built [1]. Also 977 airports were opened [1].").stream(question)
    )
    assert isinstance(events[1], Quoted)
    last = events[-1]
    assert isinstance(last, Finished)
    assert isinstance(last.result, Answer)
    assert "977" not in last.result.text


def test_a_silent_model_leaves_the_quotes_with_a_note(writing: Any) -> None:
    result = writing("").ask("How many wells were built with remittances in Tambarie?")
    assert isinstance(result, Answer)
    assert result.composer == "quoting"
    assert result.note


def _run(library: Path, models_dir: Path, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> str:
    monkeypatch.setenv("ASSISTANT_MODELS", str(models_dir))
    result = CliRunner().invoke(app, [*arguments, "--library", str(library)], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_search_contract(
    library: Path, models_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, assistant: Assistant
) -> None:
    batch = tmp_path / "questions.jsonl"
    history = [
        {"role": "user", "content": "budget of the Valoria framework?"},
        {"role": "assistant", "content": "x"},
    ]
    lines = [
        {"id": "a", "question": "remittances"},
        {"id": 2, "question": "And in Maruvia?", "history": history},
    ]
    batch.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    out = _run(library, models_dir, monkeypatch, "search", "--batch", str(batch), "--k", "7")
    found = [json.loads(line) for line in out.splitlines()]
    assert [item["id"] for item in found] == ["a", 2]
    for item in found:
        assert len(item["passages"]) == 7
        for passage in item["passages"]:
            assert passage.keys() == {
                "document",
                "title",
                "page",
                "label",
                "headings",
                "text",
                "score",
                "legs",
            }
            assert passage["legs"].keys() == {"dense", "lexical"}
            assert passage["page"] is None or passage["page"] >= 1
    names = {source.name for source in assistant.sources()}
    assert {passage["document"] for item in found for passage in item["passages"]} <= names


def test_ask_contract(library: Path, models_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = _run(library, models_dir, monkeypatch, "ask", "What do learning missions need?", "--json")
    item = json.loads(out)
    assert item["kind"] == "answer"
    assert item.keys() >= {"id", "standing_question", "language", "sentences", "reason", "nearest", "receipt"}
    assert item["sentences"][0]["citations"][0].keys() == {"document", "title", "page", "label", "quote"}
    out = _run(library, models_dir, monkeypatch, "ask", "What did Mongolia find?", "--json")
    item = json.loads(out)
    assert item["kind"] == "refusal"
    assert item["reason"]
    assert 1 <= len(item["nearest"]) <= 3
    assert item["receipt"].keys() >= {"generation", "models", "prompts", "filters", "passages", "timings"}


@pytest.mark.parametrize(
    ("line", "says"),
    [("{", "line 1 is not JSON"), ('{"q": 1}', 'no text "question"'), ('["x"]', 'no text "question"')],
)
def test_a_bad_batch_line_is_named(tmp_path: Path, line: str, says: str) -> None:
    batch = tmp_path / "bad.jsonl"
    batch.write_text(line, encoding="utf-8")
    with pytest.raises(AssistantError, match=says):
        CliRunner().invoke(app, ["ask", "--batch", str(batch)], catch_exceptions=False)


def test_no_connection_leaves_the_machine(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    """Promise 7: one full question with every socket that is not loopback refused."""
    tried: list[Any] = []
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in ("127.0.0.1", "::1"):
            tried.append(address)
            raise OSError("outside connections are refused in this test")
        connect(self, address)

    def no_lookup(host: Any, *rest: Any, **more: Any) -> Any:
        tried.append(host)
        raise socket.gaierror("look-ups are refused in this test")

    monkeypatch.setattr(socket.socket, "connect", guarded)
    monkeypatch.setattr(socket, "getaddrinfo", no_lookup)
    assert isinstance(assistant.ask("Which lessons were learned about learning missions?"), Answer)
    assert tried == []
