"""What can answer a prompt: the base in a precision, with examples or without, or a run.

Names: `base`, `base@4bit`, `base+3`, a run's own. Where a comparison has runs on several bases,
`base` is that of the first run, and another one is called `base:SPEC` (`base+3:SPEC`, ...).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from jobs.data.shots import MOST, choose
from jobs.errors import InputError, NotFound, Unavailable
from jobs.methods import method as find_method
from jobs.store import Store
from jobs.types import ComparisonInfo, DeviceInfo, Example, Precision, RunInfo, Variant

BASE = "base"
BASE_4BIT = "base@4bit"
FEW_SHOT = "base+3"
DTYPES = ("auto", "float32", "bfloat16")
SHOTS_SEED = 0

_BASE = re.compile(r"(base(?:@4bit|\+\d+)?)(?::(.+))?")
_SHOTS = re.compile(r"base\+(\d+)")


def is_base(name: str) -> bool:
    """Whether no adapter belongs to it."""
    return bool(_BASE.fullmatch(name))


def check_base(name: str) -> None:
    """Refuse what begins as a base does and is none: no run can have such a name."""
    if name.casefold().startswith(("base@", "base+")) and not is_base(name):
        raise NotFound(
            f"There is no variant “{name}”.",
            f"Name {BASE}, {BASE_4BIT}, base+1 to base+{MOST}, or a run.",
        )


def base_of(name: str) -> tuple[str, str | None]:
    """The kind of a base variant and the model it names, if it names one: `base+3:x` is `base+3`
    of `x`."""
    found = _BASE.fullmatch(name)
    assert found
    return found[1], found[2]


def model_of(store: Store, name: str) -> str | None:
    """The base under a variant; None where the name leaves it to the comparison."""
    return base_of(name)[1] if is_base(name) else store.runs.get(name).model


def learnt_from(run: RunInfo, comparison: ComparisonInfo) -> bool:
    """Whether the prompts of a comparison are rows that a run has learnt from."""
    return comparison.split == "train" and comparison.data == run.dataset


def shots_of(name: str) -> int:
    """How many examples the variant finds in its prompt: 3 for `base+3`, 0 for most.

    More than there may be are an `InputError`.
    """
    found = _SHOTS.fullmatch(base_of(name)[0]) if is_base(name) else None
    count = int(found[1]) if found else 0
    if found and not 1 <= count <= MOST:
        raise InputError(
            f"“{name}” asks for {count} examples in the prompt.",
            f"Use {', '.join(f'base+{k}' for k in range(1, MOST))} or base+{MOST}.",
        )
    return count


def precision_for(dtype: str, device: DeviceInfo) -> Precision:
    """What "auto" means on a device; refuses a dtype that comparisons do not offer."""
    if dtype not in DTYPES:
        raise InputError(f"There is no dtype “{dtype}”.", f"Use one of: {', '.join(DTYPES)}.")
    if dtype == "auto":
        return device.precision
    return "float32" if dtype == "float32" else "bfloat16"


def variant_for(
    store: Store,
    name: str,
    precision: Precision,
    training: Callable[[], tuple[str, Sequence[Example]]] | None = None,
) -> Variant:
    """The variant of a name; a run must have learnt by the time this is called.

    `training` gives the fingerprint and the training examples that a few-shot variant shows; the
    same data always shows the same ones.
    """
    if is_base(name) and base_of(name)[0] == BASE_4BIT:
        return Variant(name, "4bit")
    if count := shots_of(name):
        if training is None:
            raise Unavailable(
                f"“{name}” needs a dataset to take its examples from.", "Leave it out here."
            )
        fingerprint, examples = training()
        shots = choose(examples, count, f"{fingerprint}/{SHOTS_SEED}")
        return Variant(name, precision, shots=shots)
    if is_base(name):
        return Variant(name, precision)
    run = store.runs.get(name)
    base = find_method(run.method).precision_of_base
    if run.learnt is None:
        raise Unavailable(
            f"Run “{name}” has nothing to answer with yet: it is {run.state}.",
            "Wait until it is done, or resume it.",
        )
    return Variant(name, base or precision, run.method, run.learnt, run.id)
