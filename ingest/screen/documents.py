"""The tab Documents: the list, and one document with its description and its pages."""

# No `from __future__ import annotations`: Gradio reads the handlers' annotations, which name a local `gr`.
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any

from ingest.screen import document as screen_document
from ingest.screen import pages as screen_pages
from ingest.screen import table as screen_table
from ingest.screen.acts import Acts
from ingest.screen.parts import PLAIN, QUIET, Part, answering, button, said, script, values, who
from ingest.screen.words import slot
from ingest.wording import language_of


@dataclass(frozen=True)
class View:
    """What one session looks at: a file's path ("" for the list), a place among its pages, rows listed."""

    path: str = ""
    at: int = 0
    most: int = screen_table.SHOWN
    last: str = ""  # the document looked at before, whose row takes the focus


def listing(acts: Acts) -> Part:
    """Builds the tab inside the gr.Tab that is open."""
    import gradio as gr

    acting = {**PLAIN, "js_on_load": script()}
    view = gr.State(View())
    with gr.Column(elem_id="d-listing") as all_:
        with gr.Row(elem_id="d-find"):
            hint = slot("files.find_hint")
            find = gr.Textbox(label=slot("files.find"), placeholder=hint, max_length=200, scale=3)
            sorts = [(slot(f"files.show_{name}"), name) for name in screen_table.SHOWS]
            show = gr.Dropdown(sorts, value=sorts[0][1], label=slot("files.show"), scale=2)
        listed = gr.HTML("", elem_id="d-listed", **acting)
    with gr.Column(visible=False, elem_id="d-one") as one:
        back = gr.HTML(f"<p>{button(slot('facts.all'), 'back', 'back')}</p>", elem_id="d-back", **acting)
        about = gr.HTML("", elem_id="d-about", **acting)
        told = gr.HTML("", elem_id="d-told", **PLAIN)
        form = gr.HTML("", elem_id="d-form", **acting)
        leaf = gr.HTML("", elem_id="d-leaf", **acting)

    inputs, outputs = [find, show, view], [listed]
    whole = [told, view, all_, one, listed, about, form, leaf]
    skip = gr.skip()

    def table(ui: str, find: str, show: str, view: View) -> str:
        rows = acts.rows()
        chosen = screen_table.chosen(rows, find or "", show, ui)
        return screen_table.table(chosen, len(rows), view.most, view.last, ui)

    def fill(request: gr.Request, find: str, show: str, view: View) -> list[Any]:
        return answering(request, lambda: [table(language_of(request), find, show, view)], 1)

    def page(ui: str, row: dict[str, Any], at: int) -> str:
        live = acts.library.live()
        if not live or not row["sha256"]:
            return ""
        with closing(acts.library.catalogue(live)) as catalogue:
            pages = catalogue.pages(row["sha256"])
        return screen_pages.page(row["sha256"], row["format"], pages, at, ui)

    def opened(ui: str, view: View) -> list[Any]:
        row = acts.row(view.path)
        html = screen_document.about(row, ui), screen_document.form(row, ui), page(ui, row, view.at)
        return ["", view, gr.Column(visible=False), gr.Column(visible=True), skip, *html]

    def on_list(event: gr.EventData, request: gr.Request, find: str, show: str, view: View) -> list[Any]:
        sent, ui = values(event), language_of(request)

        def done() -> list[Any]:
            if sent.get("do") == "more":
                more = replace(view, most=view.most + screen_table.SHOWN)
                return [skip, more, skip, skip, table(ui, find, show, more), skip, skip, skip]
            return opened(ui, View(sent.get("file", ""), most=view.most))

        return answering(request, done, len(whole), whole.index(listed))

    def on_back(request: gr.Request, find: str, show: str, view: View) -> list[Any]:
        def done() -> list[Any]:
            left = View(most=view.most, last=view.path)
            html = table(language_of(request), find, show, left)
            shown = [gr.Column(visible=True), gr.Column(visible=False), html]
            return ["", replace(left, last=""), *shown, "", "", ""]

        return answering(request, done, len(whole))

    def on_form(event: gr.EventData, request: gr.Request, view: View) -> list[Any]:
        sent, by, ui = values(event), who(request), language_of(request)

        def done() -> list[Any]:
            row, do = acts.row(view.path), sent.get("do")
            if do == "edit":
                words = acts.edit(row, sent, by, ui)
            elif do == "found":
                words = acts.give_back(row, by)
            elif do == "withdraw":
                words = acts.withdraw(row, sent.get("why", ""), by)
            elif do == "restore":
                words = acts.restore(row, by)
            elif do == "limit":
                words = acts.limit(row, sent, by)
            elif do == "everyone":
                words = acts.unlimit(row, by)
            elif do == "remove":
                words = acts.remove(row, by)
            else:
                words = acts.password(row, sent.get("password", ""), by)
            row = acts.row(view.path)
            return [said(words, ui), screen_document.about(row, ui), screen_document.form(row, ui)]

        return answering(request, done, 3)

    def on_leaf(event: gr.EventData, request: gr.Request, view: View) -> list[Any]:
        to = values(event).get("to", "")

        def done() -> list[Any]:
            at = int(to) if to.isdecimal() else 0
            return [page(language_of(request), acts.row(view.path), at), replace(view, at=at)]

        return answering(request, done, 2)

    listed.act(on_list, inputs, whole, **QUIET)
    back.act(on_back, inputs, whole, **QUIET)
    form.act(on_form, view, [told, about, form], **QUIET)
    leaf.act(on_leaf, view, [leaf, view], **QUIET)
    find.change(fill, inputs, outputs, trigger_mode="always_last", **QUIET)
    show.change(fill, inputs, outputs, **QUIET)
    return Part(fill, inputs, outputs)
