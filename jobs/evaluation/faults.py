"""Answers that are broken whatever their score: characters that are no text.

A tiny model writes a letter that it has hardly seen byte by byte, and bytes that are no character
are shown as U+FFFD. Word overlap does not see them: the words beside them count as before. So they
are counted, and told as a warning beside the verdict of the run whose answers they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from jobs.evaluation.verdict import named
from jobs.types import ComparedExample

MATTERS = 0.05  # the share of a run's answers from which on they are told
NO_TEXT = "\ufffd"

Faults = Mapping[str, Mapping[str, int]]  # variant -> fault -> answers that have it


def counted(compared: Sequence[ComparedExample], variants: Sequence[str]) -> Faults:
    """How many answers of each variant have which fault."""
    return {v: {"broken": sum(_broken(example, v) for example in compared)} for v in variants}


def warnings(
    faults: Faults,
    prompts: int,
    variants: Sequence[str],
    bases: Mapping[str, str] | None = None,
) -> tuple[str, ...]:
    """What must be known of the runs among the variants, a sentence for each base model; `bases`
    names the one under each variant, where there are several."""
    found: dict[str, list[str]] = {}
    for variant in variants:
        count = faults.get(variant, {}).get("broken", 0)
        if count and count >= MATTERS * prompts and is_run(variant):
            told = found.setdefault(bases[variant] if bases else "", [])
            answers = "of" if told else "answers of"
            told.append(f"{count} of {prompts} {answers} {named(variant)}")
    return tuple(
        f"{' and '.join(told)} hold broken characters ({NO_TEXT}): this base model cannot write "
        "these texts well. Choose a larger base model."
        for told in found.values()
    )


def is_run(variant: str) -> bool:
    """Whether a variant is a run, not a base model."""
    return named(variant).startswith("“")


def _broken(example: ComparedExample, variant: str) -> bool:
    """Whether an answer holds what is no text, though the data hold none of it. Half a character
    at the limit is only cut off."""
    completion = example.completions[variant]
    given = completion.text.rstrip(NO_TEXT) if completion.hit_limit else completion.text
    return NO_TEXT in given and NO_TEXT not in "".join((example.prompt, *example.references))
