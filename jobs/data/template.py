"""The prompt template of a dataset and the one renderer that fills it.

Training, comparison, playground and export all ask the `Renderer`, so that what a model reads
later is what it read when it learnt.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from jobs.errors import InputError, ModelError
from jobs.types import ModelKind

PLACEHOLDER = "{prompt}"
DEFAULT_TEMPLATE = PLACEHOLDER
ANSWER = "ATTUNE-ANSWER"  # stands for a completion while a chat template is looked at
# For chat templates that know these: no thinking aloud (examples hold answers, not thoughts), and
# a fixed day instead of today's, or a prompt would read differently tomorrow than in training.
CHAT_ARGUMENTS: dict[str, Any] = {"enable_thinking": False, "date_string": "26 Jul 2024"}


def check_template(text: str) -> str:
    """The template, if it holds {prompt} exactly once; all other braces are plain text."""
    count = text.count(PLACEHOLDER)
    if count == 1:
        return text
    if count > 1:
        raise InputError(
            f"The template holds {{prompt}} {count} times.", "Leave one: the prompt is put there."
        )
    other = re.search(r"\{\s*\w+\s*\}", text)
    hint = f" “{other[0]}” is not known here." if other else ""
    raise InputError(
        f"The template holds no {{prompt}}.{hint}",
        "Write {prompt} where the prompt is to stand, as in “Summarize: {prompt}”.",
    )


class Renderer:
    """Turns prompts and completions into the text and the token ids that one model reads.

    `tokenizer` is any transformers tokenizer; `extra_end_ids` are the end tokens that the model's
    generation config lists beside the tokenizer's own.
    """

    def __init__(
        self,
        tokenizer: Any,
        template: str = DEFAULT_TEMPLATE,
        kind: ModelKind = "causal",
        extra_end_ids: tuple[int, ...] = (),
    ) -> None:
        self.tokenizer = tokenizer
        self.template = check_template(template)
        self.kind = kind
        self.chat = kind == "causal" and bool(tokenizer.chat_template)
        self._before, self._after = _special_ids(tokenizer)
        self.end_id = self._find_end(extra_end_ids)
        own = [] if tokenizer.eos_token_id is None else [tokenizer.eos_token_id]
        self.end_ids: tuple[int, ...] = tuple(dict.fromkeys([self.end_id, *own, *extra_end_ids]))
        pad = tokenizer.pad_token_id
        self.pad_id: int = self.end_id if pad is None else pad

    def fill(self, prompt: str) -> str:
        """The dataset's template with the prompt in its place."""
        return self.template.replace(PLACEHOLDER, prompt)

    def text(self, prompt: str, shots: Sequence[tuple[str, str]] = (), gap: str = "") -> str:
        """What the model reads before it answers; `shots` are prompts with their answers that
        come first, in plain text each with `gap` behind it."""
        if self.chat:
            turns = [
                {"role": role, "content": content}
                for asked, answer in shots
                for role, content in (("user", self.fill(asked)), ("assistant", answer))
            ]
            last = {"role": "user", "content": self.fill(prompt)}
            return self._rendered([*turns, last], opening=True)
        lines = self.kind == "causal" or bool(shots)
        before = "".join(f"{self._opened(asked, lines)}{answer}{gap}" for asked, answer in shots)
        return before + self._opened(prompt, lines)

    def prompt_ids(
        self, prompt: str, shots: Sequence[tuple[str, str]] = (), gap: str = ""
    ) -> list[int]:
        """The ids of `text` with the model's beginning token once; no end for causal models."""
        ids = self._ids(self.text(prompt, shots, gap))
        if self.chat:
            return ids  # the chat template writes its own beginning
        if ids[: len(self._before)] != self._before:
            ids = self._before + ids
        if self.kind == "encoder-decoder" and ids[len(ids) - len(self._after) :] != self._after:
            ids = ids + self._after
        return ids

    def completion_ids(self, text: str) -> list[int]:
        """The ids of a completion, tokenized apart from its prompt, and one end token."""
        ids = self._ids(text)
        while ids and ids[-1] in self.end_ids:
            ids.pop()
        return [*ids, self.end_id]

    def describe(self) -> dict[str, Any]:
        """All that shapes the rendering, to be stored with a run."""
        return {
            "template": self.template,
            "kind": self.kind,
            "chat_template": self.tokenizer.chat_template if self.chat else None,
            "chat_arguments": dict(CHAT_ARGUMENTS) if self.chat else {},
            "end_id": self.end_id,
            "end_ids": list(self.end_ids),
            "pad_id": self.pad_id,
        }

    def _opened(self, prompt: str, line: bool) -> str:
        """The filled template, and a line's end where the answer follows in the same text."""
        filled = self.fill(prompt)
        return filled + "\n" if line and not filled[-1:].isspace() else filled

    def _ids(self, text: str) -> list[int]:
        # verbose=False: how long is too long is said by whoever encodes rows, in plain words
        encoded = self.tokenizer(text, add_special_tokens=False, verbose=False)
        return list(encoded["input_ids"])

    def _rendered(self, messages: list[dict[str, str]], *, opening: bool) -> str:
        from jinja2 import TemplateError

        try:
            return str(
                self.tokenizer.apply_chat_template(
                    messages, tokenize=False, add_generation_prompt=opening, **CHAT_ARGUMENTS
                )
            )
        except (TemplateError, TypeError, ValueError) as error:
            raise ModelError(
                "The model's chat template cannot be filled with one question and its answer.",
                "Choose another model, or one without a chat template.",
                detail=str(error),
            ) from error

    def _find_end(self, extra: tuple[int, ...]) -> int:
        """The token that ends an answer: the turn's end as the chat template writes it."""
        if self.chat:
            ask = {"role": "user", "content": "Hello"}
            whole = self._rendered([ask, {"role": "assistant", "content": ANSWER}], opening=False)
            _, found, tail = whole.rpartition(ANSWER)
            special = set(self.tokenizer.all_special_ids) | set(self.tokenizer.added_tokens_decoder)
            ends = [token for token in self._ids(tail) if token in special] if found else []
            if ends:
                return ends[0]
        for candidate in (self.tokenizer.eos_token_id, *extra):
            if candidate is not None:
                return int(candidate)
        raise ModelError(
            "The model's tokenizer names no token that ends an answer.",
            "Choose another model: without it the model would never learn to stop.",
        )


def _special_ids(tokenizer: Any) -> tuple[list[int], list[int]]:
    """What the tokenizer itself puts before and after a text."""
    plain = list(tokenizer("a", add_special_tokens=False)["input_ids"])
    whole = list(tokenizer("a", add_special_tokens=True)["input_ids"])
    for start in range(len(whole) - len(plain) + 1):
        if whole[start : start + len(plain)] == plain:
            return whole[:start], whole[start + len(plain) :]
    return [], []
