"""Every script counts: the same text scores 1, half of it wrong does not."""

from __future__ import annotations

import pytest

from jobs.evaluation.columns import fitted
from jobs.evaluation.metrics import metrics

SCRIPTS = {
    "Latin": "Ça va être très bien",
    "Chinese": "今天天气很好，我们去公园。",
    "Japanese": "今日はとても良い天気ですね。",
    "Korean": "오늘은 날씨가 아주 좋습니다.",
    "Arabic": "الطقس جميل جدا اليوم",
    "Hebrew": "מזג האוויר יפה היום",
    "Hindi": "आज मौसम बहुत अच्छा है",
    "Bengali": "আজ আবহাওয়া খুব ভালো",
    "Tamil": "இன்று வானிலை நன்றாக உள்ளது",
    "Thai": "วันนี้อากาศดีมาก",
    "Khmer": "ថ្ងៃនេះអាកាសធាតុល្អណាស់",
    "Burmese": "ဒီနေ့ရာသီဥတုကောင်းတယ်",
    "Russian": "Сегодня очень хорошая погода",
    "Greek": "Σήμερα ο καιρός είναι καλός",
    "Georgian": "დღეს კარგი ამინდია",
    "Amharic": "ዛሬ አየሩ በጣም ጥሩ ነው",
    "mixed": "我用 Python 写 code 因为 it's fun",
    "one word": "Москва",
}
NAMES = [one.name for one in metrics() if one.judges]


def of(name, text):
    """The metric as a comparison with this reference would have it."""
    return next(one for one in fitted([[text]]) if one.name == name)


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize("name", NAMES)
def test_identical_text_scores_one(name, script):
    """A tokenizer that keeps [a-z0-9] scores most of these 0."""
    text = SCRIPTS[script]
    score = of(name, text).score(text, [text])
    assert score.value == pytest.approx(1.0, abs=1e-12)


@pytest.mark.parametrize("script", [name for name in SCRIPTS if name != "one word"])
@pytest.mark.parametrize("name", NAMES)
def test_half_of_a_text_is_worth_less_and_another_text_nearly_nothing(name, script):
    """Else a metric that hears nothing of a script would pass by calling all of it the same."""
    text = SCRIPTS[script]
    one = of(name, text)
    half = one.score(text[: len(text) // 2], [text]).value
    assert 0 <= half < 0.95
    other = one.score("zzz qqq 99", [text]).value
    assert other < 0.1
