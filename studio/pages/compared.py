"""What a comparison amounts to, as HTML: the sentence, the scores, the prompts."""

from __future__ import annotations

from collections.abc import Sequence

from jobs import ComparedExample, ComparisonInfo, ComparisonResult, JobInfo
from studio.parts.colours import is_base, title
from studio.parts.completions import compared_row
from studio.parts.frame import facts, heading, pager, section, tabs
from studio.parts.intervals import (
    columns,
    differences_table,
    metric_title,
    scores_picture,
    scores_table,
)
from studio.parts.lists import model_title
from studio.parts.notices import error_notice, notice
from studio.parts.states import badge, progress
from studio.parts.text import number, several
from studio.parts.verdict import banner, sign

SORTS = {"": "In order", "gain": "Largest gain", "loss": "Largest loss"}
PER_PAGE = 10


def top(info: ComparisonInfo, job: JobInfo | None, result: ComparisonResult | None) -> str:
    """What is compared, and the sentence; or how far it is, or why there is none."""
    names = [title(v) for v in info.variants]
    head = heading(
        " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0],
        f"On the {info.split} prompts of {info.data}, over {model_title(info.model)}.",
        back=("/compare", "All comparisons"),
    )
    if result is not None:
        notes = "".join(notice(n) for n in result.notes)
        return head + banner(result.verdict, sign(result.outcome)) + notes
    body = f'<p class="under">{badge(info.state)}</p>'
    if job is not None:
        body += f'<div class="card">{progress(job, unit="answers", label="Comparison")}</div>'
    if info.error:
        body += error_notice(info.error)
    return head + body


def scores(result: ComparisonResult) -> str:
    """The verdict's metric as a picture; all figures and the settings below it, folded."""
    others = [one.name for one in columns(result) if one.name != result.metric]
    pictures = "".join(scores_picture(result, name) for name in others)
    judged = [name for name in others if any(d.metric == name for d in result.differences)]
    tables = "".join(differences_table(result, name) for name in judged)
    settings = facts(
        (k.replace("_", " ").capitalize(), number(v)) for k, v in result.settings.items()
    )
    return section(
        "Scores",
        scores_picture(result, result.metric)
        + folded("Every score as a picture", f'<div class="grid">{pictures}</div>')
        + scores_table(result)
        + differences_table(result, result.metric)
        + (folded("Differences in the other scores", tables) if tables else "")
        + folded("Settings used", settings),
    )


def folded(summary: str, body: str) -> str:
    """What most people never need."""
    return f'<details class="more"><summary>{summary}</summary>{body}</details>' if body else ""


def prompts(info: ComparisonInfo, result: ComparisonResult, sort: str, by: str, page: int) -> str:
    """One page of prompts, a row each, sorted by what one variant won or lost to the base."""
    tuned = [v for v in result.variants if not is_base(v)]
    by = by if by in tuned else (tuned[0] if tuned else result.variants[0])
    sort = sort if sort in SORTS else ""
    ordered = _sorted(result, sort, by)
    pages = max(1, -(-len(ordered) // PER_PAGE))
    page = min(page, pages)
    shown = ordered[(page - 1) * PER_PAGE : page * PER_PAGE]
    here = {"comparison": info.id, "sort": sort, "by": by if by != tuned[:1] else ""}
    choices = dict(SORTS)
    whose = ""
    if len(tuned) > 1 and sort:
        names = {v: title(v) for v in tuned}
        whose = tabs(
            "/compare", {k: v for k, v in here.items() if k != "by"}, "by", names, by, "Whose gain"
        )
    tools = (
        f'<div class="tools">{tabs("/compare", here, "sort", choices, sort, "Order")}{whose}'
        f'<p class="quiet">{several(len(ordered), "prompt")}, scored by '
        f"{metric_title(result.metric)}. Dotted words are not in the reference. "
        "<kbd>j</kbd> goes to the next row, <kbd>k</kbd> back.</p></div>"
    )
    rows = "".join(compared_row(e, result.variants, result.metric) for e in shown)
    return section("Prompts", tools + f"<div>{rows}</div>" + pager("/compare", here, page, pages))


def _sorted(result: ComparisonResult, sort: str, by: str) -> Sequence[ComparedExample]:
    if not sort:
        return result.examples
    base = next((v for v in result.variants if is_base(v)), result.variants[0])

    def gain(example: ComparedExample) -> float | None:
        a = example.scores.get(by, {}).get(result.metric)
        b = example.scores.get(base, {}).get(result.metric)
        if a is None or b is None or a.value is None or b.value is None:
            return None
        return a.value - b.value

    known = [(g, e) for e in result.examples if (g := gain(e)) is not None]
    known.sort(key=lambda pair: (-pair[0] if sort == "gain" else pair[0], pair[1].index))
    return [e for _, e in known] + [e for e in result.examples if gain(e) is None]
