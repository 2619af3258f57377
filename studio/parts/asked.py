"""A question with its answers as they grow, and in words what it waits for."""

from __future__ import annotations

from collections.abc import Sequence

from jobs import Ask
from studio.parts.colours import swatch, title
from studio.parts.completions import completion_text
from studio.parts.lists import model_title
from studio.parts.notices import error_notice, notice
from studio.parts.states import time_left
from studio.parts.text import clip, duration, esc, number, several, when

UNDER_WAY = ("queued", "running")
PRACTICE = (
    "The practice model is tiny and knows little beyond what it was shown: for real use train a "
    "larger model."
)


def answers(ask: Ask, *, paused: bool, subject: str = "") -> str:
    """All of it; `subject` is HTML that names what it waits behind, `paused` whether the queue
    is."""
    groups: dict[str, list[str]] = {}
    for variant in ask.variants:
        groups.setdefault(_model(ask, variant), []).append(variant)
    rows = "".join(
        _group(ask, names, model_title(model) if len(groups) > 1 else "")
        for model, names in groups.items()
    )
    problem = error_notice(ask.error) if ask.error else ""
    now = waiting(ask, paused=paused, subject=subject)
    return f"{now}{problem}{rows}{_practice(ask)}{_settings(ask)}"


def _model(ask: Ask, variant: str) -> str:
    model: str = ask.settings.get("models", {}).get(variant, ask.model)
    return model


def of_practice(ask: Ask) -> str:
    """What to expect of the practice model, where an answer of it is to be seen; else nothing."""
    seen = [v for v in ask.variants if v in ask.answers or v in ask.written]
    return PRACTICE if any(_model(ask, variant) == "starter" for variant in seen) else ""


def _practice(ask: Ask) -> str:
    words = of_practice(ask)
    return f'<p class="bar-text">{esc(words)}</p>' if words else ""


def earlier(asks: Sequence[Ask], now: float) -> str:
    """Questions of before, the newest first, each with a button that shows it again."""
    rows = "".join(
        f'<li><span class="who said" dir="auto">{esc(clip(" ".join(ask.prompt.split()), 120))}'
        f'</span><span class="what">{esc(_whom(ask))}</span>'
        f'<span class="when">{esc(when(ask.created, now))}</span>'
        f'<span class="small-actions"><button type="button" class="small" '
        f'data-do="?asked={ask.id}" aria-label="{esc("Show again: " + clip(ask.prompt, 60))}">'
        "Show</button></span></li>"
        for ask in asks
    )
    if not rows:
        return ""
    return (
        '<details class="more" data-kept><summary>Asked before</summary>'
        f'<ul class="rows asked">{rows}</ul></details>'
    )


def _whom(ask: Ask) -> str:
    names = [clip(title(variant), 40) for variant in ask.variants]
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more


def waiting(ask: Ask, *, paused: bool, subject: str) -> str:
    """What happens now, as one line that is read aloud when it changes."""
    return f'<p class="bar-text" role="status">{_waiting(ask, paused, subject)}</p>'


def _waiting(ask: Ask, paused: bool, subject: str) -> str:
    if ask.state == "queued" and paused:
        return 'It waits: the queue is paused. Let it go on, on the <a href="/runs">Runs page</a>.'
    if ask.state == "queued" and ask.behind is not None:
        others = f" and {ask.ahead - 1} more" if ask.ahead > 1 else ""
        left = time_left(ask.behind)
        left = f" ({left})" if left else ""
        return f'It waits in the <a href="/runs">queue</a> behind {subject}{left}{others}.'
    if ask.state == "queued":
        return "A process for the model is being started."
    if ask.state == "stopped":
        return "Stopped. What was written stays."
    if ask.state != "running":
        return ""
    if ask.stopping:
        return "Stopping…"
    if ask.phase.startswith(("Loading", "Fetching")):
        return f"{esc(ask.phase)}… It stays loaded for the next question."
    done = len(ask.answers) + len(ask.errors)
    return f"Answering: {done} of {len(ask.variants)} done."


def _group(ask: Ask, names: Sequence[str], heading: str) -> str:
    head = f"<header><h3>{esc(heading)}</h3></header>" if heading else ""
    columns = "".join(_column(name, ask) for name in names)
    return (
        f'<article class="row">{head}<div class="columns" style="--n:{len(names)}">{columns}'
        "</div></article>"
    )


def _column(variant: str, ask: Ask) -> str:
    whole, part = ask.answers.get(variant), ask.written.get(variant)
    moves = ask.state in UNDER_WAY
    spent = ""
    if variant in ask.errors:
        body = error_notice(ask.errors[variant])
    elif whole is not None:
        body = completion_text(whole)
        spent = f"{several(whole.tokens, 'token')} in {_seconds(whole.seconds)}"
    elif part is not None and part.text:
        caret = '<span aria-hidden="true"> ▍</span>' if moves else ""
        end = "" if moves else '<p class="quiet">Not finished.</p>'
        body = f'<p class="said" dir="auto">{esc(clip(part.text, 20_000))}{caret}</p>{end}'
        spent = f"{several(part.tokens, 'token')} in {_seconds(part.seconds)}"
    elif part is not None and moves:
        body = '<p class="quiet">Reading the prompt…</p>'
    else:
        body = f'<p class="quiet">{"Its turn comes." if moves else "No answer."}</p>'
    note = notice(ask.notes[variant]) if variant in ask.notes else ""
    keep = ""
    if ask.state not in UNDER_WAY and whole is not None and whole.text.strip():
        keep = (
            f'<p class="small-actions"><button type="button" class="small" '
            f'data-do="?keep={ask.variants.index(variant)}">Keep as an example…</button></p>'
        )
    return (
        f'<div class="answer"><h4>{swatch(variant, ask.variants)}<span class="name">'
        f'{esc(title(variant))}</span><span class="score">{spent}</span></h4>{body}{note}{keep}'
        "</div>"
    )


def _seconds(seconds: float) -> str:
    """Tenths count here, where elsewhere they do not."""
    return f"{seconds:.1f} s" if seconds < 10 else duration(seconds)


def _settings(ask: Ask) -> str:
    """How it was answered, in a line."""
    told = ask.settings
    if "temperature" not in told:
        return ""
    how = "Always the likeliest next word: asked again, the same answer comes."
    if told["temperature"] > 0:
        how = (
            f"Drawn at temperature {number(told['temperature'])}, top-p {number(told['top_p'])}, "
            f"seed {number(told['seed'])}."
        )
    most = f"At most {number(told['length'])} tokens, words or pieces of them."
    return f'<p class="bar-text">{esc(how)} {esc(most)}</p>'
