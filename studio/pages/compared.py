"""What a comparison amounts to, as HTML: the sentence, the scores, the prompts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jobs import (
    Browsed,
    ComparisonInfo,
    ComparisonResult,
    JobInfo,
    NeverBegan,
    RunInfo,
    browsable,
    browse,
    most_lost,
)
from studio.pages.common import whole
from studio.parts.colours import is_base, title, titles
from studio.parts.completions import compared_row
from studio.parts.frame import address, facts, heading, pager, section, tabs
from studio.parts.intervals import columns, metric_within, scores_picture
from studio.parts.lists import model_title
from studio.parts.notices import error_notice, notice
from studio.parts.score_tables import (
    differences_table,
    few_scores_table,
    more,
    more_scores_table,
)
from studio.parts.states import badge, progress
from studio.parts.text import clip, count, esc, number, several
from studio.parts.verdict import banner, sign

SORTS = {
    "": "In order",
    "gain": "Largest gain",
    "loss": "Largest loss",
    "apart": "Least alike",
}
PER_PAGE = 10
SHOWN = "examples_shown"
PRECISION = "The models computed in"  # a note that belongs to the settings, not above the scores


@dataclass(frozen=True)
class View:
    """What of the prompts is shown: all of it stands in the address, so it can be linked to."""

    sort: str = ""
    by: str = ""  # whose gain or loss
    find: str = ""
    page: int = 1

    @classmethod
    def of(cls, query: Mapping[str, Any]) -> View:
        """From an address; what it lacks, or has wrong, becomes the usual."""
        told = {name: str(query.get(name, ""))[:200] for name in ("sort", "by", "find", "page")}
        sort = told["sort"] if told["sort"] in SORTS else ""
        return cls(sort, told["by"], told["find"].strip(), whole(told["page"] or "1"))

    def address(self, info: ComparisonInfo) -> dict[str, object]:
        """The part of the address that stays while one thing changes."""
        return {"comparison": info.id, "sort": self.sort, "by": self.by, "find": self.find}


def top(
    info: ComparisonInfo,
    job: JobInfo | None,
    result: ComparisonResult | None,
    early: Sequence[RunInfo] = (),
) -> str:
    """What is compared, and the sentence; or how far it is, or why there is none.

    `early` are those of its runs that ended before they were done.
    """
    head = heading(
        titles(info.variants),
        f"On the {info.split} prompts of {info.data}, over {model_title(info.model)}.",
        back=("/compare", "All comparisons"),
    )
    if result is not None:
        said = banner(result.verdict, sign(result.outcome))
        return head + said + _ways(info, result) + beside(result)
    body = f'<p class="under">{badge(info.state)}</p>'
    if job is not None:
        body += f'<div class="card">{progress(job, unit="answers", label="Comparison")}</div>'
    if info.error:
        body += _problem(info, early)
    return head + body


def beside(result: ComparisonResult) -> str:
    """What must be known beside the sentence; the precision is told with the settings."""
    return "".join(notice(n) for n in result.notes if not n.startswith(PRECISION))


def _ways(info: ComparisonInfo, result: ComparisonResult) -> str:
    """What one wants to do next: look at the losses, vote, see the price, ask, take it along."""
    worse = ""
    loser = most_lost(result)
    if loser is not None:
        where = address("/compare", {"comparison": info.id, "sort": "loss", "by": loser})
        worse = f'<a class="button" href="{esc(where)}#prompts">Where did it get worse?</a>'
    kinds = {"html": "Report", "csv": "Table (CSV)", "json": "Everything (JSON)"}
    files = "".join(
        f'<a href="/report/{info.id}.{kind}" download>{text}</a>' for kind, text in kinds.items()
    )
    if len(result.variants) > 1:
        where = address("/vote", {"comparison": info.id})
        worse += f'<a class="button" href="{esc(where)}">Judge blind</a>'
    if not all(is_base(name) for name in info.variants):
        worse += '<a class="button" href="#forgotten-here">What did it forget?</a>'
    worse += '<a class="button" href="#ask">Ask them something</a>'
    along = f'<p class="ways"><span class="quiet">Take it along:</span>{files}</p>'
    return f'<p class="ways">{worse}</p>{along}'


def _problem(info: ComparisonInfo, early: Sequence[RunInfo]) -> str:
    """Why there is no result; what only waited for a run leads to it, to be resumed there."""
    error = info.error or {}
    stopped = info.state == "stopped"
    if not stopped and error.get("kind") != NeverBegan.kind:
        return error_notice(error)
    ways = ""
    for run in early:
        where = [(address("/runs", {"run": run.id}), f"Go to {run.name} to resume it")]
        if run.learnt is not None:
            as_it_is = address("/compare", {"data": info.data, "run": run.id})
            where.append((as_it_is, f"Compare {run.name} as it is"))
        ways += "".join(f'<a class="button" href="{esc(to)}">{esc(say)}</a>' for to, say in where)
    kind = "note" if stopped else "warning"
    told = notice(error.get("what", ""), error.get("cure", ""), kind=kind)
    return told + (f'<p class="actions-line">{ways}</p>' if ways else "")


def scores(result: ComparisonResult) -> str:
    """The score that judges as a picture, and the few beside it; folded below, what these lack."""
    others = [one.name for one in more(result)]
    pictures = "".join(scores_picture(result, name) for name in others)
    tables = "".join(
        differences_table(result, one.name)
        for one in columns(result)
        if one.name != result.metric and any(d.metric == one.name for d in result.differences)
    )
    settings = facts(_setting(k, v) for k, v in result.settings.items() if k != SHOWN)
    return section(
        "Scores",
        scores_picture(result, result.metric)
        + few_scores_table(result)
        + folded("How sure that is", differences_table(result, result.metric))
        + folded(
            "More scores",
            more_scores_table(result) + f'<div class="grid">{pictures}</div>{tables}',
        )
        + folded("Examples that were shown in the prompt", _shown(result))
        + folded("Settings used", settings + _precision(result)),
    )


def _setting(name: str, value: Any) -> tuple[str, str]:
    if isinstance(value, Mapping):
        told = "; ".join(f"{title(str(k))}: {number(v)}" for k, v in value.items())
        return name.replace("_", " ").capitalize(), told
    return name.replace("_", " ").capitalize(), number(value)


def _precision(result: ComparisonResult) -> str:
    told = [note for note in result.notes if note.startswith(PRECISION)]
    return "".join(f'<p class="bar-text">{esc(note)}</p>' for note in told)


def _shown(result: ComparisonResult) -> str:
    """What few-shot variants read before each prompt."""
    rows = "".join(
        f'<article class="row"><header><h3>Example {place}</h3><p class="said" dir="auto">'
        f'{esc(clip(str(one["prompt"]), 1500))}</p></header><p class="said" dir="auto">'
        f"{esc(clip(str(one['completion']), 1500))}</p></article>"
        for place, one in enumerate(result.settings.get(SHOWN, ()), 1)
    )
    return rows


def folded(summary: str, body: str) -> str:
    """What most people never need."""
    return f'<details class="more"><summary>{summary}</summary>{body}</details>' if body else ""


def prompts(info: ComparisonInfo, result: ComparisonResult, view: View) -> str:
    """One page of prompts, a row each, sorted by what one variant does against its base."""
    tuned = browsable(result)
    by = view.by if view.by in result.variants else (tuned or list(result.variants))[0]
    found = _browse(result, view, by, view.page)
    pages = max(1, -(-found.total // PER_PAGE))
    page = min(view.page, pages)
    if page != view.page:
        found = _browse(result, view, by, page)
    here = view.address(info)
    rows = "".join(compared_row(e, result.variants, result.metric) for e in found.examples)
    return section(
        "Prompts",
        _tools(info, result, view, by, tuned, found)
        + f"<div>{rows}</div>"
        + pager("/compare", here, page, pages),
    )


def _browse(result: ComparisonResult, view: View, by: str, page: int) -> Browsed:
    offset = (page - 1) * PER_PAGE
    return browse(result, sort=view.sort, by=by, find=view.find, offset=offset, limit=PER_PAGE)


def _tools(
    info: ComparisonInfo,
    result: ComparisonResult,
    view: View,
    by: str,
    tuned: Sequence[str],
    found: Browsed,
) -> str:
    """Order, whose, search, and in words what is shown."""
    here = view.address(info)
    order = tabs("/compare", here, "sort", SORTS, view.sort, "Order") if tuned else ""
    whose = ""
    if len(tuned) > 1 and view.sort:
        names = {v: title(v) for v in tuned}
        whose = tabs("/compare", here, "by", names, by, "Whose gain")
    kept = "".join(
        f'<input type="hidden" name="{name}" value="{esc(value)}"/>'
        for name, value in here.items()
        if value and name != "find"
    )
    search = (
        f'<form class="search" role="search" action="/compare#prompts" method="get">{kept}'
        f'<input type="search" name="find" value="{esc(view.find)}" aria-label="Search prompts '
        'and answers" placeholder="Search prompts and answers"/><button type="submit">Search'
        "</button></form>"
    )
    return (
        f'<div class="tools">{order}{search}{whose}</div><p class="quiet">'
        f"{_said(result, view, by, found)} {_hint(found, here)}</p>"
    )


def _hint(found: Browsed, here: Mapping[str, object]) -> str:
    """How the rows are read; where there are none, the way back to all."""
    if not found.total:
        every = address("/compare", {**here, "find": None})
        return (
            "Prompts, answers and references were searched for these letters, capitals or not. "
            f'<a href="{esc(every)}#prompts">Show all prompts</a>'
        )
    return (
        "Dotted words are not in the reference. "
        '<span class="keys"><kbd>j</kbd> goes to the next row, <kbd>k</kbd> back.</span>'
    )


def _said(result: ComparisonResult, view: View, by: str, found: Browsed) -> str:
    told = f"{several(found.total, 'prompt')}, scored by {metric_within(result.metric)}."
    if view.find:
        told = f"{several(found.total, 'prompt')} with “{esc(clip(view.find, 60))}”."
    if view.sort and found.total:
        lost, gained = found.lost, found.gained
        told += f" {esc(title(by))} scores lower on {count(lost)} and higher on {count(gained)}."
        if view.sort == "loss" and not lost:
            told += (
                " <strong>No prompt scored lower</strong>: these are the smallest gains. "
                "A score does not say whether an answer is right: read it."
            )
    return told
