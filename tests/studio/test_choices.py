"""Cards to choose from."""

from __future__ import annotations

from studio.parts.choices import Choice, choice_cards

FRONT = [Choice("lora", "LoRA", ("Small matrices.",))]
MORE = [Choice("full", "Full", ("Everything.",))]


def test_more_choices_lie_under_a_fold_that_is_open_while_one_of_them_is_pressed() -> None:
    closed = choice_cards("method", "Method", FRONT, "lora", more=MORE, more_title="More <methods>")
    opened = choice_cards("method", "Method", FRONT, "full", more=MORE, more_title="More <methods>")
    assert "<details data-kept><summary>More &lt;methods&gt;</summary>" in closed
    assert "<details data-kept open>" in opened
    assert closed.index('value="lora" checked') < closed.index("<details")
    assert opened.index("<details data-kept open>") < opened.index('value="full" checked')


def test_without_more_there_is_no_fold() -> None:
    assert "<details" not in choice_cards("method", "Method", FRONT, "lora")
