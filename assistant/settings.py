"""Settings of questions and answers, read from the environment (ASSISTANT_...) or a .env file."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, SecretStr

from assistant.people import Role
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
    old_after_years: int = Field(
        8, ge=0, description="from this age on an answer says that all it cites is old; 0: never"
    )
    generation: str = Field("", description="the generation that answers; empty: the live one")
    host: str = "127.0.0.1"
    port: int = 7860
    address: str = Field(
        "",
        pattern=r"^(https?://[^/\s]+)?$",
        description="what people type into the browser, where a proxy stands before this server:"
        " https://assistant.office.org",
    )
    session_idle: float = Field(12.0, gt=0, description="hours until who does nothing has to sign in again")
    session_life: float = Field(168.0, gt=0, description="hours until everyone has to")
    questions_a_minute: int = Field(10, ge=1, description="that one user may ask")
    questions_at_once: int = Field(3, ge=1, description="of one user that may be under way")
    embed_origins: str = Field(
        "",
        pattern=r"^(https?://[^/\s;,'\"]+[\s,]*)*$",
        description="sites that may show /embed in a frame: https://portal.office.org ...",
    )
    retention: int = Field(0, ge=0, description="days that conversations are kept; 0: until they are deleted")
    metrics_token: SecretStr = Field(
        SecretStr(""), description="who reads /metrics sends it; unset: this machine alone reads them"
    )
    traces: str = Field(
        "",
        validation_alias="OTEL_EXPORTER_OTLP_ENDPOINT",
        description="who gets traces (OTLP over gRPC): http://127.0.0.1:4317; unset: nobody",
    )
    openid_issuer: str = Field("", description="the OpenID provider's address; unset: passwords alone")
    openid_client: str = Field("", description="this assistant's client id at the provider")
    openid_secret: SecretStr = SecretStr("")
    openid_label: str = Field("your organisation", description="what the button says that one signs in with")
    openid_scope: str = "openid email profile"
    openid_name: str = Field("email", description="the claim that is the user's name")
    openid_newcomers: Literal["refused", "focal point"] = Field(
        "refused", description="who is no user yet: sent away, or added as a focal point"
    )
    openid_roles_claim: str = Field("", description="the claim that the role follows; unset: as users say")
    openid_roles: dict[str, Role] = Field({}, description="its values and the roles they give")
    openid_groups_claim: str = Field("", description="the claim that the groups follow; unset: as users say")
    openid_groups: dict[str, str] = Field({}, description="its values and the groups they give")
