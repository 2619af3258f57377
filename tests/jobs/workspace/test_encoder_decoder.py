"""The main job on an encoder-decoder model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


@pytest.mark.parametrize(("method", "rate"), [("lora", 0.05), ("prompt-tuning", 0.5)])
def test_the_main_job(bench: Any, tiny: Any, tmp_path: Path, method: str, rate: float) -> None:
    bench.data(template="describe: {prompt}")
    options = {"epochs": 2, "learning_rate": rate}
    run = bench.train(tiny("t5"), method, options=options, compare=True)
    bench.work()
    done = bench.workspace.run(run.name)
    assert (done.state, done.error) == ("done", None)
    losses = [p["loss"] for p in bench.workspace.metrics(run.name) if "loss" in p]
    # Random weights hardly listen to a soft prompt; that it is read shows in the answers.
    assert method == "prompt-tuning" or losses[-1] < losses[0]
    result = bench.workspace.result(bench.workspace.comparison_of(run.name).id)
    assert result.variants == ("base", run.name)
    changed = [e for e in result.examples if len({c.text for c in e.completions.values()}) == 2]
    assert changed
    assert result.examples[0].rendered_prompt == f"describe: {result.examples[0].prompt}"
    folder = bench.workspace.export(run.name, tmp_path / "out")
    card = (folder / "README.md").read_text(encoding="utf-8")
    assert "AutoModelForSeq2SeqLM" in card


def test_the_card_reads_a_prompt_as_training_did(bench: Any, tiny: Any, tmp_path: Path) -> None:
    """With the end token that the encoder learnt to expect, template or not."""
    bench.data(template="describe: {prompt}")
    run = bench.train(tiny("t5"))
    bench.work()
    folder = bench.workspace.export(run.name, tmp_path / "out")
    assert "add_special_tokens=True" in (folder / "README.md").read_text(encoding="utf-8")


def test_the_mask_of_an_encoder_decoder(bench: Any, tiny: Any) -> None:
    bench.data()
    (shown,) = bench.workspace.mask("things", model=str(tiny("t5")), limit=1)
    example = bench.workspace.examples("things", limit=1)[0]
    read = "".join(t.text for t in shown.tokens if t.state == "read")
    learnt = "".join(t.text for t in shown.tokens if t.state == "learnt")
    assert read.startswith(example.prompt)
    assert learnt.startswith(example.references[0])
