"""Fuzzes the API with schemathesis for a stated time: nothing but 2xx and 4xx may come back.

    python tests/benchmarks/fuzz_api.py [--seconds 600] [--documents FOLDER]

Serves a library of the sample documents (or of FOLDER) on this machine. Their SHA-256 stand in the
description that it works from, so that calls get past the first check. Exit code 1 where something fails.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

# Also that answers are what the description says, in status, type and shape; that what is wrong is refused.
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "unsupported_method",
)


def fuzz(url: str, seconds: int, folder: Path, *, seed: int | None = None) -> tuple[int, str, dict[str, int]]:
    """Fuzzes the server at `url`: the exit code, what was said, how many responses there were by status."""
    schema = httpx.get(f"{url}/api/openapi.json").json()
    _give_examples(schema, [each["sha"] for each in httpx.get(f"{url}/api/documents").json()["documents"]])
    described, report = folder / "openapi.json", folder / "cases.ndjson"
    described.write_text(json.dumps(schema))
    command = [
        str(Path(sys.executable).with_name("schemathesis")), "run", str(described), "--url", f"{url}/api",
        "--phases", "examples,coverage,fuzzing,stateful", "--max-time", str(seconds),
        "--max-examples", "1000000", "--checks", ",".join(CHECKS), "--continue-on-failure", "--no-shrink",
        "--generation-codec", "utf-8", "--generation-database", "none", "--warnings", "off", "--no-color",
        "--suppress-health-check", "all", "--request-timeout", "60", "--report-ndjson-path", str(report),
        *(("--seed", str(seed)) if seed is not None else ()),
    ]  # fmt: skip
    ended = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=seconds * 3 + 120, env={**os.environ}
    )
    return ended.returncode, ended.stdout + ended.stderr, _statuses(report)


def _give_examples(schema: dict[str, Any], shas: list[str]) -> None:
    """Some of the calls for a document name one that there is."""
    for path, methods in schema["paths"].items():
        for operation in methods.values():
            for parameter in operation.get("parameters", ()):
                if "{sha}" in path and parameter["name"] == "sha":
                    parameter["schema"] = {"anyOf": [{"enum": shas}, parameter["schema"]]}


def _statuses(report: Path) -> dict[str, int]:
    found: dict[str, int] = {}

    def walk(value: Any) -> None:
        if isinstance(value, dict):
            if isinstance(value.get("status_code"), int):
                status = str(value["status_code"])
                found[status] = found.get(status, 0) + 1
            for each in value.values():
                walk(each)
        elif isinstance(value, list):
            for each in value:
                walk(each)

    for line in report.read_text(encoding="utf-8").splitlines() if report.is_file() else ():
        walk(json.loads(line))
    return dict(sorted(found.items()))


def main() -> int:
    from assistant.chat import Assistant
    from assistant.settings import AssistantSettings
    from ingest.embeddings import VectorCache
    from ingest.library import Library
    from ingest.settings import embedder_for
    from ingest.sync import sync
    from tests.conftest import SAMPLES, _serving

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--documents", type=Path, default=SAMPLES)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        settings = AssistantSettings(library=folder / "library", ocr="off")
        embedder = embedder_for(settings)
        cache = VectorCache(settings.models / "tests-vectors.sqlite")
        sync(Library(settings.library), wanted.documents, embedder, cache, settings)
        with Assistant(settings, embedder=embedder) as assistant, _serving(assistant) as url:
            assistant.warm_up()
            code, said, statuses = fuzz(url, wanted.seconds, folder)
    print(said)
    print(f"{sum(statuses.values())} responses in {wanted.seconds} s: {statuses}")
    return code


if __name__ == "__main__":
    sys.exit(main())
