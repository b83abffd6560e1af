"""The words of the Quality screen: `say(language, key)`, as `ingest/wording.py` keeps them."""

from __future__ import annotations

from pathlib import Path

from ingest.wording import Wording

WORDING = Wording(Path(__file__).with_name("words"))
say, slot, retold = WORDING.say, WORDING.slot, WORDING.retold
