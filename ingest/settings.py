"""Settings of indexing, read from the environment (ASSISTANT_...) or a .env file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

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
    ocr: Literal["auto", "off"] = Field(
        "auto", description="auto: pages without text are read by OCR where Tesseract is installed"
    )
    page_timeout: float = Field(120.0, gt=0, description="seconds OCR may take for a page")
    upload_limit: int = Field(300_000_000, ge=1, description="bytes a file may have that is uploaded")
    most_withdrawn: float = Field(
        0.25,
        gt=0,
        le=1,
        description="share of a folder's files that may vanish at once without being asked for",
    )
    gate_bank: Path | None = Field(None, description="the bank put to each generation before it is published")
    gate_floor: Path | None = Field(None, description="what a generation must reach in it to be published")
    keep_generations: int = Field(
        0, ge=0, description="so many generations are kept after a publication; 0: all"
    )


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
