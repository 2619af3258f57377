"""The verdict as it is told everywhere: the sentence, below it what warns of it, then how many
answers are exact. Of prompts that a run learnt from that comes first: no sentence helps there.

The sentence speaks of a mean score, which an answer with one wrong figure hardly lowers. So
the last line counts the answers that are a reference to the letter (`exact_match`; spacing does not
count). Where the sentence's score is word overlap and hardly any answer is (at most `RARE` of any
variant's), the line says that this is usual of free writing: there many answers are right. It
excuses nothing where a warning says that answers are broken, nor where another variant's are exact.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from jobs.evaluation.faults import is_run
from jobs.evaluation.outcomes import opponents
from jobs.evaluation.verdict import named, sentence
from jobs.types import Difference, Interval

RARE = 0.05  # the share of exact answers up to which a task passes for free writing
EXACT = "exact_match"
WARNING = "Warning: "  # begins each line that warns


def spoken(
    variants: Sequence[str],
    metric: str,
    summary: Mapping[str, Mapping[str, Interval]],
    differences: Iterable[Difference],
    bases: Mapping[str, str] | None = None,
    warnings: Sequence[str] = (),
    learnt: Sequence[str] = (),
) -> str:
    """The verdict's sentence, then, on a line each, the warnings and how many answers are exact.

    `differences` must hold every variant as `a` against its opponent as `b`. `learnt` are the runs
    that learnt from these very prompts: that leads then.
    """
    said = sentence(variants, metric, summary, differences, bases)
    excused = not warnings and not learnt
    exact = word_for_word(variants, metric, summary, bases, excused=excused)
    warned = [f"{WARNING}{warning}" for warning in warnings]
    return "\n".join(filter(None, (_by_heart(learnt), said, *warned, exact)))


def _by_heart(runs: Sequence[str]) -> str:
    """What must be known where the prompts are rows that these runs have learnt from."""
    if not runs:
        return ""
    return (
        f"{' and '.join(map(named, runs))} learnt from these very prompts: this says what was "
        "remembered, not how well others are answered. Compare on the test rows to know whether it "
        "helped."
    )


def word_for_word(
    variants: Sequence[str],
    metric: str,
    summary: Mapping[str, Mapping[str, Interval]],
    bases: Mapping[str, str] | None = None,
    *,
    excused: bool = True,
) -> str:
    """How many answers are word for word a reference; "" where none could be looked at. `excused`
    says of free writing that hardly any are."""
    against = opponents(variants, bases)
    ordered = sorted(variants, key=lambda v: against[v] != v)
    found = {v: summary[v][EXACT] for v in ordered if EXACT in summary[v]}
    counts = {v: round((one.mean or 0.0) * one.count) for v, one in found.items()}
    prompts = max((one.count for one in found.values()), default=0)
    if not prompts:
        return ""
    told, most = _told(counts, prompts), max(counts.values())
    if metric != EXACT and most <= RARE * prompts:
        few = "Hardly any" if most else "No"
        excuse = ", which free writing seldom is" if excused else ""
        return (
            f"{few} answer is word for word a reference ({told}){excuse}. "
            "The score does not say whether names and figures are right: read a few."
        )
    judged = [counts[v] for v in counts if against[v] != v] or list(counts.values())
    said = f"Word for word the reference: {told}"
    if min(judged) == prompts:
        return f"{said}."
    if not most:
        return f"{said}. Each differs, if only by a figure: read a few."
    apart = "by a word, a figure or altogether"
    if min(judged) > RARE * prompts:
        apart = "if only by a word or a figure"
    return f"{said}; the others differ, {apart}: read a few."


def _told(counts: Mapping[str, int], prompts: int) -> str:
    """“0 of 120 before, 104 after” of a run and its base; else each with its name."""
    (first, *rest) = counts
    said = {v: f"all {prompts}" if 1 < prompts == n else f"{n}" for v, n in counts.items()}
    lead = said[first] if said[first].startswith("all") else f"{said[first]} of {prompts}"
    if not rest:
        return lead
    if len(rest) == 1 and not is_run(first) and is_run(rest[0]):
        return f"{lead} before, {said[rest[0]]} after"
    return ", ".join([f"{lead} by {named(first)}", *(f"{said[v]} by {named(v)}" for v in rest)])
