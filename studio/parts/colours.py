"""The colours of variants: the base is grey, the others take Okabe–Ito's in a fixed order."""

from __future__ import annotations

from collections.abc import Sequence

# Okabe and Ito (2008), the ones with the most contrast on white first; each has a shape as well,
# so that nothing is told by colour alone.
OKABE_ITO = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#F0E442")
SHAPES = ("circle", "square", "diamond", "triangle")
GREY = "#808080"


def is_base(variant: str) -> bool:
    """Whether this is an untuned model: `base`, `base@4bit`, `base+3`, `base:SPEC`."""
    return variant == "base" or variant.startswith(("base@", "base+", "base:"))


def colour(variant: str, variants: Sequence[str]) -> str:
    """The colour of a variant among those it is shown with."""
    if is_base(variant):
        return GREY
    return OKABE_ITO[_place(variant, variants) % len(OKABE_ITO)]


def shape(variant: str, variants: Sequence[str]) -> str:
    """The shape of its dot."""
    return "circle" if is_base(variant) else SHAPES[_place(variant, variants) % len(SHAPES)]


def swatch(variant: str, variants: Sequence[str]) -> str:
    """A small mark in the variant's colour and shape, to stand before its name."""
    kind, fill = shape(variant, variants), colour(variant, variants)
    return f'<span class="swatch {kind}" style="--c:{fill}" aria-hidden="true"></span>'


def title(variant: str) -> str:
    """What a page calls it: names for the base, a run's own name for a run."""
    if not is_base(variant):
        return variant
    kind, _, model = variant.partition(":")
    text = f"Untuned {model.rstrip('/').rsplit('/', 1)[-1]}" if model else "Untuned base"
    if kind.startswith("base@"):
        return f"{text} in {kind[5:].replace('bit', ' bits')}"
    if kind.startswith("base+"):
        return f"{text} with {kind[5:]} example{'' if kind == 'base+1' else 's'}"
    return text


def titles(variants: Sequence[str]) -> str:
    """All of them in a row: commas, and an “and” before the last."""
    *first, last = map(title, variants)
    return f"{', '.join(first)} and {last}" if first else last


def _place(variant: str, variants: Sequence[str]) -> int:
    tuned = [v for v in variants if not is_base(v)]
    return tuned.index(variant) if variant in tuned else 0
