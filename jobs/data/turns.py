"""A conversation as a prompt and a completion: one rule for every form that chats come in.

The last answer of the assistant is the completion. All that was said before it is the prompt: a
single question as it stands, anything longer with who said it in front of each turn. What comes
after the last answer is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

SPEAKERS = {"system": "System", "user": "User", "assistant": "Assistant", "tool": "Tool"}
ROLES = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "human": "user",
    "prompter": "user",
    "customer": "user",
    "assistant": "assistant",
    "gpt": "assistant",
    "chatgpt": "assistant",
    "bot": "assistant",
    "model": "assistant",
    "tool": "tool",
    "function": "tool",
    "observation": "tool",
}
RULE = (
    "Of each chat the last answer is the completion; what was said before it is the prompt, "
    "with who said it in front of each turn where there are several."
)


@dataclass(frozen=True)
class Turn:
    """What one side said."""

    role: str  # a key of `SPEAKERS`
    text: str


def as_pair(turns: Sequence[Turn]) -> tuple[str, str]:
    """Prompt and completion; the completion is "" where the assistant says nothing."""
    said = [turn for turn in turns if turn.text.strip()]
    answers = [at for at, turn in enumerate(said) if turn.role == "assistant"]
    if not answers:
        return render(said), ""
    return render(said[: answers[-1]]), said[answers[-1]].text


def render(turns: Sequence[Turn]) -> str:
    """Turns as the text of a prompt."""
    if len(turns) == 1 and turns[0].role == "user":
        return turns[0].text
    return "\n\n".join(f"{SPEAKERS[turn.role]}: {turn.text.strip()}" for turn in turns)
