"""The corpus: the same seed gives the same documents, and none has a hole in it."""

import random
import re
from itertools import islice

from assets.starter.corpus import cases, chats, dialogues, frames, mix, summaries
from assets.starter.corpus.document import instruct
from assets.starter.corpus.text import article, expand, listed


def test_same_seed_same_documents() -> None:
    first, again = (list(islice(mix.documents(3), 200)) for _ in range(2))
    assert first == again
    assert first != list(islice(mix.documents(4), 200))


def test_every_task_makes_full_documents() -> None:
    rng = random.Random(5)
    for task in mix.TASKS:
        for _ in range(30):
            document = task(rng)
            assert document.turns or document.system
            for turn in document.turns:
                assert turn.user.strip()
                assert turn.assistant.strip()


def test_no_slot_stays_open() -> None:
    """Slots that a table names and no code fills would be learnt as words."""
    rng = random.Random(6)
    slot = re.compile(r"<[a-z_0-9]+>")
    for _ in range(1500):
        text, clauses, _, _ = dialogues.dialogue(rng)
        case = cases.draw_case(rng)
        told = [summaries.summary(case, style) for style in summaries.STYLES]
        for made in (text, *clauses, frames.framed(rng), chats.transcript(rng, case), *told):
            assert not slot.search(made), made


def test_instruction_stands_in_the_document() -> None:
    rng = random.Random(1)
    for _ in range(50):
        document = instruct(rng, "any", "count the words", "one two", "2")
        assert "count the words" in (document.system + document.turns[0].user).lower()
        assert "one two" in document.turns[0].user


def test_expand_resolves_nested_choices_and_keeps_braces_of_slots() -> None:
    rng = random.Random(2)
    results = {expand(rng, "{a|{b|c}} <x>", x="{k|v}") for _ in range(60)}
    assert results == {"a {k|v}", "b {k|v}", "c {k|v}"}


def test_lists_and_articles() -> None:
    assert listed(["a"]) == "a"
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert article("orange mug") == "an orange mug"
