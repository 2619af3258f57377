"""Answers that are broken whatever their score: characters that are no text, a piece without end.

A tiny model writes a letter that it has hardly seen byte by byte, and bytes that are no character
are shown as U+FFFD. Or it says one piece again and again until it is cut off. Word overlap sees
neither: the words beside them count as before. So such answers are counted, and told as a warning
beside the verdict of the run whose answers they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from jobs.evaluation.verdict import named
from jobs.types import ComparedExample

MATTERS = 0.05  # the share of a run's answers from which on they are told
NO_TEXT = "\ufffd"
PIECE = 12  # characters of the longest piece whose repetition is no writing
ENDLESS = 60  # characters at the end of an answer that are nothing else

Faults = Mapping[str, Mapping[str, int]]  # variant -> fault -> answers that have it

_HALF = re.compile(NO_TEXT + "{1,3}$")  # at the limit: bytes of a character that was not finished

_TOLD = {
    "broken": f"hold broken characters ({NO_TEXT}): letters that this base model has hardly seen. "
    "Give more examples, train longer, or choose a larger base model.",
    "stuck": "say one short piece again and again, up to the limit. Give more examples, train "
    "longer, or choose a larger base model.",
}


def counted(compared: Sequence[ComparedExample], variants: Sequence[str]) -> Faults:
    """How many answers of each variant have which fault."""
    found: dict[str, Callable[[ComparedExample, str], bool]] = {"broken": _broken, "stuck": _stuck}
    return {
        v: {fault: sum(has(one, v) for one in compared) for fault, has in found.items()}
        for v in variants
    }


def warnings(
    faults: Faults,
    prompts: int,
    variants: Sequence[str],
    bases: Mapping[str, str] | None = None,
) -> tuple[str, ...]:
    """What must be known of the runs among the variants, a sentence for each fault and base model;
    `bases` names the one under each variant, where there are several."""
    found: dict[tuple[str, str], list[str]] = {}
    for fault in _TOLD:
        for variant in filter(is_run, variants):
            count = faults.get(variant, {}).get(fault, 0)
            if count and count >= MATTERS * prompts:
                told = found.setdefault((fault, bases[variant] if bases else ""), [])
                answers = "of" if told else "answers of"
                told.append(f"{count} of {prompts} {answers} {named(variant)}")
    return tuple(f"{' and '.join(told)} {_TOLD[fault]}" for (fault, _), told in found.items())


def is_run(variant: str) -> bool:
    """Whether a variant is a run, not a base model."""
    return named(variant).startswith("“")


def _broken(example: ComparedExample, variant: str) -> bool:
    """Whether an answer holds what is no text, though the data hold none of it."""
    data = (example.prompt, *example.references)
    return NO_TEXT in _said(example, variant) and not any(NO_TEXT in text for text in data)


def _stuck(example: ComparedExample, variant: str) -> bool:
    """Whether an answer ran into the limit with one piece on its lips, as no reference ends."""
    cut = example.completions[variant].hit_limit
    return cut and _repeats(_said(example, variant)) and not any(map(_repeats, example.references))


def _said(example: ComparedExample, variant: str) -> str:
    """An answer without the half of a character that a limit leaves of one."""
    completion = example.completions[variant]
    return _HALF.sub("", completion.text) if completion.hit_limit else completion.text


def _repeats(text: str) -> bool:
    """Whether the end of a text is nothing but one short piece."""
    end = text.rstrip()[-ENDLESS:]
    steps = range(1, PIECE + 1)
    return len(end) == ENDLESS and any(end[step:] == end[:-step] for step in steps)
