"""A theme of one's own on the Grid screen: told what is wrong, held for its bringer alone, forgotten."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import pytest

from assistant.chat import Assistant
from assistant.grids.themes import themes
from assistant.web.grid_themes import Themes
from assistant.web.words import say
from tests.assistant.web.grid_client import Client, client_of

THEME = """label: Cash
about: Money.
families:
  cash:
    label: {en: Cash <b>, fr: Argent}
    meaning: Money is sent home.
    terms:
      en: remittance*; money sent home
  moon:
    label: Moon
    meaning: The moon.
    terms: {en: [moon base]}
"""


@pytest.fixture(scope="module")
def client(assistant: Assistant) -> Client:
    return client_of(assistant)


def test_a_theme_of_ones_own_is_surveyed_and_is_nobody_elses(client: Client) -> None:
    html = client.send("/grid/theme", r"..\my theme.yaml", THEME.encode(), "fo")["html"]
    chosen = re.findall(r'value="([^"]+/(?:cash|moon))" checked', html)
    assert len(chosen) == 2
    assert "<b>," not in html
    asked = {"use": "survey", "families": chosen}
    assert "2 families of terms" in client.post("/grid/plan", asked, "fo")["words"]
    for person in ("", "eva"):
        assert client.post("/grid/plan", asked, person)["problem"] == say("en", "grid.theme_gone")
        assert client.post("/grid/start", asked, person)["problem"] == say("en", "grid.theme_gone")
    ticket = client.worked_out(asked, "fo")
    shown = client.get(f"/grid/result/{ticket}", "fo")["html"]
    assert "Moon: in 0 of 15 documents (0%)" in shown
    assert "my theme.yaml" in client.call("GET", f"/grid/export/{ticket}.html", "fo").text
    assert chosen[0] not in client.get("/grid/form", "fo")["html"]
    client.send("/grid/theme", "other.yml", THEME.encode(), "fo")
    assert client.post("/grid/plan", asked, "fo")["problem"] == say("en", "grid.theme_gone")


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        (
            "t.yaml",
            THEME.replace("meaning: The moon.", "meening: x").encode(),
            "t.yaml, line 11: families › moon › meening is not known",
        ),
        ("t.yaml", b"label: [", "this is no YAML"),
        ("t.yaml", b"x: &a [*a]", "more than 100,000 values"),
        ("t.yaml", b"[" * 9_000, "too deep within lists"),
        ("t.yaml", b"", "The file is empty"),
        ("t.yaml", b"#" * 1_000_001, "at most 1,000,000 are read"),
        ("t.yaml", b"#" * 2_000_001, "larger than 2 megabytes"),
        ("t.md", THEME.encode(), "Give a theme as a YAML file."),
        ("../../etc/passwd", THEME.encode(), "Give a theme as a YAML file."),
    ],
)
def test_a_faulty_theme_is_told_in_a_sentence(client: Client, name: str, data: bytes, said: str) -> None:
    before = {path.name for path in Path(tempfile.gettempdir()).glob("grid-*")}
    told = client.send("/grid/theme", name, data)
    assert said in told["problem"]
    assert "html" not in told
    assert {path.name for path in Path(tempfile.gettempdir()).glob("grid-*")} == before


def test_an_example_is_a_theme_that_can_be_brought(client: Client) -> None:
    (link,) = re.findall(r'href="(/grid/theme/[^"]+)"', client.get("/grid/form")["html"])
    told = client.call("GET", link)
    assert told.headers["content-disposition"] == "attachment; filename=theme.yaml"
    assert "html" in client.send("/grid/theme", "theme.yaml", told.content)
    for path in ("nothing", "..%2Fconcepts", "%2Fetc%2Fpasswd"):
        assert client.call("GET", f"/grid/theme/{path}").status_code == 404
    assert client.call("GET", link, "nobody").status_code == 404


def test_themes_come_from_people_on_the_screen_alone(client: Client) -> None:
    assert "Grid screen only" in client.send("/grid/theme", "t.yaml", THEME.encode(), mark="")["problem"]
    assert "not signed in" in client.send("/grid/theme", "t.yaml", THEME.encode(), "nobody")["problem"]
    held, (own,) = Themes(), (themes()[0],)
    kept = held.keep("a", own)
    assert held.of("a") == (kept,)
    assert held.of("b") == ()


def test_a_brought_theme_is_forgotten_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    held = Themes()
    held.keep("a", themes()[0])
    monkeypatch.setattr("assistant.web.grid_themes._LASTING", -1.0)
    assert held.of("a") == ()
