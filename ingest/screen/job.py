"""The work under way on the library, or how the last one ended, as HTML."""

from __future__ import annotations

from ingest.jobs import Job
from ingest.screen.parts import button, full, here, moment, shown
from ingest.screen.words import WORDING, isolated, retold, say
from ingest.wording import listed, number

# What the parts of a stage are called.
_THINGS = {
    "reading": "files",
    "embedding": "passages",
    "building": "passages",
    "gate": "questions",
    "OCR": "pages",
}
_LONGEST = 200  # characters of how a job ended
_MOST = 50  # failed files named


def job(now: Job | None, clock: float, live: str | None, ui: str = "en") -> str:
    """`clock`: Unix seconds; `live`: the generation that answers. "" before the first job."""
    if now is None:
        return ""
    return _running(now, clock, ui) if now.state == "running" else _ended(now, live, ui)


def _running(now: Job, clock: float, ui: str) -> str:
    stage = shown(_called(ui, f"work.stage_{now.stage.lower() or 'starting'}", now.stage))
    thing = _THINGS.get(now.stage, "parts")
    share = now.done / now.total if now.total else 0.0
    done = say(ui, f"amount.of_{thing}", done=number(ui, now.done), count=now.total) if now.total else ""
    parts = listed(ui, filter(None, (done, left(now.seconds_left(clock), ui))))
    stop = button(say(ui, "work.stop"), "stop", sure=say(ui, "work.stop_sure"))
    return (
        f'<section class="d-job" aria-label="{say(ui, "work.label")}"><div class="d-turn">'
        f"<h2>{shown(_title(now, ui))}</h2>{stop}</div>"
        f"<p><b>{stage}</b> <span>{shown(parts)}</span></p>"
        f'<progress max="1" value="{share:.3f}" aria-label="{stage}"></progress>'
        f'<p class="d-soft d-detail">{shown(isolated(ui, retold(ui, now.detail)))}</p>'
        f"{_failed(now, ui)}"
        f'<p class="d-soft">{shown(say(ui, "work.begun", who=now.who, when=moment(now.started, ui)))}</p>'
        "</section>"
    )


def _title(now: Job, ui: str) -> str:
    return _called(ui, f"work.{now.what}", now.what)


def _called(ui: str, key: str, name: str) -> str:
    """The words of `key`; for what another version of this program began, its own."""
    return say(ui, key) if key in WORDING.keys("en") else name


def _ended(now: Job, live: str | None, ui: str) -> str:
    tone = "good" if now.state == "done" else "bad"
    words = _short(now.message, ui)
    if not words:
        words = say(ui, "work.live", name=now.generation) if now.generation else say(ui, "work.unchanged")
    words = full(words, ui)
    if live and live not in words:  # somebody has gone back since, or what was built waits
        words = f"{words} {full(say(ui, 'work.live', name=live), ui)}"
    folded = "" if now.state in ("failed", "died") else _failed(now, ui)
    ended = say(ui, f"work.{now.state}", what=_title(now, ui))
    begun = listed(ui, (isolated(ui, now.who), moment(now.updated or now.started, ui)))
    return (
        f'<section class="d-job {tone}" aria-label="{say(ui, "work.last")}"><p role="status">'
        f"<b>{shown(ended)}</b> {shown(words)} <small>{shown(begun)}</small></p>{folded}</section>"
    )


def _short(message: str, ui: str) -> str:
    """What a gate says is long, and stands with its generation."""
    front, colon, _ = message.partition(": ")
    if colon and len(message) > _LONGEST:
        return say(ui, "work.see_generations", words=retold(ui, front))
    return retold(ui, message)


def _failed(now: Job, ui: str) -> str:
    if not now.failed:
        return ""
    items = "".join(
        f"<li>{say(ui, 'plan.because', file=f'<b>{shown(file)}</b>', why=shown(here(reason, ui)))}</li>"
        for file, reason in now.failed[:_MOST]
    )
    rest = len(now.failed) - _MOST
    more = f"<li>{say(ui, 'work.more_in_list', count=rest)}</li>" if rest > 0 else ""
    words = say(ui, "work.which")
    if now.state == "running":
        words = say(ui, "work.unread_so_far", count=len(now.failed))
    return f'<details class="d-names bad"><summary>{words}</summary><ul>{items}{more}</ul></details>'


def left(seconds: float | None, ui: str = "en") -> str:
    if seconds is None:
        return ""
    if seconds < 10:
        return say(ui, "work.few_seconds")
    if seconds < 90:
        return say(ui, "work.seconds", count=round(seconds / 10) * 10)
    if seconds < 5400:
        return say(ui, "work.minutes", count=round(seconds / 60))
    from babel.numbers import format_decimal

    return say(ui, "work.hours", hours=format_decimal(round(seconds / 3600, 1), locale=ui))
