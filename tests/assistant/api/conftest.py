"""The assistant served to programs: three users with tokens, one document that a group alone may read."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from assistant.chat import Assistant
from assistant.sessions import Sessions
from assistant.settings import AssistantSettings
from assistant.users import Users
from ingest.embeddings import Embedder
from ingest.library import Library
from ingest.limiting import limit

PASSWORD = "four words in a row"
LIMITED = "evaluation-brief-valoria-diaspora-programme.pdf"
Made = Callable[..., AbstractContextManager[Any]]


@dataclass(frozen=True)
class House:
    """A served assistant. tokens: by user; sha, limited: of the limited document its hash and name."""

    url: str
    library: Path
    tokens: dict[str, str]
    sha: str
    limited: str = LIMITED

    def as_(self, user: str) -> httpx.Client:
        headers = {"Authorization": f"Bearer {self.tokens[user]}"} if user else {}
        return httpx.Client(base_url=self.url, headers=headers, timeout=60)


@pytest.fixture(scope="session")
def made(
    tmp_path_factory: pytest.TempPathFactory, library: Path, embedder: Embedder, models_dir: Path
) -> Made:
    """An assistant of its own on a copy of the sample library, with other settings."""

    @contextmanager
    def making(**settings: Any) -> Iterator[Assistant]:
        root = tmp_path_factory.mktemp("api") / "library"
        shutil.copytree(library, root)
        wanted = AssistantSettings(library=root, models=models_dir, **settings)
        with Assistant(wanted, embedder=embedder) as assistant:
            yield assistant

    return making


@pytest.fixture(scope="module")
def house(made: Made, serve: Callable[[Any], AbstractContextManager[str]]) -> Iterator[House]:
    with made(questions_a_minute=200) as assistant:
        root = assistant.settings.library
        limit(Library(root), LIMITED, {"hq"}, "test")
        users, sessions, tokens = Users(root), Sessions(root), {}
        for name, role, groups in (
            ("ana", "admin", []),
            ("fo", "focal point", []),
            ("hq", "focal point", ["hq"]),
        ):
            tokens[name] = sessions.make_token(users.add(name, role, groups, password=PASSWORD), "test", 1)
        sha = next(each.document for each in assistant.sources() if each.name == LIMITED)
        assistant.warm_up()
        with serve(assistant) as url:
            yield House(url, root, tokens, sha)
