"""How a question is answered: what a person may change in the playground, and nowhere else.

Comparisons know none of this: they are greedy, whatever was asked in between.
"""

from __future__ import annotations

from dataclasses import dataclass

from jobs.options import OptionInfo, describe, option

LONGEST_ANSWER = 200  # tokens; some 150 English words
MOST_TOKENS = 4096


@dataclass(frozen=True)
class Sampling:
    """Greedy as declared: the same question gets the same answer."""

    temperature: float = option(
        0.0,
        label="Temperature",
        help="How freely the next word is drawn. 0 always takes the most likely one, so that the "
        "same question gets the same answer; around 0.7 is lively, above 1.2 wild.",
        low=0.0,
        high=2.0,
    )
    top_p: float = option(
        1.0,
        label="Top-p",
        help="Only the likeliest words that together have this share are drawn from; 1 leaves out "
        "none. It counts where the temperature is above 0.",
        low=0.01,
        high=1.0,
    )
    seed: int = option(
        0,
        label="Seed",
        help="Where the drawing starts. The same seed draws the same words again, another seed "
        "others. It counts where the temperature is above 0.",
        low=0,
        high=2**31 - 1,
    )
    length: int = option(
        LONGEST_ANSWER,
        label="Longest answer",
        help="In tokens, which are short words or parts of words; an answer that has not ended by "
        "then is cut.",
        low=1,
        high=MOST_TOKENS,
    )


def sampling_options() -> tuple[OptionInfo, ...]:
    """What may be changed about how a question is answered, for forms and help texts."""
    return describe(Sampling)
