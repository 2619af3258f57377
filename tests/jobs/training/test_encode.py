"""Prompt and completion are joined by position, and a completion is never cut."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from jobs.methods import methods, virtual
from jobs.training.encode import LEAST_PROMPT, encode
from jobs.types import Example

END = 99


class Letters:
    """A renderer of one id a letter, with a beginning and an end token."""

    def prompt_ids(self, prompt: str) -> list[int]:
        return [1, *(ord(c) % 90 + 2 for c in prompt)]

    def completion_ids(self, text: str) -> list[int]:
        return [*(ord(c) % 90 + 2 for c in text), END]


def test_parts_are_tokenized_apart_and_joined() -> None:
    row = encode(Letters(), [Example("ab", ("c",), 7)], 32).rows[0]
    assert row.row == 7
    assert row.prompt_ids == tuple(Letters().prompt_ids("ab"))
    assert row.completion_ids == tuple(Letters().completion_ids("c"))
    assert row.length == 4  # the end token is predicted and never read


def test_a_completion_that_the_prompt_holds_too_is_not_looked_for_there() -> None:
    """Trap 4: the seam is where the two were joined."""
    row = encode(Letters(), [Example("abcab", ("ab",))], 32).rows[0]
    assert row.prompt_ids == tuple(Letters().prompt_ids("abcab"))
    assert row.completion_ids == tuple(Letters().completion_ids("ab"))


def test_training_learns_the_first_reference() -> None:
    row = encode(Letters(), [Example("a", ("b", "c"))], 32).rows[0]
    assert row.completion_ids == tuple(Letters().completion_ids("b"))


@given(
    prompt=st.integers(0, 60),
    completion=st.integers(1, 60),
    virtual=st.integers(0, 20),
    limit=st.integers(8, 64),
)
def test_no_row_is_longer_than_allowed_or_cut_at_its_end(
    prompt: int, completion: int, virtual: int, limit: int
) -> None:
    """Virtual tokens count towards the length; what does not fit goes from the prompt's middle."""
    found = encode(Letters(), [Example("p" * prompt, ("c" * completion,), 3)], limit, virtual)
    assert len(found.rows) + len(found.dropped) == 1
    for row in found.rows:
        assert virtual + len(row.prompt_ids) + len(row.completion_ids) <= limit
        assert row.completion_ids == tuple(Letters().completion_ids("c" * completion))
        assert row.prompt_ids[0] == 1
        assert len(row.prompt_ids) == prompt + 1 or found.shortened == (3,)
        assert len(row.prompt_ids) >= min(prompt + 1, LEAST_PROMPT)


def test_an_encoder_decoder_has_room_for_both_sides() -> None:
    examples = [Example("p" * 30, ("c" * 15,), 1), Example("p", ("c" * 16,), 2)]
    found = encode(Letters(), examples, 16, 4, "encoder-decoder")
    assert found.shortened == (1,)
    assert found.dropped == (2,)
    assert len(found.rows[0].prompt_ids) == 12
    assert len(found.rows[0].completion_ids) == 16


class Bare(Letters):
    """A tokenizer that puts nothing at the beginning."""

    def prompt_ids(self, prompt: str) -> list[int]:
        return super().prompt_ids(prompt)[1:]


def test_the_first_label_needs_a_place_to_be_predicted_from() -> None:
    """A soft prompt is one; keys and values in the cache have no hidden state."""
    empty = [Example("", ("c",), 5)]
    assert encode(Bare(), empty, 32).dropped == (5,)
    assert encode(Bare(), empty, 32, 4, leads=True).dropped == ()
    assert encode(Bare(), empty, 32, 4, leads=False).dropped == (5,)
    assert encode(Bare(), empty, 32, 4, "encoder-decoder", leads=False).dropped == ()


def test_of_the_methods_a_prefix_has_no_place_to_predict_from() -> None:
    found = {m.name: virtual.leads(m.Options()) for m in methods()}
    assert found["prompt-tuning"]
    assert found["p-tuning"]
    assert not found["prefix-tuning"]
    assert not found["lora"]
