"""The tab Missing: questions without an answer that users told, the most frequent first."""

# No `from __future__ import annotations`: Gradio reads the handlers' annotations, which name a local `gr`.
from collections.abc import Sequence
from typing import Any

from ingest.gaps import Gap, Gaps, Group
from ingest.screen.acts import Acts
from ingest.screen.parts import (
    PLAIN,
    QUIET,
    Part,
    answering,
    apart,
    button,
    heading,
    language,
    moment,
    said,
    script,
    shown,
    values,
    who,
)
from ingest.screen.words import Line, isolated, line, refused, say
from ingest.wording import language_of, listed

_MOST = 100  # groups shown
# (the audit's word, what the admin is told) of each way to close one.
_ENDS = {
    "done": ("gap closed as answered", "done.answered"),
    "dismiss": ("gap closed without a change", "done.dismissed"),
}


def missing(acts: Acts) -> Part:
    """Builds the tab inside the gr.Tab that is open."""
    import gradio as gr

    told = gr.HTML("", elem_id="d-closed", **PLAIN)
    list_ = gr.HTML("", elem_id="d-missing", **{**PLAIN, "js_on_load": script()})

    def now(ui: str) -> str:
        return groups(Gaps(acts.root).groups(), ui)

    def fill(request: gr.Request) -> list[Any]:
        return answering(request, lambda: [now(language_of(request))], 1)

    def on_act(event: gr.EventData, request: gr.Request) -> list[Any]:
        sent, by, ui = values(event), who(request), language_of(request)
        return answering(request, lambda: [said(close(acts, sent, by), ui), now(ui)], 2)

    list_.act(on_act, None, [told, list_], **QUIET)
    return Part(fill, [], [list_])


def close(acts: Acts, sent: dict[str, str], by: str) -> Line:
    """Deletes a group of gaps for good and writes that into the audit, without their words."""
    end = _ENDS.get(sent.get("do", ""))
    if end is None:
        raise refused("parts.nothing_asked")
    action, words = end
    number = Gaps(acts.root).close(sent.get("ids", "").split())
    if not number:
        raise refused("refused.closed_already")
    acts.admin.record(by, action, say("en", "amount.questions", count=number))
    return line(words, count=number)


def groups(found: Sequence[Group], ui: str = "en") -> str:
    """The list as HTML."""
    title = heading(say(ui, "wanted.title"), say(ui, "wanted.about"))
    if not found:
        return f'{title}<p class="d-said">{say(ui, "wanted.none")}</p>'
    items = "".join(_group(each, ui) for each in found[:_MOST])
    rest = len(found) - _MOST
    more = f'<p class="d-soft">{say(ui, "wanted.more", count=rest)}</p>' if rest > 0 else ""
    return f'{title}<ul class="d-list">{items}</ul>{more}'


def _group(group: Group, ui: str) -> str:
    newest = group.gaps[0]
    ids = " ".join(gap.id for gap in group.gaps)
    people = sorted({gap.who for gap in group.gaps} - {""})
    asked = [
        say(ui, "amount.times", count=len(group.gaps)),
        say(ui, "wanted.last", when=moment(newest.at, ui)),
        say(ui, "wanted.by", who=listed(ui, (isolated(ui, each) for each in people))) if people else "",
        language(newest.language, ui),
        say(ui, "wanted.generation", name=newest.generation),
    ]
    titles = apart(ui, (f"<bdi>{shown(title)}</bdi>" for title in group.nearest))
    nearest = f"<p>{say(ui, 'wanted.nearest', titles=titles)}</p>" if titles else ""
    sure = say(ui, "wanted.sure")
    return (
        f'<li><div><b dir="auto">{shown(newest.question)}</b>'
        f'<p class="d-soft">{shown(listed(ui, filter(None, asked)))}</p>{_filters(group, ui)}{nearest}'
        f'{_others(group.gaps, ui)}</div><p class="d-links">'
        f"{button(say(ui, 'wanted.answered'), 'done', ids=ids, sure=sure)}"
        f"{button(say(ui, 'wanted.dismiss'), 'dismiss', ids=ids, sure=sure)}</p></li>"
    )


def _filters(group: Group, ui: str) -> str:
    found = dict.fromkeys(gap.filters for gap in group.gaps if gap.filters)
    filters = apart(ui, (f"<bdi>{shown(each)}</bdi>" for each in found))
    return f'<p class="d-soft">{say(ui, "wanted.filters", filters=filters)}</p>' if found else ""


def _others(gaps: Sequence[Gap], ui: str) -> str:
    words = list(dict.fromkeys(gap.question for gap in gaps))[1:]
    if not words:
        return ""
    items = "".join(f'<li dir="auto">{shown(each)}</li>' for each in words)
    title = say(ui, "wanted.others", count=len(words))
    return f'<details class="d-names"><summary>{title}</summary><ul>{items}</ul></details>'
