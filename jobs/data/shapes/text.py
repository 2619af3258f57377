"""A text and what is to be made of it: a summary, a description, a translation, a reply."""

from __future__ import annotations

from jobs.data.shapes.pairs import ANSWERS, SUMMARIES, Pairs

SHAPE = Pairs(
    order=4,
    pairs=(
        ("input", (*ANSWERS, "label")),
        ("mr", ("ref", "reference", "target")),
        ("meaning_representation", ("human_reference", "target", "reference", "ref")),
        ("dialogue", SUMMARIES),
        ("dialog", SUMMARIES),
        ("conversation", (*SUMMARIES, "response", "reply")),
        ("document", SUMMARIES),
        ("article", SUMMARIES),
        ("source", ("target", "reference", "ref", "summary")),
        ("src", ("tgt", "trg", "target", "ref")),
        ("text", (*SUMMARIES, "completion", "label", "answer")),
        ("message", ("reply", "response", "answer")),
        ("user", ("assistant", "bot", "response")),
        ("human", ("assistant", "bot", "gpt")),
        ("context", ("response", "reply")),
        ("sentence", ("label", "target", "paraphrase")),
    ),
)
