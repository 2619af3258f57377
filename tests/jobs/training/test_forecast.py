"""The forecast counts what training does, and says what does not fit."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from jobs.methods import method, options_for
from jobs.models.source import resolve
from jobs.training import activations, cost, loop
from jobs.training.activations import LONG, SHORT
from jobs.training.compiled import built
from jobs.training.cost import Cost
from jobs.training.forecast import forecast
from jobs.training.setup import set_up
from jobs.training.sizes import like_others
from jobs.types import DeviceInfo, ModelInfo

GIB = 2**30
DEVICE = DeviceInfo(
    "cpu", "two cores", 16 * GIB, 12 * GIB, True, None, {"bfloat16": 8e11, "float32": 1.5e11}
)
SMALL = {"epochs": 2.0, "batch_size": 8, "max_length": 128}


@pytest.fixture
def info(make_folder: Any) -> ModelInfo:
    return resolve(str(make_folder("llama")))


def told(info: ModelInfo, name: str = "lora", **more: Any) -> Any:
    options = options_for(method(name), "quick", 40, info, SMALL | more)
    return forecast(info, method(name), options, [30] * 40, DEVICE, labels=400)


@pytest.mark.parametrize("name", ["lora", "prompt-tuning", "full"])
def test_steps_and_weights_are_exact(make_plan: Any, reporter: Any, name: str) -> None:
    plan = make_plan(name, epochs=1.5, gradient_accumulation=2)
    result = loop.train(plan, reporter)
    flat = vars(plan.training) | vars(plan.method_options)
    told = forecast(plan.info, method(name), flat, [30] * 40, DEVICE)
    assert told.steps == result.steps
    assert told.trainable_parameters == result.trainable_parameters
    assert told.total_parameters == result.total_parameters


def test_more_work_takes_longer_and_more_memory(info: ModelInfo) -> None:
    plain = told(info)
    assert told(info, epochs="4").seconds > plain.seconds
    assert told(info, batch_size="32").peak_memory > plain.peak_memory
    assert told(info, rank="64").disk > plain.disk
    assert plain.problems == ()
    longer = forecast(
        info, method("lora"), options_for(method("lora"), "quick", 40, info, SMALL), [120] * 40,
        DEVICE,
    )  # fmt: skip
    assert longer.seconds > plain.seconds
    assert longer.peak_memory > plain.peak_memory


def test_slow_memory_is_counted_as_slow_products_are(info: ModelInfo) -> None:
    options = options_for(method("lora"), "quick", 40, info, SMALL)
    fast, slow_memory, slow_products = (
        forecast(info, method("lora"), options, [30] * 40, replace(DEVICE, **change)).seconds
        for change in (
            {"traffic": 2e10},
            {"traffic": 2e9},
            {"traffic": 2e10, "flops": {"bfloat16": 8e10}},
        )
    )
    assert min(slow_memory, slow_products) > fast


@pytest.fixture
def ahead(info: ModelInfo, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """ahead(compiled, "lora", ...): the forecast for 135 million weights, with compiled passes or
    without them."""
    large = replace(
        info, parameters=135_000_000, hidden=576, intermediate=1536, layers=30, heads=9,
        kv_heads=3, vocabulary=49152,
    )  # fmt: skip

    def of(
        compiled: bool,
        name: str = "lora",
        device: DeviceInfo = DEVICE,
        rows: Any = (120,) * 40,
        architecture: str = "llama",
        **more: Any,
    ) -> Any:
        for module in (activations, cost):
            monkeypatch.setattr(module, "built", lambda: compiled)
        read = replace(large, architecture=architecture)
        options = options_for(method(name), "quick", 40, read, SMALL | more)
        return forecast(read, method(name), options, rows, device, labels=400)

    return of


@pytest.mark.parametrize(
    ("name", "times", "memory"),
    [("lora", 1.4, 1.1), ("qlora", 1.4, 1.1), ("prompt-tuning", 1.15, 1.0)],
)
def test_compiled_passes_take_less_time_and_memory(
    ahead: Any, name: str, times: float, memory: float
) -> None:
    """As often as was measured (tests/benchmarks/README.md), about."""
    plain, compiled = ahead(False, name), ahead(True, name)
    start = cost.READY + cost.IMPORTS * cost.IMPORTED + 1  # which is the same for both
    assert plain.seconds - start > times * (compiled.seconds - start)
    assert plain.peak_memory > memory * compiled.peak_memory


def test_layers_of_another_kind_go_the_models_own_way(ahead: Any) -> None:
    """Compiled passes are for the plainest layers."""
    passed, own = ahead(True), ahead(True, architecture="gemma")
    assert own.seconds > 1.4 * passed.seconds
    assert own.peak_memory > 1.1 * passed.peak_memory


@pytest.mark.parametrize(("name", "on"), [("full", "cpu"), ("lora", "cuda"), ("qlora", "cuda")])
def test_what_goes_by_no_compiled_passes_costs_the_same_with_them(
    ahead: Any, name: str, on: str
) -> None:
    device = replace(DEVICE, name=on)
    assert ahead(True, name, device) == ahead(False, name, device)


@pytest.mark.parametrize(
    "slower", [{"efficiency": 0.5}, {"moved": 400.0}, {"overhead": 0.01}, {"unpacking": 0.01}]
)
def test_whatever_is_slower_takes_longer(
    ahead: Any, monkeypatch: pytest.MonkeyPatch, slower: dict[str, float]
) -> None:
    usual = ahead(False, "qlora").seconds
    monkeypatch.setattr(cost, "PLAIN", replace(cost.PLAIN, **slower))
    assert ahead(False, "qlora").seconds > usual


@pytest.mark.parametrize(("rows", "sizes"), [((120,) * 40, 1), ((24,) * 16 + (120,) * 40, 2)])
def test_a_size_of_batch_costs_its_compilation_once(
    ahead: Any, monkeypatch: pytest.MonkeyPatch, rows: Any, sizes: int
) -> None:
    """However often it comes back, in this epoch or in the next."""
    found = []
    for seconds in (1.0, 101.0):
        monkeypatch.setattr(cost, "COMPILED", replace(cost.COMPILED, new_size=seconds))
        found.append([ahead(True, rows=rows, epochs=n).seconds for n in (1, 4)])
    once, again = (after - before for before, after in zip(*found, strict=True))
    assert once == pytest.approx(100 * sizes) == again


def test_where_libraries_take_long_to_import_a_run_begins_later(info: ModelInfo) -> None:
    options = options_for(method("lora"), "quick", 40, info, SMALL)
    fast, slow, unknown = (
        forecast(info, method("lora"), options, [30] * 40, replace(DEVICE, imported=seconds))
        for seconds in (1.0, 9.0, 0.0)
    )
    assert slow.seconds - fast.seconds > 8.0  # torch is not all that is imported
    assert fast.seconds < unknown.seconds < slow.seconds


def test_four_bits_save_the_weights_they_save(info: ModelInfo) -> None:
    large = replace(
        info,
        parameters=1_100_000_000,
        hidden=2048,
        intermediate=5632,
        layers=22,
        heads=32,
        kv_heads=4,
        vocabulary=32000,
    )
    saved = told(large).peak_memory - told(large, "qlora").peak_memory
    assert 1.0e9 < saved < 1.9e9  # 969M weights of blocks, 2 bytes against 0.516


def test_what_does_not_fit_is_said_with_a_way_out(info: ModelInfo) -> None:
    large = replace(info, parameters=1_100_000_000, hidden=2048, intermediate=5632, layers=22)
    options = options_for(method("lora"), "quick", 40, large, SMALL | {"batch_size": 512})
    told = forecast(large, method("lora"), options, [120] * 40, DEVICE, disk_free=10)
    assert told.memory_available == 12 * GIB
    memory, disk = told.problems
    assert "12.9 GB are free." in memory
    assert told.nearest is not None
    assert told.nearest.sentence in memory
    batch, steps = told.nearest.options["batch_size"], told.nearest.options["gradient_accumulation"]
    assert batch * steps == 512  # the same step: it learns the same
    taken = {**options, **told.nearest.options}
    again = forecast(large, method("lora"), taken, [120] * 40, DEVICE)
    assert again.nearest is None
    assert again.problems == ()
    assert again.peak_memory == told.nearest.peak_memory <= 12 * GIB
    twice = {**taken, "batch_size": 2 * batch, "gradient_accumulation": steps // 2}
    assert forecast(large, method("lora"), twice, [120] * 40, DEVICE).problems  # no nearer one
    assert "of disk" in disk


@pytest.mark.parametrize("name", ["lora", "prompt-tuning", "prefix-tuning", "full"])
@pytest.mark.parametrize("precision", ["bfloat16", "float32"])
def test_what_a_pass_keeps_is_counted(
    make_plan: Any, reporter: Any, name: str, precision: Any
) -> None:
    """Counted anew: a release of transformers that keeps more breaks this, not a user's run."""
    plan = make_plan(name, more={"precision": precision})
    training = set_up(plan, reporter)
    batch = training.collate(training.rows[:8])
    device = replace(DEVICE, bfloat16=precision == "bfloat16")
    cost = Cost(plan.info, method(name), plan.training, plan.method_options, device)
    read = sum(training.lengths[:8])
    counted = cost.kept(cost.shape(len(batch), batch.width + plan.virtual_tokens, read))
    # A layer of 32 is so narrow that the adapters' own activations and rotary tables count.
    assert 0.75 < kept_by(training, batch) / counted < 1.45


