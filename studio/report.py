"""A comparison as a file: HTML that opens anywhere (no script, nothing fetched), CSV, JSON."""

from __future__ import annotations

import datetime
import importlib.resources
import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from jobs import ComparisonInfo, ComparisonResult, Tally, to_csv, to_json
from studio.pages.compared import beside, scores
from studio.parts.colours import titles
from studio.parts.completions import compared_row
from studio.parts.frame import heading, section
from studio.parts.intervals import metric_within
from studio.parts.lists import model_title
from studio.parts.text import count, esc, several
from studio.parts.verdict import banner, sign
from studio.parts.votes import tallies

FORMATS: Mapping[str, str] = {
    "html": "text/html; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
}
MOST_ROWS = 2_000  # a browser shows no more in one page; CSV and JSON have all of them

# With a class more than the style sheet has, or none of it would count.
_OWN_STYLE = """
.gradio-container.gradio-container.report {
  max-width: 1200px; margin: 0 auto; padding: 24px;
  main > * + * { margin-top: 32px; }
}
@media print {
  .gradio-container.gradio-container.report {
    padding: 0; max-width: none; font-size: 12px; background: none;
    article.row, figure.scores, .verdict { break-inside: avoid; }
    .scroll { overflow: visible; }
    table { font-size: 11px; }
    .scroll th, .scroll td { white-space: normal; min-width: 0; padding: 4px 6px; }
    .scroll .means { min-width: 0; }
    * { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
  }
}
"""


def written(
    kind: str, info: ComparisonInfo, result: ComparisonResult, votes: Sequence[Tally] = ()
) -> Iterator[str]:
    """A comparison in one of `FORMATS`, in parts; a table says of itself that it is UTF-8, and has
    no place for what people's `votes` amount to."""
    if kind == "html":
        yield from page(info, result, votes)
    elif kind == "csv":
        yield "\ufeff"
        yield from to_csv(result)
    else:
        text = json.dumps(
            to_json(result, info.id, votes), indent=2, ensure_ascii=False, allow_nan=False
        )
        yield text + "\n"


def page(
    info: ComparisonInfo, result: ComparisonResult, votes: Sequence[Tally] = ()
) -> Iterator[str]:
    """The document in parts; the scores unfolded, what people chose, then the prompts in order."""
    names = titles(result.variants)
    made = datetime.datetime.fromtimestamp(info.created)
    style = (importlib.resources.files("assets") / "theme" / "studio.css").read_text("utf-8")
    yield (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"/>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"/>'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "style-src 'unsafe-inline'\"/>"
        f"<title>{esc(names)} · Attune</title><style>{style}{_OWN_STYLE}</style></head>"
        '<body class="gradio-container report"><main id="content">'
    )
    yield heading(
        names,
        f"On the {info.split} prompts of {info.data}, over {model_title(info.model)}. "
        f"Compared on {made.day} {made:%B %Y}.",
    )
    yield banner(result.verdict, sign(result.outcome)) + beside(result)
    yield scores(result).replace('<details class="more">', '<details class="more" open>')
    if votes:
        yield tallies(votes)
    rows = (compared_row(e, result.variants, result.metric) for e in result.examples)
    total = len(result.examples)
    told = f"{several(total, 'prompt')}, scored by {metric_within(result.metric)}."
    if total > MOST_ROWS:
        told += f" The first {count(MOST_ROWS)} are here; the CSV and JSON files have all of them."
    yield section("Prompts", f'<p class="quiet">{esc(told)}</p>')
    yield from islice(rows, MOST_ROWS)
    yield "</main></body></html>\n"
