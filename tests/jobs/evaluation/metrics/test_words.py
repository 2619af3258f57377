"""Tokens in every script."""

from __future__ import annotations

import pytest

from jobs.evaluation.metrics.words import count_words, tokens


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Don't re-do it_2 times!", ["don", "t", "re", "do", "it", "2", "times"]),
        ("...", []),
        ("", []),
        ("😀 ❤️ — …", []),
        ("Ångström café", ["ångström", "café"]),
        ("cafe\u0301", ["café"]),  # decomposed accents are the same word
        ("STRASSE Straße", ["strasse", "strasse"]),
        ("ＡＢＣ１２３", ["abc123"]),
        ("नमस्ते दुनिया", ["नमस्ते", "दुनिया"]),  # vowel signs stay with their letter
        ("مَرْحَبًا بالعالم", ["مَرْحَبًا", "بالعالم"]),
        ("می\u200cخواهم", ["میخواهم"]),  # a joiner is inside a word
        ("שָׁלוֹם", ["שָׁלוֹם"]),
        ("한국어 문장", ["한국어", "문장"]),
        ("我爱GPT4模型", ["我", "爱", "gpt4", "模", "型"]),
        ("カタカナ ひら", ["カ", "タ", "カ", "ナ", "ひ", "ら"]),
        ("ที่นี่", ["ที่", "นี่"]),
        ("2024年", ["2024", "年"]),
        ("ok ❤️ 1", ["ok", "1"]),  # no stray selector as a token
    ],
)
def test_tokens(text, expected):
    import unicodedata

    assert list(tokens(text)) == [unicodedata.normalize("NFKC", word) for word in expected]


def test_an_accent_somewhere_does_not_change_the_other_words():
    plain, accented = (
        tokens("It's a re-run of snake_case 3.5"),
        tokens("It's a re-run of snake_case 3.5 é"),
    )
    assert (*plain, "é") == accented


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("yes", 1),
        ("very  positive\nreview", 3),
        ("state-of-the-art", 1),
        ("...", 1),
        ("积极", 1),
        ("我今天很高兴地来到", 5),
        ("สวัสดีครับผม", 5),
    ],
)
def test_words_are_counted_as_a_reader_counts(text, count):
    assert count_words(text) == count
