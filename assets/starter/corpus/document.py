"""What the corpus is made of: documents, and where an instruction stands in one."""

import random
from dataclasses import dataclass

from .text import chance, expand


@dataclass(frozen=True)
class Turn:
    """What the user said and what the assistant answered."""

    user: str
    assistant: str


@dataclass(frozen=True)
class Document:
    """A conversation, or plain prose in `system` where there are no turns.

    `system` is plain text ahead of the first turn: the place where a soft prompt stands later.
    """

    task: str
    turns: tuple[Turn, ...]
    system: str = ""


_OPENINGS = "{||||Please |Please |Can you |Could you |I need you to |Your task: |Task: }"
_QUESTIONS = ("what", "who", "where", "when", "how", "which", "by ", "is ", "do ", "did ")
_LAYOUTS = [
    "<i>\n\n<x>",
    "<i>\n\n<x>",
    "<i>\n<x>",
    "<i>: <x>",
    "<x>\n\n<i>",
    "<x>\n<i>",
    '<i>\n"""\n<x>\n"""',
    "<i>\n---\n<x>\n---",
    "### Instruction\n<i>\n\n### Input\n<x>",
    "Input: <x>\n\nTask: <i>",
    '<i>: "<x>"',
]


def lead(rng: random.Random, instruction: str) -> str:
    """An instruction ("summarize the chat") with or without a polite opening and a full stop."""
    instruction = " ".join(instruction.split(" ")).replace("  ", " ").strip()
    plain = instruction[:1].upper() + instruction[1:]
    if instruction.lower().startswith(_QUESTIONS):
        return plain.rstrip("?") + rng.choice(["?", "?", "?", ""])
    opening = expand(rng, _OPENINGS)
    if not opening:
        return plain + rng.choice([".", ".", ""])
    return (
        opening
        + instruction
        + ("?" if opening.startswith(("Can", "Could")) else rng.choice([".", ".", ""]))
    )


def instruct(rng: random.Random, task: str, instruction: str, text: str, answer: str) -> Document:
    """A document of one turn with the instruction at one of many places."""
    order = lead(rng, instruction)
    if chance(rng, 0.25):
        return Document(task, (Turn(text, answer),), system=order)
    layout = rng.choice(_LAYOUTS)
    bare = order.rstrip(".") if "<i>:" in layout else order
    return Document(task, (Turn(layout.replace("<i>", bare).replace("<x>", text), answer),))
