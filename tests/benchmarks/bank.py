"""Scores search and answers on a question bank: pages, citations, facts, quotes, refusals, length."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Any

from common import Rate, Report, arguments, history, json_lines, open_assistant, run, spread_out, timed
from verbatim import ABSENT, CELL, EXACT, LOOSE, MARKUP, ORDER, ROW, UNCHECKED, Originals

from eval.facts import met

if TYPE_CHECKING:
    from assistant.answer import Answer
    from assistant.chat import Assistant

DEEP = 10

Place = tuple[str, int | None]  # document (file name), page


@dataclass(frozen=True)
class Scored:
    """One question with what search and the answer did; `page` and `document` are ranks of gold, from 1."""

    id: str
    kind: str
    language: str
    answerable: bool
    question: str
    standing: str
    gold: tuple[Place, ...]
    hits: tuple[Place, ...]
    page: int | None
    document: int | None
    answered: bool
    reason: str
    evidence: float | None
    facts: tuple[bool, ...]
    missing: tuple[tuple[str, ...], ...]
    cited: tuple[Place, ...]
    sentences: tuple[str, ...]
    quotes: tuple[tuple[str, str], ...]  # (verdict, quote)
    seconds: float
    words: int = field(default=0)

    def within(self, k: int) -> bool:
        return self.page is not None and self.page <= k

    @property
    def has_document(self) -> bool:
        return self.document is not None and self.document <= 5

    @property
    def cites_gold(self) -> bool:
        return bool(set(self.cited) & set(self.gold))


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("bank", type=Path, help="JSON lines of questions with gold facts and pages")
    parser.add_argument("--library", type=Path, required=True)
    parser.add_argument("--limit", type=int, help="only so many questions, evenly spread")
    parser.add_argument("--details", type=Path, metavar="FILE", help="each question's result, as JSON lines")
    options = parser.parse_args()
    rows = spread_out(json_lines(options.bank), options.limit)
    report = Report("bank", f"{options.bank} on {options.library.resolve()}")
    with open_assistant(options.library) as assistant:
        names = {source.name for source in assistant.sources()}
        here = [row for row in rows if not row["evidence"] or names & files_of(row)]
        report.add("questions", len(rows))
        report.add("left out: no gold document is in the library", len(rows) - len(here))
        originals = Originals()
        scored = [score(assistant, originals, row) for row in here]
    answerable = [each for each in scored if each.answerable]
    retrieval(report, answerable)
    answers(report, answerable)
    quotes(report, scored)
    refusals(report, scored)
    if options.details:
        lines = (json.dumps(asdict(each), ensure_ascii=False) for each in scored)
        options.details.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    report.finish(options.json)


# -- One question -------------------------------------------------------------------------------------------


def score(assistant: Assistant, originals: Originals, row: dict[str, Any]) -> Scored:
    from assistant.answer import Answer

    turns = history(row)
    standing = assistant.standing(row["question"], turns)
    hits = tuple((hit.source.name, hit.passage.page) for hit in assistant.search(standing, k=DEEP).hits)
    gold = tuple((entry["document"], entry["page"]) for entry in row["evidence"])
    files = files_of(row)
    seconds, result = timed(lambda: assistant.ask(row["question"], history=turns))
    answer = result if isinstance(result, Answer) else None
    said = answer.text if answer else ""
    found = tuple(met(fact, said) for fact in row["facts"])
    citations = [each for sentence in answer.sentences for each in sentence.citations] if answer else []
    return Scored(
        id=row["id"],
        kind=row["kind"],
        language=row["language"],
        answerable=row["answerable"],
        question=row["question"],
        standing=standing,
        gold=gold,
        hits=hits,
        page=next((at for at, hit in enumerate(hits, 1) if hit in gold), None),
        document=next((at for at, (name, _) in enumerate(hits, 1) if name in files), None),
        answered=answer is not None,
        reason="" if isinstance(result, Answer) else result.reason,
        evidence=result.receipt.settings.get("evidence"),
        facts=found,
        missing=tuple(tuple(fact) for fact, is_met in zip(row["facts"], found, strict=True) if not is_met),
        cited=tuple(dict.fromkeys((each.hit.source.name, each.hit.passage.page) for each in citations)),
        sentences=tuple(sentence.text for sentence in answer.sentences) if answer else (),
        quotes=checked(assistant, originals, answer) if answer else (),
        seconds=round(seconds, 3),
        words=len(said.split()),
    )


def files_of(row: dict[str, Any]) -> set[str]:
    """The file names of a question's gold."""
    return {entry["document"] for entry in row["evidence"]}


