"""Under a question that is about every document: what the Grid would do, and the way there."""

from __future__ import annotations

import re
from html import escape
from urllib.parse import urlencode

from assistant.answer import Filters, Refusal
from assistant.grids.themes import Family, themes
from assistant.offers import Offer, offer_of
from assistant.web.conversation import Exchange
from assistant.web.filters import VERSIONS
from assistant.web.words import say
from ingest.phrases import fold


def offered(exchange: Exchange, ui: str) -> str:
    """The offer as HTML, with a link that opens the Grid filled in; "" where there is none."""
    offer = offer_of(exchange.standing or exchange.asked)
    result = exchange.result
    if offer is None or result is None:
        return ""
    count = result.receipt.documents_searched
    words = "" if offer.only else say(ui, f"offer.{offer.use}", count=count, seconds=offer.seconds(count))
    return (
        f'<p class="offer" dir="auto">{escape(words)} <a class="quiet" '
        f'href="{escape(link(offer, result.receipt.filters))}">{say(ui, "offer.open")}</a></p>'
    )


def for_all(exchange: Exchange) -> bool:
    """Whether the question has no answer because the Grid alone can give it."""
    offer = offer_of(exchange.standing or exchange.asked)
    return offer is not None and offer.only and isinstance(exchange.result, Refusal)


def link(offer: Offer, filters: Filters) -> str:
    """The address that opens the Grid with what `offer` and the question's `filters` say."""
    uses = {"survey": "survey", "compare": "compare", "experience": "compare", "questions": "questions"}
    asked: dict[str, object] = {"grid": uses[offer.use]}
    if offer.use == "survey":
        asked |= _families(offer.topics)
    else:
        asked["question"] = offer.topics
    if offer.use in ("compare", "experience"):
        asked["by"] = "countries" if offer.use == "compare" else "experience"
    asked |= {
        "country": offer.countries or filters.countries,
        "kind": filters.kinds,
        "language": filters.languages,
        "organisation": filters.organisations,
        "document": filters.documents,
    }
    asked |= {name: year for name in ("since", "until") if (year := getattr(filters, name)) is not None}
    asked["in_force"] = next(each for each, (_, chosen) in VERSIONS.items() if chosen == filters.in_force)
    return "/?" + urlencode({name: value for name, value in asked.items() if value}, doseq=True)


def _families(topics: tuple[str, ...]) -> dict[str, object]:
    """The families of a shipped theme that the topics name, in any language; else the topics as terms."""
    for theme in themes():
        named = [next((each for each in theme.families if _names(each, topic)), None) for topic in topics]
        found = [each.id for each in named if each is not None]
        if len(found) == len(topics):
            return {"theme": theme.id, "family": list(dict.fromkeys(found))}
    return {"terms": topics}


def _names(family: Family, topic: str) -> bool:
    wanted = fold(topic).casefold()
    if any(fold(label).casefold() == wanted for label in family.labels.values()):
        return True
    terms = (re.escape(fold(each).casefold()) for listed in family.terms.values() for each in listed)
    return any(re.fullmatch(each.replace(r"\*", r"\w*"), wanted) for each in terms)
