"""Published figures of others on the public sets, and the table that shows ours beside them."""

from __future__ import annotations

from collections.abc import Sequence

from eval.public.figures import Figure

# (set, measure) -> what others reach. Ours on another footing (a containment check for a judged answer, an
# English paragraph for one in the question's language) is said in the same words.
PUBLISHED: dict[tuple[str, str], str] = {
    # Measured once with plain BM25 (word matching alone) on the same paragraphs and pages.
    ("squad2", "paragraph hit@1"): "BM25 80.0",
    ("squad2", "paragraph hit@5"): "BM25 93.6",
    ("mmlongbench", "page hit@1"): "BM25 47.1 (all PDFs searched: 40.3)",
    ("mmlongbench", "page hit@5"): "BM25 73.8 (all PDFs searched: 57.3)",
    ("mmlongbench", "page hit@10"): "BM25 83.0 (all PDFs searched: 60.7)",
    ("xquad", "EN > EN, paragraph hit@1"): "BM25, same language: 91.9",
    ("xquad", "ES > EN, paragraph hit@1"): "BM25, paragraphs in Spanish: 90.5",
    ("xquad", "AR > EN, paragraph hit@1"): "BM25, paragraphs in Arabic: 81.6",
    ("xquad", "RU > EN, paragraph hit@1"): "BM25, paragraphs in Russian: 80.1",
    # Thakur et al. 2024, "Knowing When You Don't Know" (NoMIRACL).
    ("nomiracl", "EN, answers when it should refuse"): "GPT-4 42, GPT-3.5 44, Mixtral 27, Mistral-7B 6",
    ("nomiracl", "EN, refuses when it should answer"): "GPT-4 5, GPT-3.5 8, Mixtral 20, Mistral-7B 59",
    ("nomiracl", "ES, answers when it should refuse"): "GPT-4 12, GPT-3.5 34, Mixtral 8, Mistral-7B 4",
    ("nomiracl", "ES, refuses when it should answer"): "GPT-4 22, GPT-3.5 10, Mixtral 20, Mistral-7B 66",
    # MMLongBench-Doc's own table: answers judged right.
    (
        "mmlongbench",
        "chosen sentences hold the answer",
    ): "accuracy, judged: GPT-4.1 49.7 (text 54.3, tables 61.9), GPT-4o 46.3",
    ("mmlongbench", "refusal recall"): "accuracy on unanswerable ones: GPT-4.1 26.0",
    # Islam et al. 2023, "FinanceBench".
    ("financebench", "chosen sentences hold the answer"): (
        "right, judged: GPT-4-Turbo 50.0 (a store per document), 19.3 (shared store), 85.3 (gold page given)"
    ),
    (
        "financebench",
        "refused",
    ): "GPT-4-Turbo 38.7 (a store per document), 67.3 (shared store), 0 (gold page given)",
    # Kamoi et al. 2023, "WiCE".
    ("wice", "AUC, supported against partly"): "T5-3B tuned .94, ANLI .91, GPT-4 .79, GPT-3.5 .54",
    # haiku.rag's own evaluation, on its own questions.
    ("squad2", "refusal precision"): "haiku.rag, its own questions: 33",
    ("squad2", "refusal recall"): "haiku.rag, its own questions: 44",
}

TITLES = {
    "squad2": "SQuAD 2.0, half dev",
    "xquad": "XQuAD",
    "nomiracl": "NoMIRACL",
    "mmlongbench": "MMLongBench-Doc, document given",
    "financebench": "FinanceBench, document given",
    "wice": "WiCE",
}


def table(figures: Sequence[Figure]) -> str:
    """A Markdown table: a row a figure, beside what others published."""
    rows = ["| set | measure | ours | n | others |", "|---|---|---|---|---|"]
    for figure in figures:
        others = PUBLISHED.get((figure.set, figure.measure), "")
        title = TITLES.get(figure.set, figure.set)
        rows.append(f"| {title} | {figure.measure} | {figure} | {figure.n:,} | {others} |")
    return "\n".join(rows) + "\n"
