"""A page of a comparison's prompts: in order, by who gained or lost most, by who differs most."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from jobs.evaluation.faults import is_run
from jobs.evaluation.outcomes import opponents
from jobs.evaluation.resampling import TIE
from jobs.evaluation.rows import Index, Rows
from jobs.types import ComparedExample, ComparisonResult

SORTS = ("", "gain", "loss", "apart")


@dataclass(frozen=True)
class Browsed:
    """The prompts of a page; `total` that were found; of these the variant won and lost some."""

    examples: tuple[ComparedExample, ...]
    total: int
    gained: int
    lost: int


def browsable(result: ComparisonResult) -> list[str]:
    """The variants that are held against another one: the runs among them, if there are any."""
    against = opponents(result.variants, result.settings.get("models"))
    found = [v for v in result.variants if against[v] != v]
    return [v for v in found if is_run(v)] or found


def most_lost(result: ComparisonResult) -> str | None:
    """Of the browsable variants the one that lost on most prompts against its base; None where no
    prompt scored lower."""
    against, names = opponents(result.variants, result.settings.get("models")), browsable(result)
    lost = {
        d.a: d.losses
        for d in result.differences
        if d.metric == result.metric and d.a in names and d.b == against[d.a]
    }
    worst = max(lost, key=lambda name: lost[name], default=None)
    return worst if worst is not None and lost[worst] else None


def browse(
    result: ComparisonResult,
    *,
    sort: str = "",
    by: str = "",
    find: str = "",
    offset: int = 0,
    limit: int = 10,
) -> Browsed:
    """Prompts that hold the text `find` anywhere (case does not count), sorted by what `by` does
    against its base: largest gain or loss first, or least alike; what has no score comes last."""
    places = list(_found(result, find)) if find.strip() else list(range(len(result.examples)))
    index = Index.of(result)
    by = by if by in index.scores else result.variants[0]
    against = opponents(result.variants, result.settings.get("models"))[by]
    gains = [
        None if a is None or b is None else a - b
        for a, b in zip(index.scores[by], index.scores[against], strict=True)
    ]
    keys = index.alike.get(by, ()) if sort == "apart" else gains
    if sort in ("gain", "loss", "apart"):
        sign = -1 if sort == "gain" else 1
        last = float("inf")

        def key(place: int) -> tuple[float, int]:
            value = keys[place] if place < len(keys) else None
            return (last if value is None else sign * value), place

        places.sort(key=key)
    known = [gain for place in places if (gain := gains[place]) is not None]
    return Browsed(
        tuple(result.examples[place] for place in places[offset : offset + limit]),
        len(places),
        sum(gain > TIE for gain in known),
        sum(gain < -TIE for gain in known),
    )


def _found(result: ComparisonResult, text: str) -> Iterator[int]:
    """Places of the prompts that hold the text; lines of a file are looked at before they are
    taken apart."""
    wanted = text.strip().casefold()
    rows = result.examples
    written = json.dumps(wanted, ensure_ascii=False)[1:-1]
    for place in range(len(rows)):
        if isinstance(rows, Rows) and written not in rows.line(place).casefold():
            continue
        example = rows[place]
        texts = [example.prompt, *example.references]
        texts += [completion.text for completion in example.completions.values()]
        if any(wanted in one.casefold() for one in texts):
            yield place
