"""The writing composer: what is shown is verified and cited; a model that fails is not waited for."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, FakeListChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult

import prompts
from assistant.answer import Answer, AssistantError, Citation, Filters, Hit, Receipt, Sentence, Source
from assistant.models import LOCAL, ModelUnavailable, load_chat_model, stream_text
from assistant.writing import complete_sentences, warm_up, write
from ingest.documents import Passage

TEXTS = [
    "The project trained 1,240 farmers in Kayes between 2019 and 2021. Seeds came four months late.",
    "Grain banks were the most sustainable result: 31 of 38 were still run by their committees.",
    "Les pompes solaires ont été installées dans 12 jardins. Elles n'ont pas été entretenues.",
]


def hits_of(texts: list[str] = TEXTS) -> list[Hit]:
    hits = []
    for number, text in enumerate(texts):
        passage = Passage(str(number) * 64, 0, 1, "", ("Findings",), text, 0, len(text))
        language = "fr" if text.startswith("Les ") else "en"
        source = Source(passage.document, f"{number}.pdf", "Evaluation", "", (), (), None, None, language, "")
        hits.append(Hit(passage, source, 1.0))
    return hits


def quoted_of(hits: list[Hit]) -> Answer:
    receipt = Receipt("0001", {}, {}, Filters(), (), 3)
    return Answer("?", "en", (Sentence("x", (Citation(hits[1], TEXTS[1]),)),), receipt)


def _written(text: str, language: str = "en", **settings: Any) -> list[Sentence]:
    """What of the model's `text` is shown, without the quote that follows."""
    found = _answered(text, language, **settings)
    return [each for each in found if each.text != "x"]


def _answered(text: str, language: str = "en", **settings: Any) -> list[Sentence]:
    hits = hits_of()
    quoted = quoted_of(hits)
    # What the quotes rest on is read first: passage [1] is TEXTS[1], [2] is TEXTS[0], [3] is TEXTS[2].
    model = FakeListChatModel(responses=[text])
    return list(
        write(
            "What came of it?",
            language,
            hits,
            quoted,
            model,
            page_text=lambda hit: hit.passage.text,
            **settings,
        )
    )


def citing(hits: list[Hit], *quotes: str) -> Answer:
    citations = tuple(Citation(hits[0], quote) for quote in quotes)
    return Answer("?", "en", (Sentence("x", citations),), Receipt("0001", {}, {}, Filters(), (), 3))


class Slow(BaseChatModel):
    """Says `before`, then nothing until it is let go."""

    before: tuple[str, ...] = ()
    after: str = ""
    release: Any = None
    ended: Any = None

    @property
    def _llm_type(self) -> str:
        return "slow"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=AIMessage(content=""))])

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        try:
            for piece in self.before:
                yield ChatGenerationChunk(message=AIMessageChunk(content=piece))
            self.release.wait(20)
            yield ChatGenerationChunk(message=AIMessageChunk(content=self.after))
            yield ChatGenerationChunk(message=AIMessageChunk(content=self.after))
        finally:
            self.ended.set()


def _slow(*before: str) -> Slow:
    return Slow(before=before, release=threading.Event(), ended=threading.Event())


# --- what is shown


def test_a_sentence_that_stands_is_shown_with_a_verbatim_quote() -> None:
    (sentence,) = _written("The project trained 1,240 farmers in Kayes [2].")
    assert sentence.text == "The project trained 1,240 farmers in Kayes."
    assert sentence.language == "en"
    (citation,) = sentence.citations
    assert citation.hit.source.name == "0.pdf"
    assert citation.quote == "The project trained 1,240 farmers in Kayes between 2019 and 2021."


@pytest.mark.parametrize(
    "text",
    [
        "The project trained 1,340 farmers in Kayes [2].",  # another number
        "The project trained 1,240 farmers in Mopti [2].",  # another name
        "The project did not train 1,240 farmers in Kayes [2].",  # denied
        "Farmers should receive cash grants in future [2].",  # advice of its own
        "The project trained 1,240 farmers in Kayes [9].",  # a mark that leads nowhere
        "Le projet a formé 1 240 agriculteurs à Kayes [2].",  # not the language asked for
        "Did the project train 1,240 farmers in Kayes? [2]",
        "NONE",
        "1,240 [2].",
    ],
)
def test_a_sentence_that_does_not_stand_is_dropped(text: str) -> None:
    assert _written(text) == []


def test_the_good_sentences_of_a_mixed_answer_remain_in_order() -> None:
    text = (
        "Grain banks were the most sustainable result: 31 of 38 were still run by their committees [1]. "
        "They cost 9,000 dollars [1]. Seeds came four months late [2]. Seeds came four months late [2]."
    )
    assert [sentence.text[:5] for sentence in _written(text)] == ["Grain", "Seeds"]


