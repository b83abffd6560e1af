"""The generations as HTML: what each holds, what the gate said, what can be done with it; and the audit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ingest.admin import Deed
from ingest.gate import Changed, GateResult
from ingest.library import GenerationInfo
from ingest.screen.parts import button, full, moment, shown
from ingest.screen.words import WORDING, retold, say
from ingest.wording import capital, listed, number

_FEW = 3  # reasons why it did not pass that are shown unfolded
_MOST = 40  # changed answers shown of each direction
_DIRECTIONS = {"worse": ("worse", "bad"), "better": ("better", "good"), "other": ("different", "")}


@dataclass(frozen=True)
class Kept:
    """A generation as it is listed. problem: why it cannot be read; new: built and never published."""

    name: str
    info: GenerationInfo | None
    live: bool
    new: bool
    gate: GateResult | None
    problem: str = ""


def generations(kept: Sequence[Kept], back: str, ui: str = "en") -> str:
    """Newest first. back: the one to roll back to, "" if there is none."""
    if not kept:
        words = f"<h2>{say(ui, 'built.none')}</h2><p>{say(ui, 'built.each_run')}</p>"
        return f'<div class="d-empty">{words}</div>'
    words = say(ui, "built.undo", name=back)
    undo = button(words, "rollback", sure=say(ui, "built.undo_sure")) if back else ""
    items = "".join(_one(each, ui) for each in kept)
    return (
        f'<div class="d-turn"><div><h2>{say(ui, "built.title")}</h2>'
        f'<p class="d-soft">{say(ui, "built.about")}</p></div>{undo}</div>'
        f'<ol class="d-list d-generations">{items}</ol>{_prune(ui)}'
    )


def _one(each: Kept, ui: str) -> str:
    mark = f'<span class="d-chip live">{say(ui, "built.live")}</span>' if each.live else ""
    if each.new and not each.live:
        mark = f'<span class="d-chip look">{say(ui, "built.waits")}</span>'
    if each.info is None:
        problem = shown(retold(ui, each.problem))
        return f"<li><div><b>{shown(each.name)}</b> {mark}<p class='d-warn'>{problem}</p></div></li>"
    info = each.info
    sizes = ("documents", "passages")
    size = listed(ui, (say(ui, f"amount.{name}", count=info.counts.get(name, 0)) for name in sizes))
    model = say(ui, "built.model", name=str(info.models.get("embedding", {}).get("name", "")))
    acts = [] if each.live else [_publish(each, ui)]
    if each.new and not each.live:
        sure = say(ui, "built.discard_sure")
        acts.append(button(say(ui, "built.discard"), "discard", name=each.name, sure=sure))
    current = ' aria-current="true"' if each.live else ""
    made = f"{moment(info.created, ui)} · {size} · {model}"
    return (
        f"<li{current}><div><p><b>{shown(say(ui, 'built.name', name=each.name))}</b> {mark}</p>"
        f'<p class="d-soft">{shown(made)}</p></div>'
        f'<p class="d-links">{"".join(acts)}</p>{_checks(info, ui)}{_gate(each.gate, ui)}</li>'
    )


def _publish(each: Kept, ui: str) -> str:
    """Where the gate was not passed, one is asked once more, and the audit says so."""
    if each.gate and not each.gate.passed:
        return button(say(ui, "built.force"), "force", name=each.name, sure=say(ui, "built.force_sure"))
    return button(say(ui, "built.publish"), "publish", "main" if each.new else "", name=each.name)


def _checks(info: GenerationInfo, ui: str) -> str:
    """What was verified before it could be published, and how long building took."""
    from ingest.screen.document import seconds

    facts = [(_called(ui, "built", name), value) for name, value in info.checks.items()]
    facts = [(name, number(ui, value) if isinstance(value, int) else value) for name, value in facts]
    facts += [(_called(ui, "built.time", name), seconds(took, ui)) for name, took in info.times.items()]
    if not facts:
        return ""
    items = "".join(
        f"<li>{shown(say(ui, 'built.fact', name=name, value=value))}</li>" for name, value in facts
    )
    title = say(ui, "built.checked")
    return f'<details class="d-names"><summary>{title}</summary><ul>{items}</ul></details>'


def _called(ui: str, section: str, name: str) -> str:
    """The words for a name that the library keeps; those of another version of this program as they are."""
    key = f"{section}{'_' if '.' in section else '.'}{name.replace(' ', '_')}"
    return say(ui, key) if key in WORDING.keys("en") else capital(name)


def _gate(result: GateResult | None, ui: str) -> str:
    """What the evaluators' bank says of it: the verdict, then which answers would change."""
    if result is None:
        return ""
    spoken = ui if ui in result.told else "en"
    result = result.said(spoken)
    tone = "good" if result.passed else "bad"
    faults = "".join(f"<li>{_in(spoken, full(each, spoken))}</li>" for each in result.faults)
    reasons = f"<ul>{faults}</ul>" if faults else ""
    if len(result.faults) > _FEW:  # the verdict names the first, and what follows matters more
        title = say(ui, "built.falls_short", count=len(result.faults))
        reasons = f'<details class="d-names bad"><summary>{title}</summary>{reasons}</details>'
    report = (
        f'<p><a href="/documents/gate/{shown(result.report)}" target="_blank" rel="noopener">'
        f"{say(ui, 'built.report')}</a></p>"
        if result.report
        else ""
    )
    left = len(result.left_out)
    out = f'<p class="d-soft">{say(ui, "built.left_out", count=left)}</p>' if left else ""
    groups = "".join(_group(result.changed, direction, ui, spoken) for direction in _DIRECTIONS)
    passed = say(ui, "built.passed" if result.passed else "built.not_passed")
    return (
        f'<div class="d-gate {tone}"><p><b>{passed}</b> {_in(spoken, full(result.verdict, spoken))}'
        f"</p>{reasons}{groups}{out}{report}</div>"
    )


