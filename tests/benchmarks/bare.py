"""Embeds the texts of a JSON file with a bare SentenceTransformer and prints how long it took, as JSON.

Run by index.py as a process of its own: none of the project's code takes part.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", help="a sentence-transformers folder or name")
    parser.add_argument("texts", type=Path, help="a JSON list of texts")
    parser.add_argument("--threads", type=int, default=0, help="0: torch's own number")
    options = parser.parse_args()
    texts = json.loads(options.texts.read_text(encoding="utf-8"))
    begun = time.perf_counter()
    import torch
    from sentence_transformers import SentenceTransformer

    if options.threads:
        torch.set_num_threads(options.threads)
    model = SentenceTransformer(options.model)
    model.encode(["warm up"], prompt_name="document")
    loaded, busy = time.perf_counter(), time.process_time()
    model.encode(texts, prompt_name="document", normalize_embeddings=True)
    done, busy = time.perf_counter(), time.process_time() - busy
    kind = str(next(model.parameters()).dtype)
    found = {"load": loaded - begun, "embed": done - loaded, "cpu": busy, "texts": len(texts), "dtype": kind}
    print(json.dumps(found))


if __name__ == "__main__":
    main()
