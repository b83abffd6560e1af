"""The tab Missing: questions without an answer that users told, the most frequent first."""

# No `from __future__ import annotations`: Gradio reads the handlers' annotations, which name a local `gr`.
from collections.abc import Sequence
from typing import Any

from ingest.documents import IngestError
from ingest.gaps import Gap, Gaps, Group
from ingest.screen_acts import Acts
from ingest.screen_parts import (
    PLAIN,
    QUIET,
    Part,
    answering,
    button,
    count,
    heading,
    language,
    moment,
    said,
    script,
    shown,
    values,
    who,
)

_MOST = 100  # groups shown
_ENDS = {"done": "closed as answered", "dismiss": "closed without a change"}


def missing(acts: Acts) -> Part:
    """Builds the tab inside the gr.Tab that is open."""
    import gradio as gr

    told = gr.HTML("", elem_id="d-closed", **PLAIN)
    listed = gr.HTML("", elem_id="d-missing", **{**PLAIN, "js_on_load": script()})

    def now() -> str:
        return groups(Gaps(acts.root).groups())

    def fill(request: gr.Request) -> list[Any]:
        return answering(request, lambda: [now()], 1)

    def on_act(event: gr.EventData, request: gr.Request) -> list[Any]:
        sent, by = values(event), who(request)
        return answering(request, lambda: [said(close(acts, sent, by)), now()], 2)

    listed.act(on_act, None, [told, listed], **QUIET)
    return Part(fill, [], [listed])


def close(acts: Acts, sent: dict[str, str], by: str) -> str:
    """Deletes a group of gaps for good and writes that into the audit, without their words."""
    end = _ENDS.get(sent.get("do", ""))
    if end is None:
        raise IngestError("nothing was asked")
    number = Gaps(acts.root).close(sent.get("ids", "").split())
    if not number:
        raise IngestError("this was closed already; load the list again")
    acts.admin.record(by, "gap " + end, count(number, "question"))
    return f"{count(number, 'question')} {end}"


def groups(found: Sequence[Group]) -> str:
    """The list as HTML."""
    title = heading(
        "Missing",
        "Questions that the documents do not answer, as users told you. Closing one deletes it for good.",
    )
    if not found:
        return f'{title}<p class="d-said">Nobody has told you of anything that is missing.</p>'
    items = "".join(map(_group, found[:_MOST]))
    rest = len(found) - _MOST
    more = f'<p class="d-soft">and {rest} more; close some to see them</p>' if rest > 0 else ""
    return f'{title}<ul class="d-list">{items}</ul>{more}'


def _group(group: Group) -> str:
    newest = group.gaps[0]
    ids = " ".join(gap.id for gap in group.gaps)
    people = sorted({gap.who for gap in group.gaps} - {""})
    asked = [
        count(len(group.gaps), "time", "times"),
        f"last on {moment(newest.at)}",
        f"by {', '.join(people)}" if people else "",
        language(newest.language),
        f"generation {newest.generation}",
    ]
    nearest = (
        f"<p>Nearest documents: <bdi>{'</bdi>; <bdi>'.join(map(shown, group.nearest))}</bdi></p>"
        if group.nearest
        else ""
    )
    return (
        f'<li><div><b dir="auto">{shown(newest.question)}</b>'
        f'<p class="d-soft">{shown(", ".join(filter(None, asked)))}</p>{_filters(group)}{nearest}'
        f'{_others(group.gaps)}</div><p class="d-links">'
        f"{button('Answered now', 'done', ids=ids, sure='Yes, delete it')}"
        f"{button('Dismiss', 'dismiss', ids=ids, sure='Yes, delete it')}</p></li>"
    )


def _filters(group: Group) -> str:
    found = dict.fromkeys(gap.filters for gap in group.gaps if gap.filters)
    return f'<p class="d-soft" dir="auto">Filters: {shown("; ".join(found))}</p>' if found else ""


def _others(gaps: Sequence[Gap]) -> str:
    words = list(dict.fromkeys(gap.question for gap in gaps))[1:]
    if not words:
        return ""
    items = "".join(f'<li dir="auto">{shown(each)}</li>' for each in words)
    return (
        f'<details class="d-names"><summary>Asked in other words ({len(words)})</summary>'
        f"<ul>{items}</ul></details>"
    )
