"""What an export says in its three forms, read back: footnotes, annex, direction, nothing that runs."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import pytest

from assistant.answer import Answer, Citation, Filters, Hit, Receipt, Refusal, Sentence, Source
from assistant.export import content, footnote, right_to_left
from assistant.export_docx import to_docx
from assistant.export_markdown import plain, to_markdown
from assistant.export_pdf import to_pdf
from assistant.web.conversation import Conversation, Exchange
from assistant.web.words import say
from ingest.documents import Passage

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
NASTY = "<script>x</script> ![a](http://evil.example/a.png) [b](javascript:c) #strong[x] $a$"
NASTY += " | =1+1 \u202eabc\x07 `c`"


def source(number: int, title: str, language: str, **more: Any) -> Source:
    known: dict[str, Any] = {
        "document": f"{number}" * 64, "name": f"file-{number}.pdf", "title": title, "kind": "evaluation",
        "countries": ("MLI",), "organisations": ("IOM",), "period": (2019, 2021), "published": 2022,
        "language": language, "symbol": "A/80/74",
    }  # fmt: skip
    return Source(**{**known, **more})


def hit(of: Source, ordinal: int, text: str, page: int | None = 12) -> Hit:
    passage = Passage(of.document, ordinal, page, "iv" if page else "", (), text, 0, len(text), number="34")
    return Hit(passage, of, 1.0)


def sentence(text: str, *hits: Hit, language: str = "en") -> Sentence:
    return Sentence(text, tuple(Citation(each, each.passage.text) for each in hits), language)


ENGLISH = source(1, "Evaluation of the River Basin Programme", "en", superseded="River Basin 2")
ARABIC = source(2, "التقييم النهائي لبرنامج إعادة الإدماج", "ar", symbol="")
CHINESE = source(3, "流域返乡方案最终评估报告", "zh")
RUSSIAN = source(4, "Итоговая оценка программы", "ru")
OTHER = source(5, "Guidance note", "en")
ONE = hit(ENGLISH, 1, "Sixty-four per cent earned an income.")
TWO = hit(ARABIC, 2, "كان 64 في المئة من العائدين (IOM) يكسبون دخلاً.")
THREE = hit(CHINESE, 3, "百分之六十四的返乡者有收入。", None)
FOUR = hit(RUSSIAN, 4, "Доход имели 64 процента.")
RECEIPT = Receipt(
    "0007", {"embedding": {"name": "e5", "hash": "ab12cd34ef567890"}}, {}, Filters(countries=("MLI",)),
    (ONE.passage.id, f"{OTHER.document[:20]}-00009", "f" * 20 + "-00001"), 270,
)  # fmt: skip
QUOTED = Answer(
    "How many?", "en",
    (
        sentence(ONE.passage.text, ONE), sentence(TWO.passage.text, TWO, language="ar"),
        sentence(THREE.passage.text, THREE, language="zh"), sentence(FOUR.passage.text, FOUR, language="ru"),
    ),
    RECEIPT,
)  # fmt: skip
WRITTEN = Answer(
    "كم؟", "ar", (sentence("أكثر من النصف.", TWO, ONE, language="ar"),), RECEIPT, "writing", "One was cut."
)
REFUSED = Refusal("moon?", "en", "Nothing on the moon.", (FOUR,), RECEIPT)
CONVERSATION = Conversation(
    (
        Exchange("How many had an income?", "Mali", result=QUOTED, standing="How many in Mali?"),
        Exchange("كم عدد العائدين؟", result=WRITTEN),
        Exchange("And the moon?", result=REFUSED),
        Exchange("And Mars?", problem="Stopped."),
    ),
    "a" * 32,
)
SOURCES = (ENGLISH, ARABIC, CHINESE, RUSSIAN, OTHER, source(6, "Never asked", "en"))


def test_a_place_as_one_cites_it() -> None:
    assert footnote(ONE, "0007") == (
        "Evaluation of the River Basin Programme, A/80/74, IOM, 2019–2021, para. 34, p. 12 (printed iv),"
        " file-1.pdf, library generation 0007, superseded by River Basin 2."
    )
    assert footnote(TWO, "0007").startswith("\u2068التقييم")  # each part keeps its own direction
    assert "p. " not in footnote(THREE, "0007")


def test_notes_are_numbered_through_and_name_what_a_sentence_does_not_say() -> None:
    made = content(CONVERSATION)
    assert [line.notes for section in made.sections for line in (*section.lines, *section.nearest)] == [
        (1,), (2,), (3,), (4,), (2, 1), (4,),
    ]  # fmt: skip
    assert [note.quotes for note in made.notes] == [(ONE.passage.text,), (TWO.passage.text,), (), ()]
    assert [section.refusal for section in made.sections][2:] == [
        "No answer in the documents. Nothing on the moon.", "Stopped.",
    ]  # fmt: skip
    later = replace(RECEIPT, generation="0008")
    again = content(
        replace(
            CONVERSATION,
            exchanges=(*CONVERSATION.exchanges, Exchange("q", result=replace(QUOTED, receipt=later))),
        )
    )
    assert again.sections[-1].lines[0].notes == (5,)
    assert "generation 0008" in again.notes[4].text


def test_the_annex() -> None:
    documents, how = content(CONVERSATION, sources=SOURCES).annex
    assert [(row[0], row[-1]) for row in documents.rows] == [
        (ENGLISH.title, "cited"), (RUSSIAN.title, "cited"), (ARABIC.title, "cited"), (CHINESE.title, "cited"),
        (OTHER.title, "considered"),
    ]  # fmt: skip
    facts = {label: value for _, label, value in how.rows[:7]}
    assert facts["Library generation"] == "0007"
    assert facts["Filters"] == "Mali"
    assert facts["Documents searched"] == "270"
    assert facts["Models"] == "embedding: e5 (ab12cd34ef56)"
    assert "202" in facts["Asked on"]


def test_a_single_question_is_not_said_twice() -> None:
    one = content(CONVERSATION.exchanges[0], "How many had  an income?")
    assert one.title == "Answers from the documents"
    assert content(CONVERSATION, "Notes").title == "Notes"


@pytest.mark.parametrize(
    ("text", "turned"), [("abc", False), ("64 — العدد", True), ("", False), ("\u2068א", True)]
)
def test_direction(text: str, turned: bool) -> None:
    assert right_to_left(text) is turned


def test_docx_read_back() -> None:
    import docx

    data = to_docx(CONVERSATION, "Notes", SOURCES)
    document = docx.Document(io.BytesIO(data))
    texts = [paragraph.text for paragraph in document.paragraphs]
    for words in ("Notes", ONE.passage.text, THREE.passage.text, "Stopped.", "Annex"):
        assert words in texts
    arabic = next(each for each in document.paragraphs if each.text == TWO.passage.text)
    assert arabic._p.pPr is not None
    assert arabic._p.pPr.find(f"{W}bidi") is not None
    english = next(each for each in document.paragraphs if each.text == ONE.passage.text)
    assert english._p.pPr is None or english._p.pPr.find(f"{W}bidi") is None
    assert [row.cells[0].text for row in document.tables[0].rows][1:] == [
        ENGLISH.title, RUSSIAN.title, ARABIC.title, CHINESE.title, OTHER.title,
    ]  # fmt: skip
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        notes = ElementTree.fromstring(archive.read("word/footnotes.xml"))
        body = ElementTree.fromstring(archive.read("word/document.xml"))
        assert "word/footnotes.xml" in archive.read("[Content_Types].xml").decode()
    said = {each.get(f"{W}id"): "".join(each.itertext()).strip() for each in notes.findall(f"{W}footnote")}
    assert list(said) == ["-1", "0", "1", "2", "3", "4"]
    assert said["1"].startswith(ENGLISH.title)
    assert said["1"].endswith(f"“{ONE.passage.text}”")
    assert [each.get(f"{W}id") for each in body.iter(f"{W}footnoteReference")] == ["1", "2", "3", "4"]
    fields = [each.get(f"{W}instr", "").split()[1] for each in body.iter(f"{W}fldSimple")]
    assert fields == ["note2", "note1", "note4"]


def test_pdf_read_back() -> None:
    import pypdfium2  # type: ignore[import-untyped]

    data = to_pdf(CONVERSATION, "Notes", SOURCES)
    document = pypdfium2.PdfDocument(data)
    text = "".join(page.get_textpage().get_text_range() for page in document).replace("\r\n", " ")
    for words in (
        ONE.passage.text,
        THREE.passage.text,
        FOUR.passage.text,
        "And Mars?",
        "generation 0007",
        "Annex",
        "Guidance note",
    ):
        assert words in text, words
    assert "كان" in text
    assert "العائدين" in text
    assert document.get_metadata_dict()["Title"] == "Notes"
    document.close()


def test_pdf_needs_no_font_of_the_machine() -> None:
    """Every letter of six languages is set from the fonts that come as packages."""
    from pypdf import PdfReader

    fonts = set()
    for page in PdfReader(io.BytesIO(to_pdf(CONVERSATION))).pages:
        for font in page["/Resources"]["/Font"].values():  # type: ignore[index]
            fonts.add(font.get_object()["/BaseFont"].partition("+")[2])
    assert {each.partition("-")[0] for each in fonts} == {"NotoSans", "Almarai", "NotoSansSC"}


@pytest.mark.parametrize(
    "text", [NASTY, "# a", "1. a", "- a", "> a", "a\n\n# b", "| a |", "a\n---", "[^1]: a", "www.evil.example"]
)
def test_markdown_finds_no_markup_in_words(text: str) -> None:
    from markdown_it import MarkdownIt
    from mdit_py_plugins.footnote import footnote_plugin

    reader = MarkdownIt("gfm-like", {"linkify": False}).use(footnote_plugin)
    tokens = reader.parse(plain(text))
    assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    kinds = {child.type for child in tokens[1].children or ()}
    assert kinds <= {"text", "text_special"}
    shown = "".join(child.content for child in tokens[1].children or ())
    assert shown == " ".join(text.split())


def test_markdown_has_footnotes() -> None:
    from markdown_it import MarkdownIt
    from mdit_py_plugins.footnote import footnote_plugin

    text = to_markdown(CONVERSATION, "Notes", SOURCES)
    html = MarkdownIt("commonmark").enable("table").use(footnote_plugin).render(text)
    assert html.count('class="footnote-item"') == 4
    assert html.count("<table>") == 2
    assert html.count("<h1>") == 1
    assert "[^" not in html


def test_nothing_in_a_document_is_markup_anywhere() -> None:
    nasty = source(7, NASTY, NASTY, symbol=NASTY, name=NASTY, organisations=(NASTY,))
    place = hit(nasty, 1, NASTY)
    answer = Answer(NASTY, NASTY, (sentence(NASTY, place, language=NASTY),), RECEIPT, note=NASTY)
    kept = Conversation((Exchange(NASTY, NASTY, standing=NASTY, result=answer),))
    data = to_docx(kept, NASTY, (nasty,))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            if name.endswith(".rels"):
                assert b"evil.example" not in archive.read(name)
        body = archive.read("word/document.xml").decode()
    assert "&lt;script&gt;" in body
    assert "\u202e" not in body
    import pypdfium2

    document = pypdfium2.PdfDocument(to_pdf(kept, NASTY, (nasty,)))
    assert "#strong[x] $a$" in document[0].get_textpage().get_text_range().replace("\r\n", " ")
    document.close()
    assert "<script>" not in to_markdown(kept, NASTY, (nasty,))


def test_an_export_speaks_the_language_of_the_screen() -> None:
    made = content(CONVERSATION, sources=SOURCES, ui="ar")
    assert made.notes[0].text.count(say("ar", "export.in_generation", generation="0007")) == 1
    assert say("ar", "source.superseded", newer="River Basin 2") in made.notes[0].text
    assert made.sections[2].refusal == say("ar", "answer.none_said", reason="Nothing on the moon.")
    english = {words for table in content(CONVERSATION, sources=SOURCES).annex for words in table.header}
    assert {words for table in made.annex for words in table.header} & english == {""}
    data = to_docx(CONVERSATION, "", SOURCES, "ar")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.read("word/document.xml").count(b"<w:bidiVisual") == 2
    assert f"## {say('ar', 'export.annex')}" in to_markdown(CONVERSATION, "", SOURCES, "ar")
    assert to_pdf(CONVERSATION, "", SOURCES, "zh").startswith(b"%PDF")


@pytest.mark.parametrize("make", [to_docx, to_pdf, to_markdown])
def test_nothing_answered_and_nothing_asked(make: Any) -> None:
    assert make(Conversation())
    assert make(Exchange("under way"))