def test_a_missing_or_wrong_mark_is_replaced_by_the_passage_that_bears_the_sentence() -> None:
    for text in ("Seeds came four months late.", "Seeds came four months late [1]."):
        (sentence,) = _written(text)
        assert [citation.hit.source.name for citation in sentence.citations] == ["0.pdf"]


def test_a_mark_that_adds_nothing_is_left_out() -> None:
    (sentence,) = _written("Seeds came four months late [1][2].")
    assert [citation.hit.source.name for citation in sentence.citations] == ["0.pdf"]


def test_one_passage_bears_the_whole_sentence() -> None:
    said = "The project trained 1,240 farmers in Kayes, while 31 of 38 grain banks were run by committees"
    assert _written(f"{said} [1][2].") == []
    (sentence,) = _written("The project trained 1,240 farmers in Kayes [1][2].")
    assert [citation.hit.source.name for citation in sentence.citations] == ["0.pdf"]


def test_numbers_from_two_sentences_of_a_passage_get_two_quotes() -> None:
    (sentence,) = _written("The project trained 1,240 farmers, and seeds came four months late [2].")
    assert [citation.quote[:5] for citation in sentence.citations] == ["The p", "Seeds"]


def test_a_passage_that_is_not_on_its_page_is_not_cited() -> None:
    hits = hits_of()
    model = FakeListChatModel(responses=["Seeds came four months late [2]."])
    assert list(write("?", "en", hits, quoted_of(hits), model, page_text=lambda hit: "another page")) == []


def test_another_language_is_held_against_the_cosine() -> None:
    said = "The solar pumps were not maintained in 12 gardens [3]."
    assert _written(said) == []
    assert _written(said, cosine=lambda one, two: 0.7) == []
    (sentence,) = _written(said, cosine=lambda one, two: 0.9)
    assert sentence.citations[0].hit.source.language == "fr"


def test_what_was_quoted_and_no_sentence_rests_on_follows_as_it_is() -> None:
    seeds = "Seeds came four months late [2]."
    assert [each.text for each in _answered(seeds)] == ["Seeds came four months late.", "x"]
    banks = "Grain banks were the most sustainable result [1]."
    assert [each.text for each in _answered(banks)] == ["Grain banks were the most sustainable result."]
    assert _answered("NONE") == []  # then the quotes are the answer


def test_a_quote_of_which_numbers_or_half_the_words_are_untold_follows_too() -> None:
    text = "In July 2019 a workshop was held in Rabat, and it brought together 45 experts."
    hits = hits_of([text])
    quoted = citing(hits, text)
    quoted = Answer("?", "en", (Sentence(text, quoted.sentences[0].citations, "en"),), quoted.receipt)
    whole = "A workshop held in July 2019 in Rabat brought together 45 experts."
    for said, follows in (
        ("In July 2019 a workshop was held in Rabat [1].", True),
        ("A workshop was held in 2019 [1]. It brought together 45 experts [1].", False),
        (f"{whole} [1]", False),
    ):
        model = FakeListChatModel(responses=[said])
        found = list(write("?", "en", hits, quoted, model, page_text=lambda hit: hit.passage.text))
        assert (text in [each.text for each in found]) is follows, said


def test_no_more_sentences_than_asked_for() -> None:
    text = "Seeds came four months late [2]. The project trained 1,240 farmers in Kayes [2]."
    assert len(_written(text, sentences=1)) == 1


def test_a_sentence_rests_on_its_quotes_and_not_on_words_around_them() -> None:
    # Each word stands somewhere in the passage; no three of its sentences say it.
    text = "Farmers came. Wells dried. Women sang. Seeds failed. Goats ate. Bees swarmed. "
    text += "Committees met in Kayes."
    hits = hits_of([text])
    quoted = citing(hits, "Farmers came.")
    for said, shown in (
        ("Farmers, wells, women, seeds, goats and bees met committees in Kayes [1].", 0),
        ("Farmers came and wells dried [1].", 1),
    ):
        model = FakeListChatModel(responses=[said])
        found = list(write("?", "en", hits, quoted, model, page_text=lambda hit: hit.passage.text))
        assert len([each for each in found if each.text != "x"]) == shown


