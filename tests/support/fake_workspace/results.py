"""What a finished comparison found: scores, answers with words changed, odd ones among them."""

from __future__ import annotations

import random
from collections.abc import Mapping

from fake_workspace.texts import NASTY, PROMPTS, REFERENCES
from jobs.evaluation.metrics import described
from jobs.types import (
    ComparedExample,
    ComparisonInfo,
    ComparisonResult,
    Completion,
    Difference,
    Interval,
    Score,
)

SHIFTS = {"rouge1": 0.05, "rouge2": -0.1}  # of a metric's mean from ROUGE-L's


def fake_result(info: ComparisonInfo) -> ComparisonResult:
    """LoRA beats the base on 120 prompts, prompt tuning does not; the same at every call."""
    quality = {v: 0.2 if v == "base" else 0.7 if "lora" in v else 0.22 for v in info.variants}
    rng = random.Random(4)
    return ComparisonResult(
        info.data,
        info.split,
        info.variants,
        info.settings,
        "rougeL",
        tuple(_example(index, quality, rng) for index in range(120)),
        {v: _means(mean) for v, mean in quality.items()},
        _differences(quality),
        dict.fromkeys(info.variants, 0.01),
        info.verdict,
        info.outcome,
        ("One prompt has nothing that can be scored.",),
        parts={
            v: {m: {"precision": q - 0.02, "recall": q + 0.03} for m in ("rouge1", "rougeL")}
            for v, q in quality.items()
        },
    )


def _example(index: int, quality: Mapping[str, float], rng: random.Random) -> ComparedExample:
    """Of 120: one without a score, one with nasty text, one empty answer, one that was cut."""
    wanted = REFERENCES[index % len(REFERENCES)]
    completions, scores = {}, {}
    for variant, mean in quality.items():
        keep = mean + rng.uniform(-0.15, 0.2)
        words = [w if rng.random() < keep else "something" for w in wanted.split()]
        text = "" if index == 11 and variant == "base" else " ".join(words)
        if index == 5:
            text += NASTY
        completions[variant] = Completion(text, len(words), index == 3, 0.2)
        value = None if index == 4 else max(0.0, min(1.0, keep))
        score = Score(value, "" if value is not None else "Nothing to score.")
        scores[variant] = {m.name: score for m in described()}
    return ComparedExample(
        index,
        PROMPTS[index % len(PROMPTS)],
        "rendered",
        (wanted, "Another way to say it.")[: 1 + index % 2],
        completions,
        scores,
    )


def _means(quality: float) -> dict[str, Interval]:
    means = {m.name: quality + SHIFTS.get(m.name, 0.0) for m in described()}
    return {name: Interval(at, at - 0.03, at + 0.035, 120) for name, at in means.items()}


def _differences(quality: Mapping[str, float]) -> tuple[Difference, ...]:
    """Of every variant from the base; the first one wins clearly."""
    tuned = [v for v in quality if v != "base"]
    return tuple(
        Difference(
            v,
            "base",
            m.name,
            quality[v] - 0.2,
            quality[v] - 0.24,
            quality[v] - 0.15,
            98 if v == tuned[0] else 40,
            4,
            18 if v == tuned[0] else 76,
            quality[v],
            0.2,
            sign_test=0.0004,
            p=0.0002 if v == tuned[0] else 0.31,
            holm=0.0004 if v == tuned[0] else 0.31,
            detectable=0.05,
        )
        for m in described()
        if m.judges
        for v in tuned
    )
