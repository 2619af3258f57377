"""Examples in the prompt: the same ones every time, as the model reads turns or text."""

from __future__ import annotations

from typing import Any

import pytest

from jobs.data import Renderer, fitting, with_shots
from jobs.data.shots import choose, gap
from jobs.types import Example

SHOTS = (Example("2+2", ("4",), 1), Example("3+3", ("6", "six"), 2))


class Letters:
    """A tokenizer of code points, with or without a chat template."""

    eos_token_id = 3
    pad_token_id = 0

    def __init__(self, chat: bool) -> None:
        self.chat_template = "yes" if chat else None
        self.all_special_ids: list[int] = [3]
        self.added_tokens_decoder: dict[int, str] = {}

    def __call__(self, text: str, **_: Any) -> dict[str, list[int]]:
        return {"input_ids": [ord(c) for c in text]}

    def apply_chat_template(self, messages: Any, **_: Any) -> str:
        return "".join(f"<{m['role'][0]}>{m['content']}" for m in messages) + "<a>"


def test_a_chat_model_reads_them_as_earlier_turns():
    renderer = Renderer(Letters(True), "Sum: {prompt}")
    assert with_shots(renderer, "1+1", SHOTS) == ("<u>Sum: 2+2<a>4<u>Sum: 3+3<a>6<u>Sum: 1+1<a>")


def test_a_plain_model_reads_them_as_text():
    renderer = Renderer(Letters(False), "Sum: {prompt}")
    assert with_shots(renderer, "1+1", SHOTS) == "Sum: 2+2\n4\n\nSum: 3+3\n6\n\nSum: 1+1\n"
    assert with_shots(renderer, "1+1", ()) == renderer.text("1+1")


def test_an_encoder_decoder_reads_them_as_text_too():
    renderer = Renderer(Letters(False), "{prompt}", kind="encoder-decoder")
    assert with_shots(renderer, "1+1", SHOTS[:1]) == "2+2\n4\n\n1+1\n"
    assert renderer.text("1+1") == "1+1"


def test_what_stands_between_them_stands_in_none():
    assert gap(SHOTS) == "\n\n"
    assert gap((*SHOTS, Example("a\n\nb", ("c",), 3))) not in ("\n\n", "")


@pytest.mark.parametrize(("room", "count"), [(100, 2), (14, 1), (5, 0)])
def test_as_many_as_fit(room, count):
    renderer = Renderer(Letters(False))
    ids, found = fitting(renderer, "1+1", SHOTS, room)
    assert found == count
    assert "".join(map(chr, ids)) == with_shots(renderer, "1+1", SHOTS[:count])


def test_the_same_data_shows_the_same_ones_and_fewer_are_the_first_of_more():
    examples = [Example(str(n), ("x",), n) for n in range(100)]
    five = choose(examples, 5, "seed")
    assert len({e.row for e in five}) == 5
    assert choose(examples, 3, "seed") == five[:3]
    assert choose(examples, 5, "other") != five
    assert choose(examples[:2], 2, "seed") == choose(examples[:2], 2, "seed")
