"""The pages of the login as HTML: plain forms, no script, nothing from elsewhere."""

from __future__ import annotations

import re
from functools import cache
from html import escape
from pathlib import Path
from urllib.parse import quote

from assistant.passwords import SHORTEST
from assistant.people import Person
from assistant.web.words import direction, say


def sign_in(next_: str, *, name: str = "", problem: str = "", openid: str = "", ui: str = "en") -> str:
    """The page that asks who it is. openid: what the provider's button says, "" where there is none."""
    other = (
        f'<a class="button" href="/login/openid?next={quote(next_, safe="")}">'
        f"{escape(say(ui, 'login.through', label=openid))}</a>"
        f'<p class="or">{say(ui, "login.or")}</p>'
        if openid
        else ""
    )
    focus = ("", " autofocus") if name else (" autofocus", "")
    return _page(
        ui,
        say(ui, "login.sign_in"),
        f"<h1>{say(ui, 'login.sign_in')}</h1>{_problem(problem)}{other}"
        f'<form method="post" action="/login"><input type="hidden" name="next" value="{escape(next_)}">'
        f'<label for="name">{say(ui, "login.name")}</label>'
        f'<input id="name" name="name" value="{escape(name)}" autocomplete="username" autocapitalize="none"'
        f' spellcheck="false" maxlength="100" required{focus[0]}>'
        f"{_password('password', say(ui, 'login.password'), 'current-password', focus[1])}"
        f"<button>{say(ui, 'login.sign_in')}</button></form>"
        f'<p class="soft" style="margin:20px 0 0">{say(ui, "login.help")}</p>',
    )


def account(person: Person, *, has_password: bool, problem: str = "", said: str = "", ui: str = "en") -> str:
    """What a user sees of the own account: who it is, a new password, the way out."""
    who = say(ui, "login.you", name=person.name, role=say(ui, f"login.{person.role.replace(' ', '_')}"))
    if person.groups:
        who += " " + say(ui, "login.groups", groups=", ".join(sorted(person.groups)))
    done = f'<p class="said" role="status">{escape(said)}</p>' if said else ""
    change = (
        f'<h2>{say(ui, "login.change")}</h2><form method="post" action="/account">'
        f'<input type="hidden" name="name" value="{escape(person.name)}" autocomplete="username">'
        f"{_password('old', say(ui, 'login.old'), 'current-password')}"
        f"{_password('new', say(ui, 'login.new', shortest=SHORTEST), 'new-password')}"
        f"{_password('again', say(ui, 'login.again'), 'new-password')}"
        f"<button>{say(ui, 'login.save')}</button></form>"
    )
    return _page(
        ui,
        say(ui, "login.account"),
        f"<h1>{say(ui, 'login.account')}</h1>{_problem(problem)}{done}<p>{escape(who)}</p>"
        '<form method="post" action="/logout">'
        f'<button class="quiet">{say(ui, "login.sign_out")}</button></form>'
        f"{change if has_password else ''}"
        f'<p style="margin:24px 0 0"><a href="/">{say(ui, "login.back")}</a></p>',
    )


def _password(id_: str, label: str, autocomplete: str, focus: str = "") -> str:
    return (
        f'<label for="{id_}">{label}</label><input id="{id_}" name="{id_}" type="password"'
        f' autocomplete="{autocomplete}" maxlength="256" required{focus}>'
    )


def _problem(problem: str) -> str:
    if not problem:
        return ""
    words = problem[:1].upper() + problem[1:] + ("" if problem.endswith((".", "。")) else ".")
    return f'<p class="problem" role="alert">{escape(words)}</p>'


def _page(ui: str, title: str, main: str) -> str:
    brand = say(ui, "page.title")
    return (
        f'<!doctype html><html lang="{ui}" dir="{direction(ui)}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title} · {brand}</title><style>{_style()}</style></head>"
        f'<body><p class="brand">{brand}</p><main>{main}</main></body></html>'
    )


@cache
def _style() -> str:
    """The colours that style.css gives the chat, by the browser's own choice of light and dark."""
    here = Path(__file__)
    colours = here.with_name("style.css").read_text(encoding="utf-8")
    light, dark = (
        re.search(r"^:root \{(.*?)\}", colours, re.S | re.M),
        re.search(r"^\.dark[^{]*\{(.*?)\}", colours, re.S | re.M),
    )
    assert light is not None, "style.css begins with the colours"
    assert dark is not None, "style.css begins with the colours"
    rest = here.with_name("login.css").read_text(encoding="utf-8")
    return f":root{{{light[1]}}}@media(prefers-color-scheme:dark){{:root{{{dark[1]}}}}}{rest}"
