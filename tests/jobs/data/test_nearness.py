"""Near texts are found, whatever stands between them, in a time that grows with the rows."""

import random
import time

import numpy as np

from jobs.data.nearness import BANDS, Print, bands, candidates, near, plain

WORDS = ("lamp", "door", "rug", "mirror", "clock", "shelf", "basket", "window", "table", "chair")


def text(drawn, words=60):
    return " ".join(drawn.choice(WORDS) + str(drawn.randrange(5)) for _ in range(words))


def test_a_band_follows_from_the_text_alone():
    drawn = random.Random(1)
    texts = [text(drawn) for _ in range(20)] + ["", "short", "表" * 40]
    together = bands(texts)
    assert together.shape == (23, BANDS)
    for number, alone in enumerate(texts):
        assert (bands([alone])[0] == together[number]).all()
    assert bands([]).shape == (0, BANDS)


def test_near_texts_become_candidates_and_others_hardly():
    drawn = random.Random(2)
    texts = [text(drawn) for _ in range(1500)]
    changed = []
    for number in range(0, 1500, 5):
        words = texts[number].split()
        words[drawn.randrange(60)] = "something"
        texts.append(" ".join(words))
        changed.append((number, len(texts) - 1))
    pairs = {tuple(pair) for pair in candidates(bands(texts)).tolist()}
    assert sum(pair in pairs for pair in changed) >= 0.97 * len(changed)
    assert len(pairs) < 2 * len(changed)


def test_what_is_near():
    long = " ".join(f"word{chr(97 + i % 26)}" for i in range(60))
    assert near(Print.of("The lamp is broken."), Print.of("the lamp  is broken"))
    assert near(Print.of(long), Print.of(long.replace("wordc", "wordx", 1)))
    assert not near(Print.of(long + " order 4711"), Print.of(long + " order 4712"))
    assert not near(Print.of("familyFriendly[yes]"), Print.of("familyFriendly[no]"))
    drawn = random.Random(4)
    assert not near(Print.of(text(drawn)), Print.of(text(drawn)))


def test_many_equal_texts_do_not_make_a_square_of_pairs():
    assert len(candidates(bands([plain("the very same text, many times over")] * 2000))) < 2 * 2000


def test_the_time_grows_with_the_rows():
    drawn = random.Random(3)
    texts = [text(drawn, 30) for _ in range(8000)]

    def seconds(count):
        begun = time.process_time()
        candidates(bands(texts[:count]))
        return time.process_time() - begun

    seconds(500)
    few, many = min(seconds(1000) for _ in range(3)), min(seconds(8000) for _ in range(3))
    assert many < 3 * 8 * few + 0.05
    assert np.isfinite(many)
