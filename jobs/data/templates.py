"""The library of prompt templates: what people ask of a model most often, in words it may know."""

from __future__ import annotations

from dataclasses import dataclass

from jobs.data.template import DEFAULT_TEMPLATE


@dataclass(frozen=True)
class PromptTemplate:
    """A text that stands around every prompt, the same in training, comparison and use."""

    name: str
    title: str
    what: str  # when to choose it, in one sentence
    text: str  # with {prompt} in it


TEMPLATES = (
    PromptTemplate(
        "none",
        "None",
        "Your prompts say by themselves what is wanted, or the model has turns of its own.",
        DEFAULT_TEMPLATE,
    ),
    PromptTemplate(
        "summarize",
        "Summarize",
        "Your prompts are texts, your completions say the same in short.",
        "Summarize the following text.\n\n{prompt}\n\nSummary:",
    ),
    PromptTemplate(
        "answer",
        "Answer",
        "Your prompts are questions.",
        "Answer the question.\n\nQuestion: {prompt}\n\nAnswer:",
    ),
    PromptTemplate(
        "classify",
        "Classify",
        "Your completions are labels: a few words that come again and again.",
        "Give the label that fits the following text.\n\n{prompt}\n\nLabel:",
    ),
    PromptTemplate(
        "rewrite",
        "Rewrite",
        "Your completions are the prompts in other words, another tone or another language.",
        "Rewrite the following text.\n\n{prompt}\n\nRewritten:",
    ),
    PromptTemplate(
        "extract",
        "Extract",
        "Your completions are facts that stand in the prompts.",
        "Extract the facts from the following text.\n\n{prompt}\n\nFacts:",
    ),
    PromptTemplate(
        "chat",
        "Chat",
        "For a model without turns of its own: who speaks is written before what is said.",
        "User: {prompt}\nAssistant:",
    ),
)


def template_named(text: str) -> PromptTemplate | None:
    """The entry of the library that a template's text is, if it is one."""
    return next((known for known in TEMPLATES if known.text == text), None)
