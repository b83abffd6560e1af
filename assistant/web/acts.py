"""What the buttons under an answer do: judge it, share it, tell that it is missing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assistant import gaps
from assistant.web import feedback, shared
from assistant.web.access import person_of
from assistant.web.conversation import Conversation, now
from assistant.web.engine import Engine
from assistant.web.words import Said, say


def done(
    request: Any, engine: Engine, conversation: Conversation, sent: Mapping[str, Any], ui: str
) -> dict[str, Any]:
    """Does what `sent` says to one answer of `conversation`, and tells page.js what came of it.

    What is `sent` only names one of this session's own answers. Raises AssistantError.
    """
    answer = str(sent.get("answer") or "")
    match sent.get("do"):
        case "share":
            link = shared.share(request, engine, conversation, answer)
            return {
                "do": "share",
                "answer": answer,
                "words": say(ui, "do.share_made"),
                "link": link,
                "at": now(),
            }
        case "missing":
            person = person_of(request).name
            exchange = next((each for each in conversation.exchanges if each.id == answer), None)
            if exchange is None:
                raise Said("feedback.gone")
            gaps.tell(engine.settings.library, person, exchange)
            return {"do": "missing", "answer": answer, "words": say(ui, "do.missing_told"), "at": now()}
        case _:
            return {"do": "verdict", **feedback.kept(engine.settings.library, conversation, sent, ui)}
