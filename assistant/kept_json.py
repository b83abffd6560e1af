"""Answers, refusals and exchanges as JSON, and back exactly as they were."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any, TypeVar

from assistant.answer import (
    Answer,
    AssistantError,
    Citation,
    Filters,
    Hit,
    Receipt,
    Refusal,
    Sentence,
    Source,
)
from assistant.web.conversation import Exchange
from ingest.documents import Passage

# Raised when a reader of this version could not make sense of what a later one writes.
VERSION = 1
_RANKS = ("score", "dense", "lexical", "similarity")

Made = TypeVar("Made", Passage, Source, Filters)
Read = TypeVar("Read")


def to_json(result: Answer | Refusal) -> str:
    """`result` as JSON text (ASCII). What the reading model made of a passage is left out."""
    return json.dumps({"version": VERSION, **_result(result)})


def from_json(text: str) -> Answer | Refusal:
    """What `to_json` was given, equal to it. Raises AssistantError for text of a newer program."""
    return _loaded(text, _read_result)


def exchange_to_json(exchange: Exchange) -> str:
    """A question with what has come back: its result, or the problem; what is still under way is left out."""
    return json.dumps(
        {
            "version": VERSION,
            **{name: getattr(exchange, name) for name in _PLAIN},
            "quoted": exchange.quoted and _result(exchange.quoted),
            "result": exchange.result and _result(exchange.result),
        }
    )


def exchange_from_json(text: str) -> Exchange:
    """What `exchange_to_json` was given, without its HTML. Raises AssistantError as `from_json`."""
    return _loaded(text, _read_exchange)


_PLAIN = ("asked", "scope", "documents", "as_typed", "length", "standing", "problem", "id", "when")


def _loaded(text: str, read: Callable[[Any], Read]) -> Read:
    try:
        data = json.loads(text)
        if data["version"] > VERSION:
            raise AssistantError("this was kept by a newer version of this program; update this one")
        return read(data)
    except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        raise AssistantError("what was kept of this answer is damaged; ask the question again") from error


def _read_exchange(data: Mapping[str, Any]) -> Exchange:
    quoted, result = (data[name] and _read_result(data[name]) for name in ("quoted", "result"))
    if quoted is not None and not isinstance(quoted, Answer):
        raise ValueError("quotes are an answer")
    return Exchange(**{name: data[name] for name in _PLAIN if name in data}, quoted=quoted, result=result)


# Results. Hits stand once and are cited by their place: several sentences rest on one passage.


def _result(result: Answer | Refusal) -> dict[str, Any]:
    hits: list[Hit] = []
    data: dict[str, Any] = {
        "standing_question": result.standing_question,
        "language": result.language,
        "receipt": asdict(result.receipt),
    }
    if isinstance(result, Answer):
        sentences = [
            {
                "text": each.text,
                "language": each.language,
                "citations": [[_place(hits, cited.hit), cited.quote] for cited in each.citations],
            }
            for each in result.sentences
        ]
        data |= {"sentences": sentences, "composer": result.composer, "note": result.note}
    else:
        data |= {"reason": result.reason, "nearest": [_place(hits, hit) for hit in result.nearest]}
    sources = list(dict.fromkeys(hit.source for hit in hits))
    data["sources"] = [_written(source) for source in sources]
    data["hits"] = [
        {
            "source": sources.index(hit.source),
            "passage": _written(hit.passage),
            **{name: getattr(hit, name) for name in _RANKS},
        }
        for hit in hits
    ]
    return data


def _place(hits: list[Hit], hit: Hit) -> int:
    if hit not in hits:
        hits.append(hit)
    return hits.index(hit)


def _read_result(data: Mapping[str, Any]) -> Answer | Refusal:
    sources = [_made(Source, each) for each in data["sources"]]
    hits = [
        Hit(_made(Passage, each["passage"]), sources[each["source"]], *(each[name] for name in _RANKS))
        for each in data["hits"]
    ]
    question, language, receipt = data["standing_question"], data["language"], _receipt(data["receipt"])
    if "sentences" not in data:
        nearest = tuple(hits[place] for place in data["nearest"])
        return Refusal(question, language, data["reason"], nearest, receipt)
    sentences = tuple(_sentence(each, hits) for each in data["sentences"])
    return Answer(question, language, sentences, receipt, data["composer"], data["note"])


def _sentence(data: Mapping[str, Any], hits: Sequence[Hit]) -> Sentence:
    # Each quote was found in its page when the answer was made; the page itself may be gone by now.
    cited = tuple(Citation(hits[place], quote) for place, quote in data["citations"])
    return Sentence(data["text"], cited, data["language"])


def _receipt(data: Mapping[str, Any]) -> Receipt:
    rest = {each.name: data[each.name] for each in fields(Receipt) if each.name in data}
    return Receipt(
        **{**rest, "filters": _made(Filters, data["filters"]), "passages": tuple(data["passages"])}
    )


def _written(value: Passage | Source) -> dict[str, Any]:
    """Its fields by name, without those that have their usual value."""
    return {
        each.name: getattr(value, each.name)
        for each in fields(value)
        if getattr(value, each.name) != each.default
    }


def _made(kind: type[Made], data: Mapping[str, Any]) -> Made:
    """Fields that this version does not know are left out; lists are tuples in all these types."""
    known = {each.name for each in fields(kind)}
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in data.items()
        if name in known
    }
    return kind(**values)
