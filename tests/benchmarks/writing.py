"""The writing composer beside the quoting one on a sample of a bank: facts told, sentences cut, seconds."""

from __future__ import annotations

import logging
import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from common import Rate, Report, arguments, present, run, settings

from assistant.answer import Answer, Filters, Finished, Quoted, Refusal, Sentence, Written
from eval.bank import load_bank
from eval.facts import met
from eval.results import Question
from eval.statistics import mcnemar_exact

if TYPE_CHECKING:
    from assistant.chat import Assistant
    from assistant.settings import AssistantSettings

# As assistant.writing logs them, one after the other.
CUT = "a written sentence was cut: %s"
READ = "the sentence that was cut: %s"


@dataclass(frozen=True)
class Asked:
    """What came of one question. Seconds from asking; None where that never came."""

    question: Question
    quoting: Answer | Refusal
    writing: Answer | Refusal
    quotes: float | None  # to `Quoted`
    first: float | None  # to the first `Written`
    whole: float
    cut: tuple[tuple[str, str], ...] = ()  # reason and text of each sentence that was cut

    def facts(self, text: str) -> int:
        return sum(met(fact, text) for fact in self.question.facts)

    @property
    def shown(self) -> str:
        """All words on the screen: the written sentences and the quotes below them."""
        return f"{_text(self.writing)} {_text(self.quoting)}" if isinstance(self.writing, Answer) else ""