def _in(language: str, words: str) -> str:
    """What is kept in a language: what a gate says, and the details of the audit."""
    return f'<bdi lang="{language}">{shown(words)}</bdi>'


def _group(changed: Sequence[Changed], direction: str, ui: str, spoken: str) -> str:
    found = [each for each in changed if each.direction == direction]
    if not found:
        return ""
    items = "".join(_changed(each, ui, spoken) for each in found[:_MOST])
    rest = len(found) - _MOST
    more = f"<li>{say(ui, 'built.more', count=rest)}</li>" if rest > 0 else ""
    title, tone = _DIRECTIONS[direction]
    answers = say(ui, f"built.{title}", answers=say(ui, "amount.answers", count=len(found)))
    return (
        f'<details class="d-names {tone}"{" open" if direction == "worse" else ""}><summary>{answers}'
        f"</summary><ul>{items}{more}</ul></details>"
    )


def _changed(each: Changed, ui: str, spoken: str) -> str:
    sides = (("before", each.before), ("after", each.after))
    rows = "".join(
        f'<div><dt>{say(ui, f"built.{name}")}</dt><dd dir="auto">{shown(words) or "–"}</dd></div>'
        for name, words in sides
    )
    return (
        f'<li><p dir="auto"><b>{shown(each.question)}</b></p><dl>{rows}</dl>'
        f'<p class="d-soft">{_in(spoken, each.why)}</p></li>'
    )


def _prune(ui: str) -> str:
    return (
        f'<details class="d-more"><summary>{say(ui, "built.clear_title")}</summary>'
        f'<p class="d-soft">{say(ui, "built.clear_about")}</p><form data-do="prune"><p class="d-field">'
        f'<label for="d-keep">{say(ui, "built.keep")}</label>'
        '<input id="d-keep" name="keep" type="number" min="1" max="1000" value="5" inputmode="numeric"></p>'
        f'<p class="d-links"><button class="d-button" data-sure="{say(ui, "built.clear_sure")}">'
        f"{say(ui, 'built.clear')}</button></p></form></details>"
    )


def audit(deeds: Sequence[Deed], ui: str = "en") -> str:
    """The newest lines of the audit; their details stay as they were written."""
    title = f"<h2>{say(ui, 'audit.title')}</h2><p class='d-soft'>{say(ui, 'audit.about')}</p>"
    if not deeds:
        return f'{title}<p class="d-said">{say(ui, "audit.none")}</p>'
    names = {name: say(ui, f"audit.{name}") for name in ("when", "who", "what", "detail")}
    cells = "".join(f'<th scope="col">{name}</th>' for name in names.values())
    head = f"<thead><tr>{cells}</tr></thead>"
    body = "".join(
        f'<tr><td data-label="{names["when"]}">{shown(moment(each.at, ui))}</td>'
        f'<td data-label="{names["who"]}"><bdi>{shown(each.who)}</bdi></td>'
        f'<th scope="row" data-label="{names["what"]}">{shown(_called(ui, "audit.did", each.action))}</th>'
        f'<td data-label="{names["detail"]}">{_in("en", each.detail)}</td></tr>'
        for each in deeds
    )
    return f'{title}<table class="d-table d-audit">{head}<tbody>{body}</tbody></table>'