def test_quotes_of_one_passage_stand_side_by_side() -> None:
    # "This result" is that of the sentence between, which the third alone would hide.
    text = "Grain banks were visited. Seed shops were opened in 2019. This result held in 31 of 38 villages."
    hits = hits_of([text])
    said = "Grain banks were visited, and this result held in 31 of 38 villages [1]."
    model = FakeListChatModel(responses=[said])
    found = list(write("?", "en", hits, citing(hits, "x"), model, page_text=lambda hit: hit.passage.text))
    assert [len(each.citations) for each in found if each.text != "x"] in ([], [3])


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("[2]: Seeds came four months late.", ["Seeds came four months late."]),
        ("The seeds, which came four months late:", []),
        ("Evaluation › Findings on the seeds. [2] Findings. [1]", []),
        ("Seeds came four months late [2]. Seeds came four months late [2]. NONE. Grain banks were the most "
         "sustainable result [1].", ["Seeds came four months late."]),
    ],
)  # fmt: skip
def test_what_a_small_model_leaves_around_its_sentences(said: str, shown: list[str]) -> None:
    assert [each.text for each in _written(said)] == shown


# --- sentences out of a stream


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("One is here [1]. Two is here [2].", ["One is here [1].", "Two is here [2]."]),
        ("One is here. [1] Two is here. [2]", ["One is here. [1]", "Two is here. [2]"]),
        ("[1] One is here. [2] Two is here.", ["[1] One is here.", "[2] Two is here."]),
        ("At 1.5, e.g. in Mali [1].\nNo. 5 is next [2]", ["At 1.5, e.g. in Mali [1].", "No. 5 is next [2]"]),
        ("这是第一句[1]。这是第二句[2]。", ["这是第一句[1]。", "这是第二句[2]。"]),
        ("One is here [1]. Two is not fini", ["One is here [1]."]),
        ("It says “… and so on” [1]. Two [2].", ["It says “… and so on” [1].", "Two [2]."]),
        ("- One is here [1]\n- Two is here [2]\n", ["- One is here [1]", "- Two is here [2]"]),
    ],
)  # fmt: skip
def test_the_stream_is_cut_into_sentences_however_it_arrives(text: str, sentences: list[str]) -> None:
    assert list(complete_sentences(iter(text))) == sentences  # letter by letter
    assert list(complete_sentences(iter([text]))) == sentences


# --- models that fail


def test_only_a_model_that_remembers_reads_the_prompt_ahead() -> None:
    model = _slow("a")
    warm_up(model)
    assert not model.ended.is_set()
    model = _slow("a")
    model.metadata = {"fare": LOCAL}
    model.release.set()
    warm_up(model)
    assert model.ended.wait(5)


def test_a_model_that_says_nothing_in_time_is_slow() -> None:
    model = _slow()
    begun = time.monotonic()
    with pytest.raises(ModelUnavailable) as caught:
        list(stream_text(model, [("human", "x")], first=0.05, total=60))
    assert time.monotonic() - begun < 30
    assert caught.value.reason == "slow"
    assert "took too long" in str(caught.value)
    assert "trop lent" in caught.value.note("fr")
    model.release.set()
    assert model.ended.wait(5)  # and its thread ends


def test_a_model_that_does_not_end_in_time_is_slow_but_what_it_said_stands() -> None:
    model = _slow("Seeds came four months late [2]. ", "Then")
    hits = hits_of()
    stream = write("?", "en", hits, quoted_of(hits), model, page_text=lambda hit: hit.passage.text, total=0.3)
    assert next(stream).text == "Seeds came four months late."
    with pytest.raises(ModelUnavailable, match="took too long"):
        list(stream)
    model.release.set()


def test_closing_the_answer_stops_the_model() -> None:
    model = _slow("Seeds came four months late [2]. ", "Then")
    hits = hits_of()
    stream = write("?", "en", hits, quoted_of(hits), model, page_text=lambda hit: hit.passage.text)
    next(stream)
    stream.close()  # type: ignore[attr-defined]
    model.release.set()
    assert model.ended.wait(5)


def test_a_silent_model() -> None:
    model = _slow("", " ")
    model.release.set()
    with pytest.raises(ModelUnavailable) as caught:
        list(stream_text(model, [("human", "x")]))
    assert caught.value.reason == "silent"


def test_a_model_that_is_down_is_named_without_its_secrets() -> None:
    # A real client, and a port on which nothing listens.
    model = load_chat_model(
        "openai:none", models_dir=prompts._FOLDER, base_url="http://127.0.0.1:9/v1", api_key="sk-secret"
    )
    with pytest.raises(ModelUnavailable) as caught:
        list(stream_text(model, [("human", "x")]))
    assert caught.value.reason == "down"
    assert "could not be reached" in str(caught.value)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("spec", ["nonsense", "anthropic:claude", "nowhere:model"])
def test_a_model_that_cannot_be_made_gets_one_sentence(spec: str) -> None:
    with pytest.raises(AssistantError, match=f"The chat model '{spec}'"):
        load_chat_model(spec, models_dir=prompts._FOLDER)
