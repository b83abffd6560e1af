"""A person's conversations beside the transcript: the list as HTML, and what can be done with one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from html import escape
from itertools import groupby
from typing import Any

from assistant.answer import AssistantError
from assistant.kept import LONGEST_TITLE, MISSING, PAGE, Conversations, Line, holds
from assistant.web.access import engine_for, person_of
from assistant.web.conversation import Conversation
from assistant.web.engine import Engine
from assistant.web.handlers import settled
from assistant.web.readable import readable
from assistant.web.render import export_menu
from assistant.web.words import Said, say, slot

_MOST_PAGES = 20


@dataclass(frozen=True)
class Done:
    """What came of it. conversation: the one to be shown now, None to leave what is shown. words: said to
    the person; "" for nothing."""

    words: str = ""
    conversation: Conversation | None = None


def static() -> str:
    """What stands above the list; with slots for its words."""
    search = slot("conversations.search")
    return (
        f'<div class="side-top"><h2>{slot("conversations.title")}</h2>'
        f'<button type="button" class="icon" data-do="close" aria-label="{slot("conversations.hide")}">'
        '<span aria-hidden="true">×</span></button></div>'
        '<input type="search" maxlength="200" autocomplete="off" dir="auto" '
        f'placeholder="{search}" aria-label="{search}"><p class="side-said" hidden></p>'
    )


def below() -> str:
    """What stands under the list."""
    return (
        f'<div class="bar">{_twice("unkeep", "do_not_keep")}'
        f'<p class="unkept" hidden>{slot("conversations.not_kept")}</p>'
        f"{_twice('delete_all', 'delete_all')}</div>"
    )


def _twice(do: str, key: str) -> str:
    """A button that has to be pressed twice."""
    words, sure = slot(f"conversations.{key}"), slot(f"conversations.{key}_sure")
    return f'<button type="button" class="quiet" data-do="{do}" data-sure="{sure}">{words}</button>'


def listed(request: Any, engine: Engine, sent: Mapping[str, Any], ui: str) -> str:
    """The list as HTML: `sent` may hold the words that are searched for, and how many pages are wanted."""
    store, person = Conversations(engine.settings.library), person_of(request).name
    search, pages = str(sent.get("search") or "")[:200], _pages(sent.get("pages"))
    lines: list[Line] = []
    for page in range(1, pages + 1):
        found = store.list(person, search, page)
        lines += [each for each in found if _may_be_found(request, engine, store, each, search)]
        if len(found) < PAGE:
            break
    more = len(found) == PAGE and pages < _MOST_PAGES
    return html(lines, ui, searched=bool(search.strip()), more=more)


def _may_be_found(request: Any, engine: Engine, store: Conversations, line: Line, search: str) -> bool:
    """Whether the words searched for stand in what this person may still read of the conversation."""
    person = person_of(request)
    if not search.strip() or person.reads is None:
        return True
    return holds(line.title, readable(request, engine, store.open(person.name, line.id)), search)


def _pages(wanted: Any) -> int:
    return min(max(wanted, 1), _MOST_PAGES) if isinstance(wanted, int) else 1


def html(lines: Sequence[Line], ui: str, *, searched: bool = False, more: bool = False) -> str:
    """The list, by age."""
    if not lines:
        return (
            f'<p class="none">{say(ui, "conversations.none_found" if searched else "conversations.none")}</p>'
        )
    parts = []
    for age, group in groupby(lines, _age):
        rows = "".join(_row(line, ui) for line in group)
        parts.append(f"<h3>{say(ui, f'conversations.{age}')}</h3><ul>{rows}</ul>")
    if more:
        parts.append(
            f'<button type="button" class="quiet" data-do="more">{say(ui, "conversations.more")}</button>'
        )
    return "".join(parts)


def _age(line: Line) -> str:
    days = (datetime.now(UTC).date() - datetime.fromisoformat(line.changed).date()).days
    return "today" if days <= 0 else "yesterday" if days == 1 else "week" if days < 7 else "older"


def _row(line: Line, ui: str) -> str:
    id_, title = escape(line.id), escape(line.title)
    held = f'data-id="{id_}" aria-description="{title}"'
    sure = say(ui, "conversations.delete_sure")
    export = escape(f"{say(ui, 'do.export_conversation')}: {line.title}")
    actions = escape(say(ui, "conversations.actions", title=line.title))
    return (
        f'<li data-conversation="{id_}">'
        f'<button type="button" class="open" data-do="open" data-id="{id_}" dir="auto">{title}</button>'
        f'<details class="menu"><summary class="icon" aria-label="{actions}">'
        '<span aria-hidden="true" class="dots"></span></summary><div class="sheet">'
        f'<button type="button" data-do="rename" {held}>{say(ui, "conversations.rename")}</button>'
        f"{export_menu(line.id, export, ui)}"
        f'<button type="button" data-do="delete" data-sure="{sure}" {held}>'
        f"{say(ui, 'conversations.delete')}</button></div></details>"
        f'<form hidden><input maxlength="{LONGEST_TITLE}" value="{title}" dir="auto" autocomplete="off" '
        f'aria-label="{say(ui, "conversations.new_title")}">'
        f'<button class="quiet">{say(ui, "conversations.save")}</button>'
        f'<button type="button" class="quiet" data-do="cancel">{say(ui, "conversations.cancel")}</button>'
        "</form></li>"
    )


def done(request: Any, engine: Engine, shown: Conversation, sent: Mapping[str, Any], ui: str) -> Done:
    """Does what a button of the list says. shown: the conversation beside it. Raises AssistantError."""
    store, person = Conversations(engine.settings.library), person_of(request).name
    id_, do = str(sent.get("id") or ""), sent.get("do")
    try:
        match do:
            case "open":
                title = store.title(person, id_)
                conversation = readable(request, engine, store.open(person, id_))
                conversation = settled(engine_for(request, engine), conversation, ui)
                return Done(say(ui, "conversations.opened", title=title), conversation)
            case "rename":
                if not str(sent.get("title") or "").strip():
                    raise Said("conversations.untitled")
                store.rename(person, id_, str(sent["title"]))
                return Done(say(ui, "conversations.renamed"))
            case "delete":
                store.delete(person, id_)
                begun = Conversation() if id_ == shown.id else None
                return Done(say(ui, "conversations.deleted"), begun)
            case "delete_all":
                count = store.delete_all(person)
                return Done(say(ui, "conversations.deleted_all", count=count), Conversation())
            case "unkeep":
                return Done(
                    say(ui, "conversations.not_kept_said"), _unkept(store, person, engine, request, shown, ui)
                )
            case "new":
                return Done(say(ui, "conversations.begun"), Conversation())
    except AssistantError as error:
        if str(error) == MISSING:
            raise Said("conversations.missing") from error
        raise
    return Done()


def _unkept(
    store: Conversations, person: str, engine: Engine, request: Any, shown: Conversation, ui: str
) -> Conversation:
    """`shown`, of which nothing is kept any more."""
    if shown.id and shown.keep:
        try:
            store.delete(person, shown.id)
        except AssistantError as error:  # it may have been deleted meanwhile
            if str(error) != MISSING:
                raise
    return settled(engine_for(request, engine), replace(shown, keep=False), ui)
