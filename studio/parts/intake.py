"""What became of the rows of a file, in one sentence whose numbers add up."""

from __future__ import annotations

from jobs import DatasetInfo
from studio.parts.text import count, several

KEPT = (("train", "to learn from"), ("validation", "to watch"), ("test", "to test"))
LEFT_OUT = (
    ("unreadable", "that could not be read"),
    ("empty_prompt", "without a prompt"),
    ("empty_completion", "without a completion"),
    ("leaked", "left out because the test asks the same"),
    ("folded", "put together with an earlier row of the same prompt"),
)


def intake_sentence(info: DatasetInfo) -> str:
    """Rows read, kept and left out by reason; nothing of a version that was made from another."""
    if not info.intake or info.parent_id is not None:
        return ""
    kept = sum(info.counts.values())
    sides = [f"{count(n)} {words}" for side, words in KEPT if (n := info.counts.get(side))]
    told = [f"{count(n)} {words}" for reason, words in LEFT_OUT if (n := info.intake.get(reason))]
    read = info.intake.get("read", 0)
    sentence = f"{several(read, 'row')} read = {count(kept)} kept ({', '.join(sides)})"
    return " + ".join([sentence, *told]) + "."
