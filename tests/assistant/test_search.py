"""Search over the sample documents: legs, languages, filters, names, spread."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.answer import AssistantError, Filters, Hit, Source
from assistant.chat import Assistant
from assistant.search import Names, checked_filters, lexical_terms, shares, spread
from ingest.documents import Passage

VALORIA = "cooperation-framework-valoria-2023-2027.pdf"


def test_finds_the_page_that_says_it(assistant: Assistant) -> None:
    found = assistant.search("How did the visit of Valorian teachers to Sanorra come about?", k=5)
    assert found.language == "en"
    assert found.hits[0].source.name == "lessons-bilateral-learning-missions.html"
    assert [hit.score for hit in found.hits] == sorted((hit.score for hit in found.hits), reverse=True)


def test_lexical_leg_counts_in_the_questions_language_only(assistant: Assistant) -> None:
    found = assistant.search("caisses villageoises et transferts de fonds en Tambarie", k=20)
    assert found.language == "fr"
    assert any(hit.lexical for hit in found.hits)
    assert all(hit.lexical is None for hit in found.hits if hit.source.language != "fr")


def test_question_in_another_language_finds_the_document(assistant: Assistant) -> None:
    found = assistant.search(
        "What lessons came from linking money sent home to village savings groups in Tambarie?", k=5
    )
    assert "lecons-apprises-transferts-tambarie.docx" in {hit.source.name for hit in found.hits}


@pytest.mark.parametrize(
    ("filters", "passes"),
    [
        (Filters(languages=("fr",)), lambda source: source.language == "fr"),
        (Filters(kinds=("framework",)), lambda source: source.kind == "framework"),
        (Filters(documents=(VALORIA,)), lambda source: source.name == VALORIA),
        (Filters(organisations=("UNDP",)), lambda source: "UNDP" in source.organisations),
        (Filters(since=2028), lambda source: source.period is not None and source.period[1] >= 2028),
    ],
)
def test_filters_hold(assistant: Assistant, filters: Filters, passes: object) -> None:
    found = assistant.search("migration", k=30, filters=filters)
    assert found.hits
    assert callable(passes)
    assert all(passes(hit.source) for hit in found.hits)
    assert found.documents == sum(passes(source) for source in assistant.sources())


def test_a_scope_of_one_document_is_searched_whole(assistant: Assistant) -> None:
    found = assistant.search("migration", k=100, filters=Filters(documents=(VALORIA,)))
    with assistant.live.reading() as generation:
        sha = found.hits[0].passage.document
        # All but near-duplicates of one another.
        assert len(found.hits) >= 0.8 * min(100, len(generation.matrix[0][sha]))


def test_filters_that_leave_nothing(assistant: Assistant) -> None:
    found = assistant.search("migration", filters=Filters(since=2090))
    assert found.hits == ()
    assert found.documents == 0


def test_filter_names_become_codes_and_unknown_ones_are_named() -> None:
    checked = checked_filters(Filters(countries=("Sénégal", "ma"), kinds=("UNDAF",), organisations=("OIM",)))
    assert checked == Filters(countries=("SEN", "MAR"), kinds=("framework",), organisations=("IOM",))
    with pytest.raises(AssistantError, match="Atlantis"):
        checked_filters(Filters(countries=("Atlantis",)))
    with pytest.raises(AssistantError, match="kinds are"):
        checked_filters(Filters(kinds=("poem",)))
    with pytest.raises(AssistantError, match="wrong way round"):
        checked_filters(Filters(since=2020, until=2010))


def test_the_best_cosine_counts_whole_and_one_of_a_random_passage_next_to_nothing() -> None:
    found = shares({"best": 0.9, "middle": 0.8, "far": 0.6}, mean=0.76, deviation=0.02)
    assert found["best"] == 1.0
    assert found["middle"] == pytest.approx(0.5)  # half way from .70, three deviations below the mean
    assert found["far"] == 0.0


def test_lexical_terms_leave_out_words_without_content() -> None:
    assert lexical_terms("What did the evaluation of the projects find?", "en") == lexical_terms(
        "evaluation projects find", "en"
    )


def _hit(document: str, ordinal: int, text: str, score: float = 1.0) -> Hit:
    source = Source(document, f"{document}.pdf", "", "report", (), (), None, None, "en", "")
    return Hit(Passage(document, ordinal, 1, "", (), text, 0, len(text)), source, score)


def test_no_document_crowds_out_the_rest() -> None:
    words = "one two three four five six seven eight nine ten eleven twelve thirteen".split()  # noqa: SIM905
    hits = [_hit("a" * 64, i, f"{words[i]} alone stands here {words[-i]}") for i in range(10)]
    hits += [_hit("b" * 64, 1, "something else entirely")]
    kept = spread(hits, 6, 4)
    assert sum(hit.passage.document == "a" * 64 for hit in kept[:5]) == 4
    assert kept[4].passage.document == "b" * 64
    assert len(kept) == 6


def test_near_duplicates_do_not_fill_the_list() -> None:
    text = "the project trained forty nine officers in three ports of the region"
    hits = [_hit("a" * 64, 0, text), _hit("b" * 64, 0, text + " too"), _hit("c" * 64, 0, "other words")]
    assert [hit.passage.document[0] for hit in spread(hits, 5, None)] == ["a", "c"]


def test_names_in_the_question_meet_the_description() -> None:
    source = _hit("a" * 64, 0, "x").source
    senegal = replace(source, countries=("SEN",), symbol="A/80/74", published=2021)
    assert Names.of("Quels résultats au Sénégal ?").worth(senegal) > Names.of("Quels résultats ?").worth(
        senegal
    )
    assert Names.of("what does A/80/74 say").worth(senegal) > 0
    assert Names.of("what does A/80/75 say").worth(senegal) == 0


def test_same_question_same_answer(assistant: Assistant) -> None:
    one, two = (assistant.search("returnees and housing", k=20) for _ in range(2))
    assert [hit.passage.id for hit in one.hits] == [hit.passage.id for hit in two.hits]
