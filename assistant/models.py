"""Chat models: one by its name, and its words piece by piece, never waited for longer than allowed."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from assistant.answer import AssistantError

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

log = logging.getLogger(__name__)

FIRST = 60.0  # seconds until a model's first word
TOTAL = 150.0  # seconds until its last


@dataclass(frozen=True)
class Fare:
    """What a model is given to read: `passages` and `tokens` of them at most.

    remembers: the beginning of its last prompt, if the next one begins alike.
    """

    passages: int = 6
    tokens: int = 1500
    remembers: bool = False


# The local model reads 56 tokens a second on two cores, and remembers. With 300 tokens its first sentence
# stood after 9 s in half of the answers and after 13 s in nearly all.
LOCAL = Fare(passages=3, tokens=200, remembers=True)


def fare_of(model: BaseChatModel) -> Fare:
    """What `model` is given to read."""
    fare = (model.metadata or {}).get("fare")
    return fare if isinstance(fare, Fare) else Fare()


Reason = Literal["down", "slow", "silent"]
_NOTES: dict[str, dict[Reason, str]] = {
    "en": {
        "down": "The language model could not be reached, so the quotes stand alone.",
        "slow": "The language model took too long, so the quotes stand alone.",
        "silent": "The language model wrote nothing, so the quotes stand alone.",
    },
    "fr": {
        "down": "Le modèle de langue est injoignable : seules les citations sont données.",
        "slow": "Le modèle de langue a été trop lent : seules les citations sont données.",
        "silent": "Le modèle de langue n'a rien écrit : seules les citations sont données.",
    },
    "es": {
        "down": "No se pudo contactar con el modelo de lenguaje: solo se muestran las citas.",
        "slow": "El modelo de lenguaje tardó demasiado: solo se muestran las citas.",
        "silent": "El modelo de lenguaje no escribió nada: solo se muestran las citas.",
    },
    "ru": {
        "down": "Языковая модель недоступна, поэтому показаны только цитаты.",
        "slow": "Языковая модель отвечала слишком долго, поэтому показаны только цитаты.",
        "silent": "Языковая модель ничего не написала, поэтому показаны только цитаты.",
    },
    "ar": {
        "down": "تعذّر الوصول إلى النموذج اللغوي، لذلك تُعرض الاقتباسات وحدها.",
        "slow": "استغرق النموذج اللغوي وقتا طويلا، لذلك تُعرض الاقتباسات وحدها.",
        "silent": "لم يكتب النموذج اللغوي شيئا، لذلك تُعرض الاقتباسات وحدها.",
    },
    "zh": {
        "down": "无法连接语言模型，因此只显示引文。",
        "slow": "语言模型耗时过长，因此只显示引文。",
        "silent": "语言模型没有写出内容，因此只显示引文。",
    },
}


class ModelUnavailable(AssistantError):
    """The chat model is down, slow or silent; `note(language)` is the sentence for the answer's note."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        self.reason: Reason = reason
        super().__init__(_NOTES["en"][reason] + (f" ({detail})" if detail else ""))

    def note(self, language: str) -> str:
        return _NOTES.get(language, _NOTES["en"])[self.reason]


def load_chat_model(
    spec: str,
    *,
    models_dir: Path,
    base_url: str = "",
    api_key: str = "",
    timeout: float = TOTAL,
    max_tokens: int = 400,
) -> BaseChatModel:
    """The chat model a setting names: "local", or "provider:model" as langchain's init_chat_model knows it.

    Raises AssistantError where it cannot be made; it never falls back on another by itself.
    """
    if spec == "local":
        from assistant.localmodel import local_chat_model

        # Five short sentences; where it goes round in circles, it stops the sooner.
        local = local_chat_model(models_dir, timeout=timeout, max_tokens=min(max_tokens, 250))
        local.metadata = {"fare": LOCAL}
        return local
    from langchain.chat_models import init_chat_model

    options: dict[str, Any] = {
        "timeout": timeout,
        "max_tokens": max_tokens,
        "max_retries": 0,
        "temperature": 0,
    }
    options |= {key: value for key, value in (("base_url", base_url), ("api_key", api_key)) if value}
    try:
        model: BaseChatModel = init_chat_model(spec, **options)
    except ImportError as error:
        raise AssistantError(
            f"The chat model {spec!r} needs a package that is not installed: {error}"
        ) from error
    except Exception as error:  # each provider's package has its own classes of error
        raise AssistantError(
            f"The chat model {spec!r} cannot be set up ({type(error).__name__}); check the settings of its "
            "name ('local' or 'provider:model'), address and key."
        ) from error
    return model


def stream_text(
    model: BaseChatModel, messages: list[tuple[str, str]], *, first: float = FIRST, total: float = TOTAL
) -> Iterator[str]:
    """What `model` writes, piece by piece; waits at most `first` seconds for a word and `total` for all.

    The model runs in a thread, which is told to stop when this generator ends or is closed. Raises
    ModelUnavailable; what was yielded before stays valid.
    """
    pieces: queue.SimpleQueue[str | Exception | None] = queue.SimpleQueue()
    stop = threading.Event()

    def read() -> None:
        from langsmith import tracing_context

        try:
            with tracing_context(enabled=False):  # no telemetry, whatever the environment says
                stream = model.stream(messages)
                for chunk in stream:
                    if stop.is_set():
                        break
                    pieces.put(str(chunk.text))
                close = getattr(stream, "close", None)
                if close is not None:
                    close()
            pieces.put(None)
        except Exception as error:  # handed to the waiting side: each provider has its own classes
            pieces.put(error)

    begun = time.monotonic()
    threading.Thread(target=read, name="chat-model", daemon=True).start()
    spoke = False
    try:
        while True:
            left = begun + (total if spoke else min(first, total)) - time.monotonic()
            try:
                piece = pieces.get(timeout=max(left, 0.001))
            except queue.Empty:
                raise ModelUnavailable("slow") from None
            if isinstance(piece, Exception):
                log.warning("the chat model failed: %s", type(piece).__name__)
                raise ModelUnavailable("down", type(piece).__name__) from piece
            if piece is None:
                break
            if time.monotonic() - begun > total:
                raise ModelUnavailable("slow")
            if piece.strip() or spoke:
                spoke = True
                yield piece
        if not spoke:
            raise ModelUnavailable("silent")
    finally:
        stop.set()
