"""What can answer a prompt: the base in a precision, or a run by its name."""

from __future__ import annotations

from jobs.errors import InputError, Unavailable
from jobs.methods import method as find_method
from jobs.store import Store
from jobs.types import DeviceInfo, Precision, Variant

BASE = "base"
BASE_4BIT = "base@4bit"
DTYPES = ("auto", "float32", "bfloat16")


def precision_for(dtype: str, device: DeviceInfo) -> Precision:
    """What "auto" means on a device; refuses a dtype that comparisons do not offer."""
    if dtype not in DTYPES:
        raise InputError(f"There is no dtype “{dtype}”.", f"Use one of: {', '.join(DTYPES)}.")
    if dtype == "auto":
        return device.precision
    return "float32" if dtype == "float32" else "bfloat16"


def variant_for(store: Store, name: str, precision: Precision) -> Variant:
    """The variant of a name; a run must have an adapter by the time this is called."""
    if name == BASE:
        return Variant(BASE, precision)
    if name == BASE_4BIT:
        return Variant(BASE_4BIT, "4bit")
    run = store.runs.get(name)
    base = find_method(run.method).precision_of_base
    adapter = run.folder / "adapter"
    if not (adapter / "adapter_config.json").is_file():
        raise Unavailable(
            f"Run “{name}” has no adapter yet: it is {run.state}.",
            "Wait until it is done, or resume it.",
        )
    return Variant(name, base or precision, run.method, adapter, run.id)
