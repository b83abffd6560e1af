"""What several commands of the focal point's front door share: their options, and what these ask for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.answer import Filters

if TYPE_CHECKING:
    from assistant.chat import Assistant
    from assistant.settings import AssistantSettings

Library = Annotated[Path | None, typer.Option("--library", help="the library's directory")]
Json = Annotated[bool, typer.Option("--json", help="print JSON")]
Country = Annotated[
    list[str] | None, typer.Option("--country", help="name or ISO 3166 code; may be repeated")
]
DocumentKind = Annotated[list[str] | None, typer.Option("--kind", help="evaluation, framework, brief, ...")]
Language = Annotated[list[str] | None, typer.Option("--language", help="of the documents: en, fr, ...")]
Organisation = Annotated[list[str] | None, typer.Option("--organisation", help="IOM, UNDP, ...")]
Since = Annotated[int | None, typer.Option("--from", help="documents that cover this year or later ones")]
Until = Annotated[int | None, typer.Option("--to", help="documents that cover this year or earlier ones")]
Document = Annotated[list[str] | None, typer.Option("--document", help="a file name; may be repeated")]


def filters_of(
    country: list[str] | None,
    kind: list[str] | None,
    language: list[str] | None,
    organisation: list[str] | None,
    since: int | None,
    until: int | None,
    document: list[str] | None,
    in_force: bool | None = None,
) -> Filters:
    return Filters(
        tuple(country or ()), tuple(kind or ()), tuple(language or ()), tuple(organisation or ()),
        since, until, tuple(document or ()), in_force,
    )  # fmt: skip


def settings_of(library: Path | None) -> AssistantSettings:
    from assistant.settings import AssistantSettings

    settings = AssistantSettings()
    return settings.model_copy(update={"library": library}) if library else settings


def assistant_of(library: Path | None) -> Assistant:
    from assistant.chat import Assistant

    return Assistant(settings_of(library))
