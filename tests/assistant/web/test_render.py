"""What is shown: escaped, numbered by passage, labelled, and highlighted only where it stands."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag

from assistant.answer import Answer, AssistantError, Filters, Finished, Quoted, Searching
from assistant.web import names, render, welcome
from assistant.web.conversation import Conversation, Exchange
from assistant.web.excerpt import excerpt, locate
from assistant.web.filters import chosen, in_words, offer, versions
from assistant.web.words import say


def put(engine: Any, question: str, **more: Any) -> Exchange:
    exchange = Exchange(question, documents=4)
    for event in engine.stream(question, **more):
        exchange = exchange.after(event)
    return exchange


def show(engine: Any, exchange: Exchange) -> BeautifulSoup:
    return BeautifulSoup(render.turn(exchange, 1, engine.page_text), "html.parser")


def one(page: BeautifulSoup | Tag, selector: str) -> Tag:
    found = page.select(selector)
    assert len(found) == 1, f"{len(found)} elements for {selector}"
    return found[0]


def test_a_passage_keeps_its_number(engine: Any) -> None:
    page = show(engine, put(engine, "income?"))
    assert [mark.text for mark in page.select(".mark")] == ["1", "1", "2"]
    assert [card["id"] for card in page.select("details.source")] == ["source-1-1", "source-1-2"]
    assert {mark["data-source"] for mark in page.select(".mark")} == {"source-1-1", "source-1-2"}


def test_written_sentences_use_the_numbers_of_the_quotes(engine: Any) -> None:
    page = show(engine, put(engine, "write it"))
    assert [mark.text for mark in page.select(".prose .mark")] == ["1", "2", "1"]
    assert "One sentence was left out" in one(page, ".note").text
    assert one(page, ".found").has_attr("open")


def test_quotes_that_end_a_written_answer_stand_below_only(engine: Any) -> None:
    exchange = put(engine, "write it")
    assert isinstance(exchange.result, Answer)
    assert exchange.quoted is not None
    last = exchange.quoted.sentences[-1]
    result = replace(exchange.result, sentences=(*exchange.result.sentences, last))
    exchange = replace(exchange, result=result, html="")
    page = show(engine, exchange)
    assert [mark.text for mark in page.select(".prose .mark")] == ["1", "2", "1"]
    assert last.text in one(page, ".found").text


def test_a_source_card_says_what_where_and_when(engine: Any) -> None:
    card = show(engine, put(engine, "income?")).select("details.source")[0]
    assert one(card, ".facts").text == "Evaluation · Mali, Senegal · 2019–2021 · p. 34 (printed iv)"
    assert one(card, ".path").text == "4 Findings › 4.2 Reintegration support"
    assert card.select("mark")[0].text.startswith("Of the returnees")
    link = one(card, "a.original")
    assert re.fullmatch(r"/original/[0-9a-f]{64}#page=34", str(link["href"]))
    assert link["rel"] == ["noopener", "noreferrer"]


def test_pages_and_quotes_of_other_formats_and_languages(engine: Any) -> None:
    page = show(engine, put(engine, "income?"))
    card = page.select("details.source")[1]
    assert "p. " not in one(card, ".facts").text
    assert "#page" not in str(one(card, "a.original")["href"])
    assert one(card, ".chip").text == "quoted in French"
    assert one(page, ".answer .chip").text == "quoted in French"
    assert one(card, "blockquote")["lang"] == "fr"


def test_a_refusal_is_no_answer(engine: Any) -> None:
    page = show(engine, put(engine, "the moon?"))
    assert "None of the documents speaks of the moon" in one(page, ".refusal").text
    assert "4 documents searched" in one(page, ".refusal").text
    assert one(page, "aside h3").text == "Nearest passages (not an answer)"
    assert not page.select(".answer, .mark, mark")


def test_every_word_from_outside_is_escaped(engine: Any) -> None:
    nasty = engine.sources()[3].title
    exchange = replace(put(engine, f"nasty {nasty}"), standing=nasty, scope=nasty)
    html = render.transcript(Conversation().add(exchange), engine.page_text)
    page = BeautifulSoup(html, "html.parser")
    assert not page.select("script, img, b, i")
    assert not [name for tag in page.find_all(True) for name in tag.attrs if name.startswith("on")]
    assert nasty in one(page, ".question").text
    assert nasty in one(page, ".source .title").text
    assert nasty in one(page, "blockquote").text
    assert nasty in one(page, ".path").text
    for words in (
        welcome.hero(0, problem=nasty),
        render.live(nasty),
        welcome.examples([nasty]),
        render.notice(nasty),
    ):
        assert not BeautifulSoup(words, "html.parser").select("script, img")


def test_a_quote_that_is_not_on_the_page_is_not_highlighted(engine: Any) -> None:
    exchange = put(engine, "income?")
    page = BeautifulSoup(render.turn(exchange, 1, lambda *_: "Other words."), "html.parser")
    assert not page.select("mark")
    assert page.select(".alone")

    def gone(document: str, number: int | None) -> str:
        raise AssistantError("The document was withdrawn.")

    assert not BeautifulSoup(render.turn(exchange, 1, gone), "html.parser").select("mark")


def test_the_standing_question_shows_only_where_it_differs(engine: Any) -> None:
    assert not show(engine, put(engine, "income?")).select(".standing")
    differing = Exchange("and 2020?").after(Searching("Income in 2020?", as_typed=False))
    assert "Searched for: Income in 2020?" in one(show(engine, differing), ".standing").text
    assert not show(engine, differing).select("[data-as-typed]")  # only once it has been answered


def test_states_while_it_works(engine: Any) -> None:
    exchange = Exchange("income?", documents=270, scope="Senegal")
    assert one(show(engine, exchange), ".status").text == "Searching 270 documents, filtered to: Senegal…"
    answer = put(engine, "income?").result
    assert isinstance(answer, Answer)
    page = show(engine, exchange.after(Quoted(answer)))
    assert "Writing the answer" in one(page, ".status").text
    assert one(page, ".found").has_attr("open")


def test_copied_text_carries_its_citations(engine: Any) -> None:
    text = render.plain(put(engine, "income?"))
    assert "after their return. [1]" in text
    assert "pluies. [2]" in text
    assert "[1] Final evaluation of the River Basin Return Programme, Evaluation, Mali, Senegal" in text
    assert "2019–2021, p. 34 (printed iv), river.pdf" in text


def test_history_is_what_was_answered(engine: Any) -> None:
    first, failed = put(engine, "income?"), Exchange("broken", problem="Sorry.")
    refused = replace(put(engine, "the moon?"), standing="Does the moon matter?")
    history = Conversation((first, failed, refused)).history
    assert [turn.question for turn in history] == ["income?", "Does the moon matter?"]
    assert history[0].answer.startswith("Of the returnees")
    assert history[1].answer == ""


def test_quotes_are_found_across_line_ends_and_nearest_to_their_passage() -> None:
    page = "one two\nthree. " + "x " * 300 + "one two three."
    assert locate(page, "one two three") == (0, 13)
    assert locate(page, "one two three", near=600) == (615, 628)
    assert locate(page, "four") is None
    assert locate(page, "  ") is None
    found = excerpt(page, ["one two three"], near=600, around=50)
    assert found is not None
    assert found.before
    assert not found.after
    assert ("one two three", True) in found.parts
    assert "".join(text for text, _ in found.parts) in page
    assert excerpt(page, ["one two three", "four"]) is None


def test_overlapping_quotes_become_one_highlight() -> None:
    found = excerpt("alpha beta gamma delta", ["alpha beta", "beta gamma"])
    assert found is not None
    assert found.parts == (("alpha beta gamma", True), (" delta", False))


def test_filters_offer_what_the_library_holds(engine: Any) -> None:
    choices = offer(engine.sources())
    assert choices.countries == [("Mali", "MLI"), ("Senegal", "SEN")]
    assert ("French", "fr") in choices.languages
    assert choices.years[0] == ("Any", "")
    assert choices.years[1] == ("2021", "2021")
    assert len(choices.documents) == 4
    assert offer([]).documents == []


def test_filters_in_words() -> None:
    filters = chosen(["SEN"], ["evaluation"], ["fr"], ["IOM"], "2019", "", ["a", "b"])
    assert filters == Filters(("SEN",), ("evaluation",), ("fr",), ("IOM",), 2019, None, ("a", "b"))
    assert in_words(filters) == "Senegal, Evaluation, French, IOM, since 2019, 2 documents"
    assert in_words(Filters(since=2019, until=2021)) == "2019–2021"
    assert in_words(Filters(documents=("a",)), {"a": "A title"}) == "A title"
    assert in_words(Filters()) == ""
    with pytest.raises(AssistantError, match="later than"):
        chosen([], [], [], [], "2021", "2019", [])


def test_names_of_codes() -> None:
    assert names.country("CIV") == "Côte d’Ivoire"
    assert names.country("ZZZ") == "ZZZ"
    assert names.language("ar") == "Arabic"
    assert names.language("und") == ""


def test_an_exchange_ends_with_its_result(tmp_path: Path, make_engine: Callable[..., Any]) -> None:
    result = put(make_engine(tmp_path), "income?").result
    assert result is not None
    exchange = Exchange("income?")
    assert not exchange.finished
    assert exchange.after(Finished(result)).finished


def test_a_card_says_what_supersedes_its_document_and_that_ocr_read_it(engine: Any) -> None:
    exchange = put(engine, "income?")
    answer = exchange.result
    assert isinstance(answer, Answer)
    (first, *_) = answer.sentences

    def aged(hit: Any) -> Any:
        source = replace(hit.source, superseded="The <b>next</b> evaluation")
        return replace(hit, source=source, passage=replace(hit.passage, ocr=0.87))

    cited = replace(first.citations[0], hit=aged(first.citations[0].hit))
    mixed = replace(
        exchange,
        result=replace(answer, sentences=(replace(first, citations=(cited,)), *answer.sentences[2:])),
    )
    page = show(engine, mixed)
    said = [each.text for each in page.select("details.source")[0].select(".caution")]
    assert said == ["superseded by The <b>next</b> evaluation", "read by OCR, 87 % confidence"]
    assert not page.select(".note.caution, b")
    assert "superseded by" in str(page.select(".mark")[0]["aria-label"])
    assert "river.pdf, superseded by The <b>next</b> evaluation, read by OCR" in render.plain(mixed)

    alone = replace(exchange, result=replace(answer, sentences=(replace(first, citations=(cited,)),)))
    above = one(show(engine, alone), ".note.caution")
    assert above.text == "Everything cited here is superseded; in force: The <b>next</b> evaluation."
    assert above.find_next_sibling("div", class_="answer")
    assert above.text in render.plain(alone)
    assert "in force" in render.announced(alone)


def test_in_force_is_a_filter() -> None:
    offered = [value for _, value in versions(partial(say, "en"))]
    wanted = [Filters(), Filters(in_force=True), Filters(in_force=False)]
    assert [chosen([], [], [], [], "", "", [], each) for each in offered] == wanted
    assert in_words(Filters(countries=("SEN",), in_force=True)) == "Senegal, in force only"
    assert in_words(Filters(in_force=False)) == "superseded only"


def test_what_is_old_says_so(engine: Any) -> None:
    exchange = put(engine, "income?")  # its sources end in 2021 and 2020
    for before, told in ((2022, True), (2021, False), (0, False)):
        html = render.turn(exchange, 1, engine.page_text, render.Look("en", before))
        assert bool(BeautifulSoup(html, "html.parser").select(".note.caution")) is told, before
    assert "newest source is from 2021" in render.announced(exchange, render.Look("en", 2022))


def test_two_figures_for_one_thing_stand_side_by_side(engine: Any) -> None:
    exchange = put(engine, "income?")
    answer = exchange.result
    assert isinstance(answer, Answer)
    said = ("The project reached 1,200 rural households.", "The project reached 950 rural households <b>.")
    sentences = []
    for words, sentence, years in zip(said, answer.sentences[1:], ((2019, 2021), None), strict=True):
        (citation,) = sentence.citations
        source = replace(citation.hit.source, language="en", countries=("SEN",), period=years)
        cited = replace(citation, hit=replace(citation.hit, source=source), quote=words)
        sentences.append(replace(sentence, text=words, citations=(cited,)))
    page = show(engine, replace(exchange, result=replace(answer, sentences=tuple(sentences))))
    assert [each.text for each in page.select(".differ .figure")] == [
        "1,200 rural households",
        "950 rural households",
    ]
    assert [each.text for each in page.select(".differ .when")] == ["2019–2021", "2020"]
    assert len(page.select(".differ .mark[data-evidence]")) == 2
    assert not show(engine, exchange).select(".differ")
