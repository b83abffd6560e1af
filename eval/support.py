"""Whether citations bear their sentences, counted as ALCE counts it and judged by rules, no model asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.verify import borne
from eval.results import Cited, Said


@dataclass(frozen=True)
class Support:
    """Of the sentences of one answer that could be judged: how many, and how many are borne by all that they
    cite; of their citations: how many, and how many their sentence needs."""

    sentences: int = 0
    borne: int = 0
    citations: int = 0
    needed: int = 0


def support(said: Sequence[Said], language: str) -> Support:
    """Citation recall and precision of Gao et al. 2023 (ALCE, arXiv:2305.14627) of an answer in `language`.

    A sentence counts where the passages that it cites, taken together, bear it; a citation, where its
    sentence counts and the citation bears it alone or the others do not bear it without it. In place of an
    entailment model stand the rules that a written answer has to pass (`assistant.verify.borne`). Not judged:
    sentences without a citation, and those in other words than a cited passage in another language, for which
    the rules need a model.
    """
    counts = [_of(sentence, language) for sentence in said]
    return Support(
        sum(each.sentences for each in counts),
        sum(each.borne for each in counts),
        sum(each.citations for each in counts),
        sum(each.needed for each in counts),
    )


def _of(sentence: Said, language: str) -> Support:
    cited = sentence.citations
    if any(_own_words(sentence.text, each) for each in cited):
        needed = sum(_own_words(sentence.text, each) or _alone(sentence.text, each) for each in cited)
        return Support(1, 1, len(cited), needed)
    abroad = any(each.language not in (language, "", "und") for each in cited)
    if not cited or abroad:
        return Support()
    if not _bear(sentence.text, cited, language):
        return Support(1, 0, len(cited), 0)
    needed = sum(
        _bear(sentence.text, [each], language)
        or not _bear(sentence.text, [other for other in cited if other is not each], language)
        for each in cited
    )
    return Support(1, 1, len(cited), needed)


def _own_words(text: str, cited: Cited) -> bool:
    """Whether the sentence stands in the cited passage word for word."""
    return _folded(text) in _folded(cited.passage)


def _alone(text: str, cited: Cited) -> bool:
    """Whether the citation's quote is part of the sentence: a cell of the row that it tells."""
    return bool(cited.quote) and _folded(cited.quote) in _folded(text)


def _folded(text: str) -> str:
    return " ".join(text.split())


def _bear(text: str, cited: Sequence[Cited], language: str) -> bool:
    titles = [name for each in cited for name in each.about]
    passages = [each.passage for each in cited]
    return bool(passages) and bool(borne(text, passages, language=language, titles=titles))
