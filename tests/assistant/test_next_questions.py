"""Shorter and longer answers, and the questions that could be asked next."""

from __future__ import annotations

import pytest

from assistant.answer import Answer, Finished
from assistant.chat import Assistant


@pytest.fixture(scope="module")
def question(assistant: Assistant) -> str:
    return assistant.example_questions()[0]


def _asked(assistant: Assistant, question: str, sentences: int | None) -> Answer:
    *_, last = assistant.stream(question, sentences=sentences)
    assert isinstance(last, Finished)
    assert isinstance(last.result, Answer)
    return last.result


def test_an_answer_has_as_many_sentences_as_are_wanted(assistant: Assistant, question: str) -> None:
    plain = _asked(assistant, question, None)
    assert plain.receipt.settings["sentences"] == assistant.settings.sentences
    for wanted in (1, 2, 6):
        result = _asked(assistant, question, wanted)
        assert len(result.sentences) == wanted
        assert result.receipt.settings["sentences"] == wanted


def test_each_next_question_is_of_a_cited_document_and_has_an_answer(
    assistant: Assistant, question: str
) -> None:
    answer = _asked(assistant, question, None)
    cited = {each.hit.source.document for sentence in answer.sentences for each in sentence.citations}
    tried = list(assistant.next_questions(answer, tries=2))
    assert 1 <= len(tried) <= 2
    for each in filter(None, tried):
        assert each != question
        found = assistant.ask(each)
        assert isinstance(found, Answer)
        assert cited & {c.hit.source.document for s in found.sentences for c in s.citations}
