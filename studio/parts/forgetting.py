"""What a run forgot: the sentence, a row a task with its change, the prompts that lost most."""

from __future__ import annotations

from collections.abc import Sequence

from jobs import Difference, Forgotten, TaskChange
from studio.parts.colours import swatch, title
from studio.parts.completions import compared_row
from studio.parts.intervals import metric_title, metric_within
from studio.parts.notices import notice
from studio.parts.scale import ticks
from studio.parts.score_tables import LUCK, p_value
from studio.parts.scrolling import scrolling
from studio.parts.text import clip, esc, score, several, signed
from studio.parts.verdict import banner, sign

WORST = 5  # prompts that are shown
_WORDS = {
    "worse": "worse",
    "better": "better",
    "same": "no difference seen",
    "unclear": "too few to tell",
}


def forgotten_view(found: Forgotten, files: str = "") -> str:
    """All of it, the sentence first; `files` is the address of its downloads without the ending."""
    notes = "".join(notice(note) for note in found.result.notes)
    return (
        f"{banner(found.sentence, sign(found.outcome))}{_ways(files)}{_picture(found)}"
        f"{_table(found)}{_worst(found)}{notes}"
    )


def _ways(files: str) -> str:
    """Its downloads; none in a file that is one."""
    if not files:
        return ""
    kinds = {"csv": "Table (CSV)", "json": "Everything (JSON)"}
    links = "".join(
        f'<a href="{esc(files)}.{kind}" download>{text}</a>' for kind, text in kinds.items()
    )
    return f'<p class="ways"><span class="quiet">Take it along:</span>{links}</p>'


def _picture(found: Forgotten) -> str:
    """Each task's change with its interval; the base is the line that stands for no change."""
    changes = [c for c in (*found.tasks, found.whole) if c.score.delta is not None]
    if not changes:
        return '<p class="quiet">Nothing could be scored.</p>'
    low, high = _range([change.score for change in changes])
    across = 100 / (high - low)
    rows = "".join(_row(found, change, low, across) for change in changes)
    axis = "".join(
        f'<i style="left:{(t - low) * across:.2f}%">{signed(t) if t else "0"}</i>'
        for t in ticks(low, high, 4)
    )
    metric = metric_within(found.whole.score.metric)
    said = "; ".join(f"{_name(c)} {_value(c.score)}" for c in changes)
    return (
        f'<figure class="scores"><figcaption><strong>Change of {esc(metric)}</strong> <span '
        f'class="quiet">from the {esc(title(found.base).lower())}, which is the line across, to '
        f'{esc(clip(found.run, 60))}: left of it is worse.</span></figcaption><div role="img" '
        f'aria-label="{esc(f"Change of {metric}: {said}.")}">{rows}<div class="score-row axis" '
        f'aria-hidden="true"><span></span><span class="track">{axis}</span><span></span></div>'
        "</div></figure>"
    )


def _range(differences: Sequence[Difference]) -> tuple[float, float]:
    ends = [x for d in differences for x in (d.delta, d.low, d.high) if x is not None]
    low, high = min(0.0, *ends), max(0.0, *ends)
    air = 0.05 * max(high - low, 0.1)
    return min(low - air, -0.02), max(high + air, 0.02)


def _row(found: Forgotten, change: TaskChange, low: float, across: float) -> str:
    d = change.score
    assert d.delta is not None
    whisker = ""
    if d.low is not None and d.high is not None:
        left, width = (d.low - low) * across, (d.high - d.low) * across
        whisker = f'<span class="whisker" style="left:{left:.2f}%;width:{width:.2f}%"></span>'
    place = (d.delta - low) * across
    kind = "" if change.task else " whole"
    return (
        f'<div class="score-row{kind}"><span class="name">{esc(clip(_name(change), 40))}</span>'
        f'<span class="track"><span class="base-line" style="left:{-low * across:.2f}%"></span>'
        f'<span style="--c:#0072B2">{whisker}<span class="dot circle" style="left:{place:.2f}%">'
        f'</span></span></span><span class="value">{_value(d)}</span></div>'
    )


def _name(change: TaskChange) -> str:
    return change.task or "All prompts"


def _value(d: Difference) -> str:
    return f"{score(d.b_mean)} → {score(d.a_mean)}"


def _table(found: Forgotten) -> str:
    names = ("Task", "Prompts", "Before", "After", "Change (95% interval)", "p among the tasks")
    more = ("Surprise before", "After", "Change (95% interval)", "In words")
    head = "".join(f'<th scope="col">{name}</th>' for name in (*names, *more))
    rows = "".join(_cells(change) for change in (*found.tasks, found.whole))
    caption = (
        f"{metric_title(found.whole.score.metric)} before and after, and how surprised the model "
        "is by the reference, in nats a token: of that, less is better. p among the tasks: "
        f"{LUCK}, where so many tasks were looked at"
    )
    table = scrolling("By task", caption, f"<tr>{head}</tr>", rows)
    return f'<details class="more"><summary>As a table</summary>{table}</details>'


def _cells(change: TaskChange) -> str:
    d, s = change.score, change.surprise
    cells = (
        *(change.prompts, score(d.b_mean), score(d.a_mean), with_ends(d)),
        *(p_value(d.p if d.holm is None else d.holm), score(s.b_mean), score(s.a_mean)),
        *(with_ends(s), _WORDS[change.outcome]),
    )
    body = "".join(f"<td>{esc(cell)}</td>" for cell in cells)
    return f'<tr><th scope="row">{esc(_name(change))}</th>{body}</tr>'


def with_ends(d: Difference) -> str:
    """“+0.17 (+0.12 to +0.22)”, the interval where there is one."""
    if d.low is None or d.high is None:
        return signed(d.delta)
    delta, low, high = (signed(value, d.digits) for value in (d.delta, d.low, d.high))
    return f"{delta} ({low} to {high})"


def _worst(found: Forgotten) -> str:
    worst = found.worst(WORST)
    if not worst:
        return '<p class="quiet">By these scores no prompt got worse.</p>'
    variants = (found.base, found.run)
    rows = "".join(_named_row(found, e.index, variants) for e in worst)
    told = f"The {several(len(worst), 'prompt')} where it got worst"
    return (
        f'<details class="more worst"><summary>{swatch(found.run, variants)}{esc(told)}</summary>'
        f"{rows}</details>"
    )


def _named_row(found: Forgotten, index: int, variants: Sequence[str]) -> str:
    example = found.result.examples[index]
    task = f'<p class="quiet task">{esc(found.task_of[index])}</p>' if found.tasks else ""
    return task + compared_row(example, variants, found.result.metric)
