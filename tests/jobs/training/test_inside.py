"""A run of prompt tuning keeps what its soft prompt came to lie near; other runs keep nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from jobs.methods.soft_prompt import FILE, read
from jobs.training import loop


@pytest.mark.parametrize("architecture", ["llama", "t5"])
def test_it_tells_of_the_weights_that_are_kept(
    make_plan: Any, reporter: Any, architecture: str
) -> None:
    import torch
    from safetensors.torch import load_file

    plan = make_plan("prompt-tuning", architecture, epochs=4.0, init_text="abc")
    result = loop.train(plan, reporter)
    found = read(plan.folder)
    assert found is not None
    (saved,) = load_file(result.adapter / "adapter_model.safetensors").values()
    assert [t.start for t in found.tokens] == list("abcabc")
    assert all(token.moved > 0 for token in found.tokens)
    spots = torch.tensor([token.place for token in found.tokens])
    apart = torch.cdist(saved, saved)
    assert bool((torch.cdist(spots, spots) <= apart + 1e-3).all())  # a flat map only shortens
    lengths = torch.tensor([token.length for token in found.tokens])
    assert lengths / lengths[0] == pytest.approx(saved.norm(dim=1) / saved[0].norm(), rel=1e-2)


def test_a_resumed_run_knows_where_it_began(make_plan: Any, new_reporter: Any) -> None:
    loop.train(make_plan("prompt-tuning", folder="whole"), new_reporter())
    first = new_reporter()
    first.stop = lambda r: len(r.curve()) >= 3
    plan = make_plan("prompt-tuning", folder="parts")
    loop.train(plan, first)
    halfway = read(plan.folder)
    loop.train(replace(plan, resume=plan.folder / "checkpoints" / "3"), new_reporter())
    ended, whole = read(plan.folder), read(plan.folder.parent / "whole")
    assert ended == whole
    assert halfway is not None
    assert halfway != ended


def test_other_methods_have_no_inside(make_plan: Any, reporter: Any) -> None:
    plan = make_plan("lora", epochs=0.5)
    loop.train(plan, reporter)
    assert not (plan.folder / FILE).exists()
    assert read(plan.folder) is None


@pytest.mark.parametrize("text", ["", "[]", '{"form": 2}', '{"form": 1, "tokens": []}', "{"])
def test_a_file_that_cannot_be_read_is_as_none(tmp_path: Any, text: str) -> None:
    (tmp_path / FILE).write_text(text, encoding="utf-8")
    assert read(tmp_path) is None
