"""Settings of indexing, read from the environment (ASSISTANT_...) or a .env file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

if TYPE_CHECKING:
    from ingest.embeddings import Embedder


class IngestSettings(BaseSettings):
    """Where the library is, which model embeds, and the limits a file is read within."""

    model_config = SettingsConfigDict(env_prefix="ASSISTANT_", env_file=".env", extra="ignore")

    library: Path = Path("library")
    models: Path = Field(Path("models"), description="where the bundled model is unpacked, once (244 MB)")
    embedding_model: str = Field(
        "bundled",
        description="'bundled' (multilingual-e5-small), a folder, any sentence-transformers name,"
        " or the model's name at the endpoint",
    )
    embedding_endpoint: str = Field("", description="an OpenAI-compatible address; texts are sent there")
    embedding_key: SecretStr = SecretStr("")
    threads: int = Field(0, ge=0, description="for the embedding model; 0: as many as there are cores")
    readers: int = Field(
        0, ge=0, description="child processes that read files; 0: as many as there are cores"
    )
    read_timeout: float = Field(180.0, gt=0, description="seconds a file may take to read")
    read_memory: int = Field(2 * 1024**3, ge=256 * 1024**2, description="bytes a reading process may use")


def embedder_for(settings: IngestSettings) -> Embedder:
    """The embedding model that the settings name. Raises IngestError where it cannot be had."""
    from ingest.embeddings import load_embeddings

    return load_embeddings(
        settings.embedding_model,
        models_dir=settings.models,
        endpoint=settings.embedding_endpoint,
        api_key=settings.embedding_key.get_secret_value(),
        threads=settings.threads,
    )
