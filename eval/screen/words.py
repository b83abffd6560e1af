"""The words of the Quality screen: `say(language, key)`, as `ingest/wording.py` keeps them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from eval.results import EvalError
from ingest.screen.words import WORDING as DOCUMENTS
from ingest.wording import Wording, direction

# Fields of `told` that may hold another such sentence. All others hold words of a bank or a document, a name
# or a quote, which stay as they are even where they read like one.
_SENTENCES = frozenset(("fault", "said", "error", "reason", "problem", "column", "entry"))


class _Words(Wording):
    """These words; what the folder `ingest` says of documents stands in those of its own screen."""

    def retold(self, language: str, sentence: str, *, _depth: int = 0) -> str:
        found = super().retold(language, sentence, _depth=_depth)
        return DOCUMENTS.retold(language, sentence) if found == sentence else found

    def _carried(self, language: str, name: str, value: str, depth: int) -> Any:
        carried = super()._carried(language, name, value, depth)
        told = isinstance(carried, int) or (name in _SENTENCES and carried != value)
        return carried if told else isolated(language, value)


def isolated(language: str, value: Any) -> Any:
    """A name or number, kept out of the order of right-to-left words around it; for text that is no HTML."""
    return value if direction(language) == "ltr" else f"\u2068{value}\u2069"


WORDING = _Words(Path(__file__).with_name("words"))
say, slot, retold = WORDING.say, WORDING.slot, WORDING.retold


class Told(EvalError):
    """An error whose sentence is one of these words; as a string it is English."""

    def __init__(self, key: str, /, **fields: Any) -> None:
        super().__init__(say("en", key, **fields))
        self._key, self._fields = key, fields

    def said(self, ui: str) -> str:
        return say(ui, self._key, **{name: isolated(ui, value) for name, value in self._fields.items()})