def test_a_shared_soft_prompt_costs_as_much_as_its_pass_keeps(
    make_plan: Any, reporter: Any
) -> None:
    """Before rows that are too long to share it, it stands in each."""
    plan = make_plan("prompt-tuning", virtual_tokens=64)
    training = set_up(plan, reporter)
    batch = training.collate(training.rows[:8])
    device = replace(DEVICE, bfloat16=False)
    cost = Cost(plan.info, method("prompt-tuning"), plan.training, plan.method_options, device)
    longest = batch.width + plan.virtual_tokens
    shared = cost.shape(len(batch), longest, sum(training.lengths[:8]))
    own = sum(row.length for row in training.rows[:8])
    assert shared.tokens == 64 + (like_others(own) if built() else len(batch) * batch.width)
    counted = cost.kept(shared)
    assert 0.9 < kept_by(training, batch) / counted < 1.2  # no view that keeps what it is cut from
    training.loss.shared = None
    assert kept_by(training, batch) > 1.5 * counted
    long = cost.shape(len(batch), (LONG if built() else SHORT) + 1 + 64)
    assert long.tokens == len(batch) * long.length


def test_a_soft_prompt_that_all_rows_share_hardly_costs_time(info: ModelInfo) -> None:
    few, many = (told(info, "prompt-tuning", virtual_tokens=n, max_length=512) for n in (4, 100))
    other = replace(info, architecture="gpt2")
    apart = [told(other, "prompt-tuning", virtual_tokens=n, max_length=512) for n in (4, 100)]
    assert many.seconds - few.seconds < 0.5 * (apart[1].seconds - apart[0].seconds)
    assert many.peak_memory - few.peak_memory < 0.5 * (apart[1].peak_memory - apart[0].peak_memory)