class Cuts(logging.Handler):
    """Collects why sentences were cut."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.reasons: list[str] = []
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        for logged, kept in ((CUT, self.reasons), (READ, self.texts)):
            if record.msg == logged and record.args:
                kept.append(record.getMessage().removeprefix(logged[:-2]))


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("bank", type=Path)
    parser.add_argument("--library", type=Path, required=True)
    parser.add_argument("--limit", type=int, default=30, help="so many questions, of all kinds and languages")
    parser.add_argument("--seed", type=int, default=0, help="which ones")
    parser.add_argument("--model", default="local", help="as ASSISTANT_CHAT_MODEL names it")
    parser.add_argument("--show", action="store_true", help="print each sentence shown beside its quotes")
    options = parser.parse_args()
    questions = sample(load_bank(present(options.bank)), options.limit, options.seed)
    report = Report("writing", options.library.resolve())
    values = settings(options.library)
    quoting = values.model_copy(update={"composer": "quoting"})
    writing = values.model_copy(update={"composer": "writing", "chat_model": options.model})
    asked = ask_all(questions, quoting, writing)
    if options.show:
        show(asked)
    figures(report, asked)
    report.finish(options.json)


def sample(questions: Sequence[Question], limit: int, seed: int) -> list[Question]:
    """`limit` questions: every so many-th of them ordered by answerable, kind and language."""
    chance = random.Random(seed)
    shuffled = sorted(questions, key=lambda _: chance.random())
    ordered = sorted(shuffled, key=lambda each: (each.answerable, each.kind, each.language))
    start, limit = chance.random(), min(limit, len(ordered))
    return [ordered[int((place + start) * len(ordered) / limit)] for place in range(limit)]


def ask_all(
    questions: Sequence[Question], quoting: AssistantSettings, writing: AssistantSettings
) -> list[Asked]:
    """Each question to the quoting assistant, then to the writing one."""
    from assistant.chat import Assistant

    with Assistant(quoting) as quotes, Assistant(writing, embedder=quotes.embedder) as writes:
        quotes.warm_up()
        writes.warm_up()
        cuts = Cuts()
        logger = logging.getLogger("assistant.writing")
        logger.setLevel(logging.DEBUG)
        logger.addHandler(cuts)
        logger.propagate = False
        asked = []
        for number, question in enumerate(questions, start=1):
            asked.append(ask(question, quotes, writes, cuts))
            print(f"  {number} of {len(questions)}: {asked[-1].whole:.1f} s", flush=True)
        return asked


def ask(question: Question, quotes: Assistant, writes: Assistant, cuts: Cuts) -> Asked:
    filters = Filters(documents=question.documents)
    quoted = quotes.ask(question.question, history=question.history, filters=filters)
    cuts.reasons.clear()
    cuts.texts.clear()
    times: dict[str, float] = {}
    begun = time.perf_counter()
    for event in writes.stream(question.question, history=question.history, filters=filters):
        if isinstance(event, Quoted | Written):
            times.setdefault(type(event).__name__, time.perf_counter() - begun)
        elif isinstance(event, Finished):
            whole = time.perf_counter() - begun
            return Asked(
                question,
                quoted,
                event.result,
                times.get("Quoted"),
                times.get("Written"),
                whole,
                tuple(zip(cuts.reasons, cuts.texts, strict=True)),
            )
    raise SystemExit(f"FAILED: {question.id} ended without a result")


def show(asked: Sequence[Asked]) -> None:
    """For a person: every sentence shown, with the quotes that it cites."""
    for each in asked:
        print(f"\n{each.question.id} ({each.question.language}, {each.question.kind})")
        print(f"? {each.question.question}")
        if isinstance(each.writing, Refusal):
            print("  REFUSED")
            continue
        missed = [fact for fact in each.question.facts if not met(fact, _text(each.writing))]
        print(f"  {each.writing.composer}; facts missed: {missed or 'none'}")
        for sentence in each.writing.sentences:
            own = sentence in worded(each)
            print(f"  {'=' if own else 'quoted:'} {sentence.text}")
            if not own:
                continue
            for citation in sentence.citations:
                print(
                    f"      [{citation.hit.source.name[:40]} p. {citation.hit.passage.page}] {citation.quote}"
                )
        for reason, text in each.cut:
            print(f"  - cut, for {reason}: {text}")
    print()


def figures(report: Report, asked: Sequence[Asked]) -> None:
    """The table."""
    answerable = [each for each in asked if each.question.answerable]
    wanted = sum(len(each.question.facts) for each in answerable)
    report.add("questions", len(asked))
    for name, results in (
        ("quoting", [(each, each.quoting) for each in asked]),
        ("writing", [(each, each.writing) for each in asked]),
    ):
        report.section(name.capitalize())
        refused = [each for each, result in results if isinstance(result, Refusal)]
        told = sum(each.facts(_text(result)) for each, result in results if each in answerable)
        report.add("answers", len(asked) - len(refused))
        report.add("absent refused", Rate.of([each in refused for each in asked if each not in answerable]))
        report.add("answerable refused", Rate.of([each in refused for each in answerable]))
        report.add("facts in the answer", Rate(told, wanted))
        lengths = [len(_text(result).split()) for _, result in results if isinstance(result, Answer)]
        report.add("words of an answer, mean", sum(lengths) / max(1, len(lengths)))
    compared(report, answerable, wanted)
    sentences(report, asked)
    report.section("Seconds")
    report.latency("to the quotes", [each.quotes for each in asked if each.quotes is not None])
    report.latency("to the first written sentence", [each.first for each in asked if each.first is not None])
    report.latency("to the end", [each.whole for each in asked if each.quotes is not None])


def compared(report: Report, answerable: Sequence[Asked], wanted: int) -> None:
    """Question by question; and what the screen shows in all."""
    report.section("Writing against quoting, question by question")
    quoted = [each.facts(_text(each.quoting)) for each in answerable]
    written = [each.facts(_text(each.writing)) for each in answerable]
    gained = [
        each.question.id for each, one, two in zip(answerable, quoted, written, strict=True) if two > one
    ]
    lost = [each.question.id for each, one, two in zip(answerable, quoted, written, strict=True) if two < one]
    report.add("more facts in", f"{len(gained)} ({', '.join(gained) or 'none'})")
    report.add("fewer facts in", f"{len(lost)} ({', '.join(lost) or 'none'})")
    report.add("p (exact McNemar)", mcnemar_exact(len(gained), len(lost)))
    alone = [each.facts(" ".join(said.text for said in worded(each))) for each in answerable]
    report.add("facts in what the model worded itself", Rate(sum(alone), wanted))
    report.add(
        "facts on the screen, written or quoted",
        Rate(sum(each.facts(each.shown) for each in answerable), wanted),
    )


def sentences(report: Report, asked: Sequence[Asked]) -> None:
    """What became of the model's sentences."""
    answers = [each.writing for each in asked if isinstance(each.writing, Answer)]
    written = [answer for answer in answers if answer.composer == "writing"]
    shown = [sentence for each in asked for sentence in worded(each)]
    cut = Counter(reason for each in asked for reason, _ in each.cut)
    report.section("Sentences of the model")
    report.add("written", len(shown) + cut.total())
    report.add("shown", len(shown))
    report.add("cut", cut.total())
    report.add("beside them, word for word quotes", sum(len(each.sentences) for each in written) - len(shown))
    report.add("answers that fell back on quotes alone", Rate(len(answers) - len(written), len(answers)))


def worded(asked: Asked) -> list[Sentence]:
    """The sentences of the model's, without the quotes that follow them."""
    result = asked.writing
    if isinstance(result, Refusal) or result.composer != "writing" or isinstance(asked.quoting, Refusal):
        return []
    quoted = {each.text for each in asked.quoting.sentences}
    return [each for each in result.sentences if each.text not in quoted]


def _text(result: Answer | Refusal) -> str:
    return result.text if isinstance(result, Answer) else ""


if __name__ == "__main__":
    run(main)
