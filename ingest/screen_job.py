"""The work under way on the library, or how the last one ended, as HTML."""

from __future__ import annotations

from ingest.jobs import Job
from ingest.screen_parts import button, capital, count, full, here, moment, shown

_WORDS = {
    "sync": "Indexing", "rebuild": "Building everything anew", "publish": "Publishing",
    "prune": "Clearing up", "rollback": "Going back", "discard": "Discarding",
}  # fmt: skip
_STAGES = {
    "reading": "reading files", "embedding": "preparing passages for search", "building": "building",
    "checking": "checking", "starting": "getting ready", "gate": "testing the answers",
    "OCR": "reading scanned pages by OCR",
}  # fmt: skip
_THINGS = {
    "reading": "file",
    "embedding": "passage",
    "building": "passage",
    "gate": "question",
    "OCR": "page",
}
_LONGEST = 200  # characters of how a job ended
_MOST = 50  # failed files named


def job(now: Job | None, clock: float, live: str | None) -> str:
    """`clock`: Unix seconds; `live`: the generation that answers. "" before the first job."""
    if now is None:
        return ""
    return _running(now, clock) if now.state == "running" else _ended(now, live)


def _running(now: Job, clock: float) -> str:
    stage = _STAGES.get(now.stage, now.stage) or "getting ready"
    thing = _THINGS.get(now.stage, "part")
    share = now.done / now.total if now.total else 0.0
    done = f"{now.done:,} of {count(now.total, thing)}" if now.total else ""
    parts = ", ".join(part for part in (done, left(now.seconds_left(clock))) if part)
    return (
        '<section class="d-job" aria-label="Work under way"><div class="d-turn">'
        f"<h2>{shown(_title(now))}</h2>"
        f"{button('Stop', 'stop', sure='Yes, stop it')}</div>"
        f"<p><b>{shown(capital(stage))}</b> <span>{shown(parts)}</span></p>"
        f'<progress max="1" value="{share:.3f}" aria-label="{shown(capital(stage))}"></progress>'
        f'<p class="d-soft d-detail" dir="auto">{shown(now.detail)}</p>'
        f"{_failed(now)}"
        f'<p class="d-soft">Begun by {shown(now.who)}, {shown(moment(now.started))}. You can close this page:'
        " the work goes on.</p></section>"
    )


def _title(now: Job) -> str:
    return _WORDS.get(now.what, capital(now.what))


def _ended(now: Job, live: str | None) -> str:
    tone = "good" if now.state == "done" else "bad"
    ends = {"done": "is done", "failed": "failed", "stopped": "was stopped", "died": "broke off"}
    words = _short(now.message) or (
        f"generation {now.generation} is live" if now.generation else "nothing changed"
    )
    if live and live not in words:  # somebody has gone back since, or what was built waits
        words = f"{full(words)} Generation {live} is live"
    folded = "" if now.state in ("failed", "died") else _failed(now)
    return (
        f'<section class="d-job {tone}" aria-label="Last run"><p role="status"><b>{shown(_title(now))}'
        f" {ends.get(now.state, now.state)}.</b> {shown(full(words))} <small>{shown(now.who)},"
        f" {shown(moment(now.updated or now.started))}</small></p>{folded}</section>"
    )


def _short(message: str) -> str:
    """What a gate says is long, and stands with its generation."""
    front, colon, _ = message.partition(": ")
    return f"{front}; see why under Generations" if colon and len(message) > _LONGEST else message


def _failed(now: Job) -> str:
    if not now.failed:
        return ""
    items = "".join(
        f'<li dir="auto"><b>{shown(file)}</b>: {shown(here(reason))}</li>'
        for file, reason in now.failed[:_MOST]
    )
    rest = len(now.failed) - _MOST
    more = f"<li>and {rest} more, in the list of documents</li>" if rest > 0 else ""
    running = now.state == "running"
    words = f"{count(len(now.failed), 'file')} could not be read so far" if running else "Which, and why"
    return f'<details class="d-names bad"><summary>{words}</summary><ul>{items}{more}</ul></details>'


def left(seconds: float | None) -> str:
    if seconds is None:
        return ""
    if seconds < 10:
        return "a few seconds left"
    if seconds < 90:
        return f"about {round(seconds / 10) * 10} seconds left"
    if seconds < 5400:
        return f"about {round(seconds / 60)} minutes left"
    return f"about {seconds / 3600:.1f} hours left"
