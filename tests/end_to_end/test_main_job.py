"""The main job through the command line: bring data, train each method, compare, take it away."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

METHODS = ("lora", "qlora", "prompt-tuning")
METRICS = {"rouge1", "rouge2", "rougeL"}


@pytest.fixture(scope="session")
def trained(attune: Any, rows_file: Path) -> dict[str, Any]:
    """A short run of each method on the practice model."""
    attune.json("data", "add", str(rows_file), "--name", "habit", "--test-share", "0.12")
    short = ("--set", "epochs=2", "--effort", "quick", "--seed", "7")
    return {
        method: attune.json(
            "train", "--data", "habit", "--method", method, "--name", f"a {method}", *short
        )
        for method in METHODS
    }


@pytest.fixture(scope="session")
def compared(attune: Any, trained: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Any:
    out = tmp_path_factory.mktemp("out") / "comparison.json"
    names = ["base", "base@4bit", *(f"a {method}" for method in METHODS)]
    printed = attune.json(
        "compare", *names, "--data", "habit", "--dtype", "float32", "--out", str(out)
    )
    assert json.loads(out.read_text(encoding="utf-8")) == printed
    return printed


@pytest.mark.parametrize("method", METHODS)
def test_a_run_tells_what_it_was(trained: dict[str, Any], method: str) -> None:
    run = trained[method]
    assert run["state"] == "done"
    assert (run["method"], run["model"], run["data"]) == (method, "starter", "habit")
    assert run["seed"] == 7
    assert run["options"]["epochs"] == 2
    assert run["step"] == run["steps"] > 0
    assert run["seconds"] > 0
    assert 0 < run["trainable_parameters"] < run["total_parameters"]
    assert run["peak_memory_bytes"] > 50e6
    assert run["error"] is None
    assert Path(run["folder"]).is_dir()
    points = run["metrics"]
    assert [p["step"] for p in points] == sorted(p["step"] for p in points)
    losses = [p["loss"] for p in points if p["loss"] is not None]
    assert losses[-1] < losses[0]
    assert any(p["validation_loss"] is not None for p in points)


def test_lora_picks_up_the_habit(compared: Any) -> None:
    gains = {(d["a"], d["b"]): d for d in compared["differences"] if d["metric"] == "rougeL"}
    gain = gains["a lora", "base"]
    assert gain["low"] > 0
    assert gain["delta"] == pytest.approx(
        compared["summary"]["a lora"]["rougeL"]["mean"]
        - compared["summary"]["base"]["rougeL"]["mean"]
    )
    assert "“a lora” is better" in compared["verdict"]


def test_a_comparison_has_every_field(compared: Any) -> None:
    names = {"base", "base@4bit", *(f"a {method}" for method in METHODS)}
    assert compared["data"] == "habit"
    assert compared["split"] == "test"
    assert compared["settings"]["max_new_tokens"] > 0
    assert compared["settings"]["dtype"] == "float32"
    assert set(compared["summary"]) == names
    for example in compared["examples"]:
        assert set(example["completions"]) == set(example["scores"]) == names
        assert example["prompt"] in example["rendered_prompt"]
        for scores in example["scores"].values():
            assert set(scores) >= METRICS
            assert all(s is None or 0 <= s <= 1 for m, s in scores.items() if m in METRICS)
    for summary in compared["summary"].values():
        for metric in METRICS:
            assert summary[metric]["low"] <= summary[metric]["mean"] <= summary[metric]["high"]
    for difference in compared["differences"]:
        prompts = difference["wins"] + difference["ties"] + difference["losses"]
        assert prompts <= len(compared["examples"])


def test_every_variant_answers_a_question(attune: Any, trained: dict[str, Any]) -> None:
    told = attune.json("ask", "base", "a lora", "a prompt-tuning", "--prompt", "The red door.")
    assert set(told["answers"]) == {"base", "a lora", "a prompt-tuning"}
    assert told["answers"]["a lora"]["tokens"] > 0


@pytest.mark.parametrize("method", METHODS)
def test_an_export_answers_the_same_through_plain_peft(
    attune: Any, compared: Any, method: str, tmp_path: Path
) -> None:
    """Prompts one at a time in float32: token for token, QLoRA at least 95 in 100."""
    import torch
    from peft import PeftModel
    from transformers import AutoModelForCausalLM, AutoTokenizer, BitsAndBytesConfig

    folder = tmp_path / "taken away"
    attune.json("export", f"a {method}", "--to", str(folder))
    loading: dict[str, Any] = {"dtype": torch.float32}
    if method == "qlora":
        loading["quantization_config"] = BitsAndBytesConfig(
            load_in_4bit=True,
            bnb_4bit_quant_type="nf4",
            bnb_4bit_use_double_quant=True,
            bnb_4bit_compute_dtype=torch.float32,
        )
    base = AutoModelForCausalLM.from_pretrained(folder / "base", **loading)
    tokenizer = AutoTokenizer.from_pretrained(folder / "base")
    model = PeftModel.from_pretrained(base, folder / "adapter").eval()
    same = 0
    for example in compared["examples"]:
        inputs = tokenizer(
            example["rendered_prompt"], return_tensors="pt", add_special_tokens=False
        )
        with torch.no_grad():
            ids = model.generate(
                input_ids=inputs["input_ids"],
                attention_mask=inputs["attention_mask"],
                max_new_tokens=compared["settings"]["max_new_tokens"],
                do_sample=False,
            )
        text = tokenizer.decode(ids[0, inputs["input_ids"].shape[1] :], skip_special_tokens=True)
        same += text == example["completions"][f"a {method}"]
    share = same / len(compared["examples"])
    assert share == 1 if method != "qlora" else share >= 0.95


def test_the_same_comparison_is_not_made_twice(attune: Any, compared: Any) -> None:
    names = ["base", "base@4bit", *(f"a {method}" for method in METHODS)]
    again = attune.json("compare", *names, "--data", "habit", "--dtype", "float32")
    assert again == compared


def test_a_run_that_is_done_is_not_resumed(attune: Any, trained: dict[str, Any]) -> None:
    assert "nothing to resume" in attune.refused("resume", "a lora")


def test_a_run_is_stopped_resumed_and_deleted(attune: Any, trained: dict[str, Any]) -> None:
    long = ("--name", "long", "--set", "epochs=200", "--no-wait")
    attune.json("train", "--data", "habit", "--method", "lora", *long)
    refused = attune.refused("delete", "long")
    assert "stop" in refused.lower()
    attune.json("stop", "long")
    assert attune.json("runs", "show", "long")["state"] == "stopped"
    attune.json("resume", "long", "--no-wait")
    assert attune.json("runs", "show", "long")["state"] in ("queued", "running")
    attune.json("stop", "long")
    folder = Path(attune.json("runs", "show", "long")["folder"])
    attune.json("delete", "long")
    assert not folder.exists()
    assert "long" not in [run["name"] for run in attune.json("runs")]
