"""A library with an open part and a limited one full of canary words, and a browser's page to ask it with."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

GROUP = "board"
# Each stands in one place of the limited documents: title, file name, heading, text, table, the PDF's own
# properties, organisation, symbol, country (name and code), year, a newer version's title.
CANARIES = (
    "Zorblax", "quimbly", "Frandible", "Wexnort", "Plovexium", "Mellifrac", "Yarnova", "QK/2097/77",
    "Mongolia", "MNG", "2097", "Grelbin",
)  # fmt: skip
OPEN, ALL = 5, 12  # documents
QUESTIONS = (
    "How many herders received winter feed?",
    "How many herders received Wexnort feed from Yarnova in Mongolia in 2097?",
    "What does QK/2097/77 say of Frandible?",
    "Who leads the Zorblax scheme?",
    "What is said of ferries?",
    "What is the capital of the moon?",
)
ANSWERED = QUESTIONS[0]
FERRY = """# {title}

Each ferry carries at least {number} life rafts, checked every spring by the harbour master, who signs the
book of the ship. Where rafts are missing the ferry stays in port until they are replaced. Crews practise with
the rafts twice a year, at night and in daylight, and keep a list of who took part.
"""
TWIN = """# Winter roads of the northern valleys

Snow closes the pass above the saw mill from the middle of November, and the road crew of eleven people keeps
the lower road open with two ploughs and forty tons of grit that are stored under the bridge since October.
Villages without a shop keep flour, oil and candles for six weeks until the plough has come through again.
"""


@dataclass
class House:
    """What is served, its library, and the folders that its documents come from."""

    url: str
    app: Any
    library: Path
    documents: Path
    secret: str  # SHA-256 of the limited PDF
    hashes: tuple[str, ...]  # of all that is limited
    clients: dict[str, httpx.Client] = field(default_factory=dict)


def write(documents: Path) -> None:
    opened, closed = documents / "open", documents / "closed"
    for each in (opened, closed):
        each.mkdir(parents=True)
    (opened / "ferries v1.md").write_text(
        FERRY.format(title="Guidance on ferry safety (draft v1)", number="eight")
    )
    (closed / "ferries v2.md").write_text(
        FERRY.format(title="Guidance on ferry safety (draft v2)", number="nine Grelbin")
    )
    (closed / "roads.md").write_text(TWIN)
    (opened / "roads-of-the-north.md").write_text(f"{TWIN}\nThis copy was typed anew.\n")
    for name, words in (
        ("bees", "Beekeepers in the hills keep nine hives each and sell honey at the market."),
        ("wells", "The wells of the plain were dug in 1998 and are cleaned every third year."),
        ("school", "Pupils of the night school learn to read within eleven months."),
    ):
        (opened / f"{name}.md").write_text(f"# About {name} and those who work there\n\n{words}\n")
    for number, word in enumerate(CANARIES[3:7]):
        text = f"# The {word} note of committee {number}\n\nWhat {word} means is decided in room {number}.\n"
        (closed / f"quimbly-{number}.md").write_text(text)
    _pdf(closed / "quimbly.pdf")
    (documents / "metadata.csv").write_text(
        "file,title,countries,organisations,symbol,published\n"
        "closed/quimbly.pdf,Settlement under the Zorblax scheme,Mongolia,Yarnova,QK/2097/77,2097\n"
        "closed/ferries v2.md,Guidance on ferry safety (Grelbin draft v2),,,,\n"
    )


def _pdf(path: Path) -> None:
    from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

    canvas = Canvas(str(path), invariant=1)
    canvas.setTitle("Zorblax")
    canvas.setAuthor("Mellifrac")
    canvas.setKeywords("Mellifrac")
    canvas.setFont("Helvetica-Bold", 16)
    canvas.drawString(72, 760, "Lessons of the Frandible winter")
    canvas.setFont("Helvetica", 11)
    for number, line in enumerate(
        (
            "In the winter of 2097 in Mongolia 4,417 herders received winter feed from Wexnort stores,",
            "and 81 per cent of these herders kept their animals. Yarnova recommends autumn storage.",
            "The feed came late where the Wexnort road was closed by snow, as QK/2097/77 had foretold.",
        )
    ):
        canvas.drawString(72, 720 - 16 * number, line)
    for row, cells in enumerate(
        (("District", "Feed"), ("Plovexium", "310 tons"), ("Upper Plovexium", "95 tons"))
    ):
        for column, cell in enumerate(cells):
            canvas.rect(72 + 160 * column, 560 - 20 * row, 160, 20)
            canvas.drawString(76 + 160 * column, 566 - 20 * row, cell)
    canvas.showPage()
    canvas.save()


# What must not come back


_COUNTED = re.compile(
    rf"(?<!\d){ALL} (?:doc|of|remain)|documents\W{{1,30}}{ALL}(?!\d)"
    rf'|(?:documents_searched|total)\\*":\s*{ALL}(?!\d)',
    re.IGNORECASE,
)


def clean(house: House, said: str | bytes, asked: object = "") -> None:
    """No canary that was not in what was `asked` itself, and no number of all documents."""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    text = text.replace("\\/", "/").casefold()
    for question in QUESTIONS:  # in the list of the asker's own conversations
        text = text.replace(question.casefold(), "")
    own = json.dumps(asked, ensure_ascii=False, default=str).casefold()
    own += " mng mongolia" * ("mng" in own or "mongolia" in own)  # its code is shown as its name, or so
    for canary in (*(each for each in CANARIES), *house.hashes, "4,417", "310 tons"):
        low = canary.casefold()
        if low not in own:
            number = re.search(rf"(?<![\d.]){low}(?!\d)", text) if low.isdigit() else None
            at = text.find(low) if not low.isdigit() else number.start() if number else -1
            assert at < 0, (canary, asked, text[max(0, at - 300) : at + 100])
    found = _COUNTED.search(text)
    assert not found, (asked, text[max(0, found.start() - 100) : found.end() + 100])


# Gradio's endpoints


@dataclass(frozen=True)
class Endpoint:
    number: int
    events: tuple[str, ...]
    elements: tuple[str, ...]
    inputs: tuple[dict[str, Any], ...]


class Page:
    """A browser's page, as far as its calls go: one session, whose state the server keeps."""

    def __init__(self, client: httpx.Client, session: str) -> None:
        self.client, self.session = client, session
        self.config = client.get("/config")
        data = self.config.json()
        parts = {each["id"]: each for each in data["components"]}
        self.endpoints = []
        for each in data["dependencies"]:
            elements = tuple(
                str(parts.get(target, {}).get("props", {}).get("elem_id") or "")
                for target, _ in each["targets"]
            )
            inputs = tuple(parts[number] for number in each["inputs"])
            events = tuple(event for _, event in each["targets"])
            self.endpoints.append(Endpoint(each["id"], events, elements, inputs))

    def call(self, endpoint: Endpoint, event: object = None, given: dict[str, Any] | None = None) -> str:
        """Everything that came back. given: values by type of component, in place of those of the page."""
        given = given or {}
        data = [
            given.get(_sort(part) if part["type"] == "dropdown" else part["type"], part["props"].get("value"))
            for part in endpoint.inputs
        ]
        join = {"data": data, "fn_index": endpoint.number, "session_hash": self.session, "event_data": event,
                "trigger_id": None}  # fmt: skip
        sent = self.client.post("/gradio_api/queue/join", json=join)
        said = sent.text
        if sent.status_code != 200:
            return said
        with self.client.stream(
            "GET", "/gradio_api/queue/data", params={"session_hash": self.session}
        ) as stream:
            for line in stream.iter_lines():
                said += line + "\n"
                if '"process_completed"' in line:
                    return json_words(said)
        raise AssertionError("the stream ended before the call")

    def ask(self, question: str, **event: Any) -> str:
        (endpoint,) = [
            each for each in self.endpoints if "submit" in each.events and "question" in each.elements
        ]
        return self.call(endpoint, event or None, {"textbox": question})

    def of(self, element: str, event: str) -> Endpoint:
        return next(
            each
            for each in self.endpoints
            if (element, event) in zip(each.elements, each.events, strict=True)
        )


def json_words(said: str) -> str:
    """Escapes of JSON undone, so that words in other scripts and slashes are found."""
    return re.sub(r"\\u([0-9a-f]{4})", lambda code: chr(int(code[1], 16)), said)


def _sort(dropdown: dict[str, Any]) -> str:
    """Of many choices, one of two or more that are the same for everyone, or one of what the library has."""
    if dropdown["props"].get("multiselect"):
        return "many"
    return "fixed" if len(dropdown["props"]["choices"]) > 1 else "one"
