"""The generations as HTML: what each holds, what the gate said, what can be done with it; and the audit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ingest.admin import Deed
from ingest.gate import Changed, GateResult
from ingest.library import GenerationInfo
from ingest.screen_parts import button, capital, count, full, moment, shown

_FEW = 3  # reasons why it did not pass that are shown unfolded
_MOST = 40  # changed answers shown of each direction
_CHECKS = {
    "vectors": "Passages that have their vector and their words in the index",
    "looked_up": "Passages looked for by their own words, and found",
    "compared_with_page": "Passages compared with their page",
    "stale": "Vectors replaced since the index was last made anew",
    "quotes_lost": "Quotes of earlier answers that are no longer in their document",
    "imported": "Taken in from another library, there generation",
}
_DIRECTIONS = (("worse", "Worse", "bad"), ("better", "Better", "good"), ("other", "Different", ""))


@dataclass(frozen=True)
class Kept:
    """A generation as it is listed. problem: why it cannot be read; new: built and never published."""

    name: str
    info: GenerationInfo | None
    live: bool
    new: bool
    gate: GateResult | None
    problem: str = ""


def generations(kept: Sequence[Kept], back: str) -> str:
    """Newest first. back: the one to roll back to, "" if there is none."""
    if not kept:
        return (
            '<div class="d-empty"><h2>No generation yet</h2><p>Each run builds a complete new state of the'
            " library, a generation, and makes it live at one stroke.</p></div>"
        )
    undo = button(f"Go back to the one before ({back})", "rollback", sure="Yes, go back") if back else ""
    items = "".join(_one(each) for each in kept)
    return (
        f'<div class="d-turn"><div><h2>Generations</h2><p class="d-soft">Each is a complete state of the'
        f" library; one is live and answers. Going back takes no time.</p></div>{undo}</div>"
        f'<ol class="d-list d-generations">{items}</ol>{_prune()}'
    )


def _one(each: Kept) -> str:
    mark = '<span class="d-chip live">live</span>' if each.live else ""
    mark = '<span class="d-chip look">waits for your decision</span>' if each.new and not each.live else mark
    if each.info is None:
        return (
            f"<li><div><b>{shown(each.name)}</b> {mark}<p class='d-warn'>{shown(each.problem)}</p></div></li>"
        )
    info = each.info
    counts = info.counts
    size = f"{count(counts.get('documents', 0), 'document')}, {count(counts.get('passages', 0), 'passage')}"
    model = str(info.models.get("embedding", {}).get("name", ""))
    acts = [] if each.live else [_publish(each)]
    if each.new and not each.live:
        acts.append(button("Discard", "discard", name=each.name, sure="Yes, discard it"))
    current = ' aria-current="true"' if each.live else ""
    made = f"{moment(info.created)} · {size} · model {model}"
    return (
        f"<li{current}><div><p><b>Generation {shown(each.name)}</b> {mark}</p>"
        f'<p class="d-soft">{shown(made)}</p></div>'
        f'<p class="d-links">{"".join(acts)}</p>{_checks(info)}{_gate(each.gate)}</li>'
    )


def _publish(each: Kept) -> str:
    """Where the gate was not passed, one is asked once more, and the audit says so."""
    if each.gate and not each.gate.passed:
        return button("Publish all the same", "force", name=each.name, sure="Yes, publish it all the same")
    return button("Publish", "publish", "main" if each.new else "", name=each.name)


def _checks(info: GenerationInfo) -> str:
    """What was verified before it could be published, and how long building took."""
    checks = [f"{_CHECKS.get(name, capital(name))}: {value}" for name, value in info.checks.items()]
    times = [f"{capital(name)}: {seconds:.0f} s" for name, seconds in info.times.items()]
    if not checks and not times:
        return ""
    items = "".join(f"<li>{shown(each)}</li>" for each in (*checks, *times))
    return (
        '<details class="d-names"><summary>What was checked, and how long it took</summary>'
        f"<ul>{items}</ul></details>"
    )


def _gate(result: GateResult | None) -> str:
    """What the evaluators' bank says of it: the verdict, then which answers would change."""
    if result is None:
        return ""
    tone = "good" if result.passed else "bad"
    faults = "".join(f"<li>{shown(full(each))}</li>" for each in result.faults)
    listed = f"<ul>{faults}</ul>" if faults else ""
    if len(result.faults) > _FEW:  # the verdict names the first, and what follows matters more
        listed = (
            f'<details class="d-names bad"><summary>Where it falls short ({len(result.faults)})</summary>'
            f"{listed}</details>"
        )
    report = (
        f'<p><a href="/documents/gate/{shown(result.report)}" target="_blank" rel="noopener">Open the'
        " report</a></p>"
        if result.report
        else ""
    )
    left = len(result.left_out)
    out = (
        f'<p class="d-soft">{count(left, "question")} could not be asked of this library.</p>' if left else ""
    )
    groups = "".join(_group(result.changed, *each) for each in _DIRECTIONS)
    return (
        f'<div class="d-gate {tone}"><p><b>{"Passed" if result.passed else "Did not pass"}.</b>'
        f" {shown(full(result.verdict))}</p>{listed}{groups}{out}{report}</div>"
    )


def _group(changed: Sequence[Changed], direction: str, title: str, tone: str) -> str:
    listed = [each for each in changed if each.direction == direction]
    if not listed:
        return ""
    items = "".join(
        f'<li><p dir="auto"><b>{shown(each.question)}</b></p><dl><div><dt>Before</dt><dd dir="auto">'
        f"{shown(each.before) or '–'}</dd></div><div><dt>After</dt>"
        f'<dd dir="auto">{shown(each.after) or "–"}</dd></div></dl>'
        f'<p class="d-soft">{shown(each.why)}</p></li>'
        for each in listed[:_MOST]
    )
    rest = len(listed) - _MOST
    more = f"<li>and {rest} more, in the report</li>" if rest > 0 else ""
    return (
        f'<details class="d-names {tone}"{" open" if direction == "worse" else ""}><summary>{title}:'
        f" {count(len(listed), 'answer')}</summary><ul>{items}{more}</ul></details>"
    )


def _prune() -> str:
    return (
        '<details class="d-more"><summary>Clear up old generations</summary><p class="d-soft">Frees disk'
        " space. The live one is always kept, with the newest of the others.</p>"
        '<form data-do="prune"><p class="d-field"><label for="d-keep">How many to keep</label>'
        '<input id="d-keep" name="keep" type="number" min="1" max="1000" value="5" inputmode="numeric"></p>'
        '<p class="d-links"><button class="d-button" data-sure="Yes, remove the others">Clear up</button></p>'
        "</form></details>"
    )


def audit(deeds: Sequence[Deed]) -> str:
    """The newest lines of the audit."""
    title = "<h2>Audit</h2><p class='d-soft'>Who did what, when; no line is ever changed or removed.</p>"
    if not deeds:
        return f'{title}<p class="d-said">Nothing has been done yet.</p>'
    body = "".join(
        f'<tr><td data-label="When">{shown(moment(each.at))}</td><td data-label="Who">{shown(each.who)}</td>'
        f'<th scope="row" data-label="What">{shown(capital(each.action))}</th>'
        f'<td data-label="Detail" dir="auto">{shown(each.detail)}</td></tr>'
        for each in deeds
    )
    return (
        f'{title}<table class="d-table d-audit"><thead><tr><th scope="col">When</th><th scope="col">Who</th>'
        f'<th scope="col">What</th><th scope="col">Detail</th></tr></thead><tbody>{body}</tbody></table>'
    )