def kept_by(training: Any, batch: Any) -> int:
    """Bytes that the loss of a batch keeps for the way back, each storage once."""
    import torch

    weights = {p.untyped_storage().data_ptr() for p in training.model.parameters()}
    kept: dict[int, int] = {}

    def pack(tensor: Any) -> Any:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in weights:
            kept[storage.data_ptr()] = storage.nbytes()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda t: t):
        assert float(training.loss(batch).detach()) > 0
    return sum(kept.values())


def test_where_no_batch_fits_the_base_goes_into_4_bits_or_examples_get_shorter(
    info: ModelInfo,
) -> None:
    large = replace(
        info, parameters=2_000_000_000, hidden=2048, intermediate=5632, layers=32,
        heads=32, kv_heads=8, vocabulary=32000,
    )  # fmt: skip
    options = options_for(method("lora"), "quick", 40, large, SMALL)

    def found(free: float, **machine: Any) -> Any:
        device = replace(DEVICE, free=int(free * GIB), **machine)
        return forecast(large, method("lora"), options, [120] * 40, device).nearest

    packed = found(4.0)
    assert packed.method == "qlora"
    assert packed.peak_memory < 4 * GIB
    assert found(4.0, four_bit="Not here.") is None
    assert found(0.5) is None


def test_a_whole_model_that_does_not_fit_gives_way_to_lora(info: ModelInfo) -> None:
    large = replace(info, parameters=500_000_000, hidden=1024, intermediate=4096, layers=24)
    full = method("full")
    options = options_for(full, "quick", 40, large, SMALL)
    device = replace(DEVICE, free=4 * GIB)
    told = forecast(large, full, options, [120] * 40, device)
    assert told.trainable_parameters == told.total_parameters == large.parameters
    assert told.peak_memory > 18 * large.parameters
    assert told.nearest is not None
    assert told.nearest.method == "lora"
    assert told.nearest.peak_memory < device.free


def test_short_rows_are_what_the_attention_calls_short() -> None:
    from jobs.training.attention import LONGEST
    from jobs.training.compiled import heads

    assert (SHORT, LONG) == (LONGEST, heads.LONGEST)


def test_the_forecast_does_not_import_torch() -> None:
    code = (
        "import sys, jobs.training, jobs.training.forecast, jobs.training.plan;"
        "sys.exit('torch' in sys.modules or 'transformers' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-P", "-c", code], check=False).returncode == 0
