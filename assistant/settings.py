"""Settings of questions and answers, read from the environment (ASSISTANT_...) or a .env file."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, SecretStr

from ingest.settings import IngestSettings


class AssistantSettings(IngestSettings):
    """Those of indexing (the library, the embedding model), and how questions are answered."""

    composer: Literal["quoting", "writing"] = "quoting"
    chat_model: str = Field(
        "", description="for writing: 'local', or what init_chat_model names, e.g. 'openai:gpt-4o-mini'"
    )
    chat_endpoint: str = Field("", description="the model's address, where it is not the provider's own")
    chat_key: SecretStr = SecretStr("")
    reader: Literal["bundled", "none"] = Field(
        "bundled",
        description="the model that reads passages with the question; none: words and vectors decide",
    )
    first_token: float = Field(45.0, gt=0, description="seconds a model may take to begin")
    writing_time: float = Field(120.0, gt=0, description="seconds a model may take in all")
    evidence: float | None = Field(
        None, ge=0, le=1, description="below this evidence there is no answer; unset: as calibrated"
    )
    sentences: int = Field(5, ge=1, le=8, description="sentences an answer quotes at most")
    # About 25 ms each on two cores. Of 12, the 8 best tell as much (110 of 162 facts), 6 tell less (104).
    considered: int = Field(8, ge=3, le=30, description="passages read, and chosen from, for an answer")
    host: str = "127.0.0.1"
    port: int = 7860