def checked(assistant: Assistant, originals: Originals, answer: Answer) -> tuple[tuple[str, str], ...]:
    """(how it stands on the page extracted anew, quote) for each quote shown."""
    found = []
    for sentence in answer.sentences:
        for each in sentence.citations:
            passage = each.hit.passage
            original = assistant.original(passage.document)
            verdict = originals.verdict(original, passage.page, each.quote, row=passage.kind == "row")
            found.append((verdict, each.quote))
    return tuple(found)


# -- All of them --------------------------------------------------------------------------------------------


def retrieval(report: Report, scored: Sequence[Scored]) -> None:
    report.section(f"Search, {len(scored)} answerable questions (a question's gold: any of its pages)")
    for k in (1, 5, 10):
        report.add(f"page hit@{k}", Rate.of([each.within(k) for each in scored]))
    report.add("document hit@5", Rate.of([each.has_document for each in scored]))
    wrong = [each.document == 1 and not each.within(5) for each in scored]
    report.add("right document first, page not among five", Rate.of(wrong))
    for by in ("kind", "language"):
        print(f"  {'by ' + by:<14}   n   @1    @5    @10   document@5   answered  cited  facts", flush=True)
        for value in sorted({getattr(each, by) for each in scored}):
            group(report, f"{by}: {value}", [each for each in scored if getattr(each, by) == value])


def group(report: Report, name: str, scored: Sequence[Scored]) -> None:
    """One row: too few questions for intervals in the table; the JSON has them."""
    facts = [fact for each in scored for fact in each.facts]
    rates = {
        "page hit@1": Rate.of([each.within(1) for each in scored]),
        "page hit@5": Rate.of([each.within(5) for each in scored]),
        "page hit@10": Rate.of([each.within(10) for each in scored]),
        "document hit@5": Rate.of([each.has_document for each in scored]),
        "answered": Rate.of([each.answered for each in scored]),
        "cites a gold page": Rate.of([each.cites_gold for each in scored]),
        "facts": Rate.of(facts),
    }
    report.figures[name] = {what: rate.to_json() for what, rate in rates.items()}
    shares = [rate.hits / rate.n if rate.n else float("nan") for rate in rates.values()]
    print(
        f"  {name.split(': ')[1]:<14} {len(scored):>3}  {shares[0]:.2f}  {shares[1]:.2f}  {shares[2]:.2f}"
        f"  {shares[3]:.2f}         {shares[4]:.2f}      {shares[5]:.2f}   {shares[6]:.2f}",
        flush=True,
    )


def answers(report: Report, scored: Sequence[Scored]) -> None:
    given = [each for each in scored if each.answered]
    report.section("Answers to answerable questions")
    report.add("answers that cite a gold page", Rate.of([each.cites_gold for each in given]))
    report.add("questions that got one (refusals count)", Rate.of([each.cites_gold for each in scored]))
    recall = [fact for each in scored for fact in each.facts]
    report.add("fact recall, answered questions", Rate.of([fact for each in given for fact in each.facts]))
    report.add("fact recall, refusals counted as none", Rate.of(recall))
    report.add("all facts of the question", Rate.of([all(each.facts) for each in scored if each.facts]))
    if given:
        report.add("sentences an answer, mean", round(fmean(len(each.sentences) for each in given), 2))
        report.add("words an answer, mean", round(fmean(each.words for each in given), 1))
    report.latency("ask", [each.seconds for each in scored])


def quotes(report: Report, scored: Sequence[Scored]) -> None:
    """Each quote shown, against the page as pypdf alone extracts it from the original."""
    counts = Counter(verdict for each in scored for verdict, _ in each.quotes)
    report.section("Quotes, against the original's page extracted anew by pypdf")
    inspected = sum(counts.values()) - counts[UNCHECKED]
    found = (EXACT, CELL, LOOSE, MARKUP)
    report.add("quotes found", Rate(sum(counts[verdict] for verdict in found), inspected))
    for verdict in (*found, ROW, ORDER, ABSENT, UNCHECKED):
        report.add(f"  {verdict}", counts[verdict])
    for each in scored:
        for verdict, quote in each.quotes:
            if verdict in (ORDER, ABSENT):
                print(f"    {each.id}: {verdict}: {quote[:100]!r}")


def refusals(report: Report, scored: Sequence[Scored]) -> None:
    absent = [each for each in scored if not each.answerable]
    answerable = [each for each in scored if each.answerable]
    refused = [each for each in scored if not each.answered]
    report.section("Refusals")
    report.add("absent questions refused (right)", Rate.of([not each.answered for each in absent]))
    report.add("answerable questions refused (wrong)", Rate.of([not each.answered for each in answerable]))
    report.add("refusals that are right (precision)", Rate.of([not each.answerable for each in refused]))
    lost = [not each.answered for each in answerable if each.within(DEEP)]
    report.add("wrong refusals although search found a gold page", Rate.of(lost))


if __name__ == "__main__":
    run(main)
