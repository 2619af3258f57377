"""Kept answers are those of the same weights, asked in the same way."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from jobs.models.source import resolve
from jobs.queue.kept import Kept
from jobs.types import Completion, Example, GenerationSettings, Variant

SETTINGS = GenerationSettings(32, "float32", "{prompt}")


@pytest.fixture
def mine(tmp_path: Path) -> Variant:
    (tmp_path / "adapter").mkdir()
    (tmp_path / "adapter" / "adapter_model.safetensors").write_bytes(b"weights")
    return Variant("mine", "float32", "lora", tmp_path / "adapter")


@pytest.fixture
def missing(store: Any, tiny: Any) -> Any:
    """missing(variant, ...) -> whether its answer to the first prompt has yet to be written."""
    info = resolve(str(tiny("llama")))

    def ask(variant: Variant, **changes: Any) -> bool:
        how = {"fingerprint": "data", "split": "test", "settings": SETTINGS, "info": info} | changes
        kept = Kept(store, variants=[variant], **how)
        is_missing = bool(kept.missing(1))
        kept.add(variant.name, 0, Completion("Yes.", 2, False, 0.1))
        kept.keep()
        return is_missing

    return ask


def test_an_answer_is_written_once(missing: Any, mine: Variant) -> None:
    assert missing(mine)
    assert not missing(mine)
    assert not missing(replace(mine, name="another name"))


@pytest.mark.parametrize(
    "change",
    [
        {"precision": "4bit"},
        {"method": "qlora"},
        {"method": None, "adapter": None},
        {"shots": (Example("a", ("b",)),)},
    ],
    ids=str,
)
def test_another_variant_has_answers_of_its_own(
    missing: Any, mine: Variant, change: dict[str, Any]
) -> None:
    """Trap 21: what 4 bits answer says nothing of full precision."""
    missing(mine)
    assert missing(replace(mine, **change))


def test_other_weights_in_the_same_place_have_answers_of_their_own(
    missing: Any, mine: Variant
) -> None:
    """Trap 21: a run that was resumed, or changed by hand, is scored anew."""
    missing(mine)
    assert mine.adapter is not None
    (mine.adapter / "adapter_model.safetensors").write_bytes(b"other weights")
    assert missing(mine)


@pytest.mark.parametrize(
    "change",
    [
        {"fingerprint": "other data"},
        {"split": "validation"},
        {"settings": replace(SETTINGS, max_new_tokens=33)},
        {"settings": replace(SETTINGS, precision="bfloat16")},
        {"settings": replace(SETTINGS, template="Say: {prompt}")},
    ],
    ids=str,
)
def test_asked_in_another_way_they_are_other_answers(
    missing: Any, mine: Variant, change: dict[str, Any]
) -> None:
    missing(mine)
    assert missing(mine, **change)
