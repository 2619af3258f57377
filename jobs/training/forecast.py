"""What a run will take, said before anything starts: steps, time, memory, disk, what does not fit.

Torch-free: from the form's values, the lengths of this very data, and the probed machine. Figures
marked "measured" come from tests/benchmarks/README.md, "assumed" ones are not fitted to anything
yet; the others are counted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from jobs.methods.method import Adapting, Method
from jobs.methods.run_options import split
from jobs.methods.training_options import TrainingOptions
from jobs.methods.virtual import virtual_tokens
from jobs.training import batches, schedule
from jobs.training.activations import activations
from jobs.training.checkpoint import SPARE, size_of
from jobs.training.nearest import Nearest, candidates
from jobs.types import DeviceInfo, ModelInfo, Precision

GIB = 2**30
# Labels in all tokens where the caller does not know: prompts are mostly longer than completions.
LABEL_SHARE = 1 / 3
# On the CPU, fitted to 18 runs (tests/benchmarks/forecast.py): libraries, the loss's logits and
# what the kernels keep; how much more than the counted activations a pass takes; and what the
# allocator does not give back between batches of differing lengths, up to a bound.
BASELINE = 640e6
PASS = 1.4
KEPT, KEPT_MOST = 2.0, 300e6
# On CUDA, assumed: the allocator's and the kernels' own buffers, as a share of what is counted; and
# two chunks of logits in float32 (the loss's own bound) with one in the base's precision.
SLACK = 0.12
LOGITS = 160 * 2**20
# Assumed: imports, tokenizer, model's construction; and reading weights from a disk cache.
START = 7.0
READ = 0.8e9
# From a profile of LoRA on a 135M Llama shape in bfloat16 (two cores, 10 rows/s of 75 tokens at
# 850 GFLOP/s): products take 43 ms a row, nine tenths of the probed rate; everything else (norms,
# attention's softmax, copies, log-softmax) 57 ms, which as work at that rate is this much a
# token, layer and unit of width (hidden + intermediate), forwards and backwards together.
EFFICIENCY = 0.9
REST = 8000.0
OVERHEAD = 0.0015  # seconds a layer and pass for calls from Python, whatever the size
# Unpacking 4-bit weights anew in each pass: seconds a layer for calls (fitted to six runs), and
# work, which is assumed.
OVERHEAD_4BIT = 0.0028
UNPACK = 12.0  # operations a weight and pass


@dataclass(frozen=True)
class Forecast:
    """A run's cost before its start; `problems` are sentences about what does not fit."""

    steps: int
    seconds: float
    peak_memory: int
    memory_available: int
    disk: int
    trainable_parameters: int
    total_parameters: int
    problems: tuple[str, ...] = ()
    nearest: Nearest | None = None  # where memory does not suffice: what would fit


def forecast(
    info: ModelInfo,
    method: Method,
    options: Mapping[str, Any],
    lengths: Sequence[int],
    device: DeviceInfo,
    *,
    labels: int | None = None,
    validation: Sequence[int] = (),
    disk_free: int | None = None,
) -> Forecast:
    """Forecast the run of `options` (flat, as `options_for` makes them).

    `lengths` are the tokens of each training row, prompt and completion together; `labels` the
    tokens of all their completions, `validation` the lengths of the validation rows.
    """
    training, own = split(method, options)
    case = _Case(info, method, training, own, device)
    rows = [case.cut(n) for n in lengths] or [1]
    steps = batches.total_steps(
        len(rows), training.batch_size, training.gradient_accumulation, training.epochs
    )
    peak = case.memory(max(rows))
    fits = None
    if device.free and peak > device.free:
        fits = _nearest(info, method, options, lengths, device)
    disk = 4 * size_of(case.trainable)
    return Forecast(
        steps=steps,
        seconds=case.seconds(rows, [case.cut(n) for n in validation], steps, labels),
        peak_memory=peak,
        memory_available=device.free,
        disk=disk,
        trainable_parameters=case.trainable,
        total_parameters=info.parameters + (0 if case.whole else case.trainable),
        problems=tuple(case.problems(peak, fits, disk, disk_free)),
        nearest=fits,
    )


def _nearest(
    info: ModelInfo,
    method: Method,
    options: Mapping[str, Any],
    lengths: Sequence[int],
    device: DeviceInfo,
) -> Nearest | None:
    """The least change with which the run fits into what is free; None where none does."""
    asked = asdict(split(method, options)[0])
    for other, changed, sentence in candidates(method, asked, info, device):
        training, own = split(other, {**options, **changed})
        case = _Case(info, other, training, own, device)
        peak = case.memory(max((case.cut(n) for n in lengths), default=1))
        if peak <= device.free:
            return Nearest(other.name, changed, peak, sentence)
    return None


class _Case:
    """One configuration on one device."""

    def __init__(
        self,
        info: ModelInfo,
        method: Method,
        training: TrainingOptions,
        own: Any,
        device: DeviceInfo,
    ) -> None:
        self.info, self.method, self.training, self.device = info, method, training, device
        self.virtual = virtual_tokens(own)
        self.trainable = method.trainable_parameters(info, own)
        self.compute: Precision = device.precision
        self.four_bit = method.precision_of_base == "4bit"
        self.whole = not isinstance(method, Adapting)
        self.embeddings = info.vocabulary * info.hidden * (1 if info.tied else 2)
        self.blocks = max(1, info.parameters - self.embeddings)

    def cut(self, length: int) -> int:
        """Tokens of a row as it is read: shortened where it must be, soft prompt counted."""
        limit = self.training.max_length
        if self.info.max_length:
            limit = min(limit, self.info.max_length)
        return min(length + self.virtual, limit)

    @property
    def width(self) -> int:
        """Bytes of a number in the base's precision."""
        return 4 if self.compute == "float32" else 2

    def memory(self, longest: int) -> int:
        """Peak bytes: process, weights, optimizer, activations of the longest batch, logits."""
        weights = self.width * self.info.parameters
        if self.four_bit:
            # NF4 with double quantization: 4 bits and 8/64 + 32/(64·256) bits a weight.
            weights = int(self.width * self.embeddings + 4.127 / 8 * self.blocks)
            layers = max(1, self.info.layers)  # none is known before a model is fetched
            weights += self.width * self.blocks // (layers * 4)  # one layer, unpacked
        optimizer = (16 + self.width) * self.trainable  # master, gradient, two moments; the copy
        kind: Literal["adapter", "input"] = "input" if self.virtual else "adapter"
        tokens = self.training.batch_size * batches.padded(longest)
        on_gpu = self.device.name.startswith("cuda")
        a_token = activations(
            self.info,
            self.width,
            kind,
            batches.padded(longest),
            fused=not on_gpu and not self.whole,
        )
        if on_gpu:
            return int((weights + optimizer + tokens * a_token + LOGITS) * (1 + SLACK))
        kept = min(KEPT * tokens * a_token, KEPT_MOST)
        return int(BASELINE + weights + optimizer + PASS * tokens * a_token + kept)

    def seconds(
        self, rows: Sequence[int], validation: Sequence[int], steps: int, labels: int | None
    ) -> float:
        """Start, forward and backward of every step, forward of every validation."""
        training = self.training
        epoch = batches.windows(rows, training.batch_size, training.gradient_accumulation, 0, 0)
        shapes = [(len(b), max(rows[i] for i in b)) for window in epoch for b in window]
        epochs = steps / max(1, len(epoch))
        share = LABEL_SHARE if labels is None else labels / max(1, sum(rows))
        read = sum(self.passes(n, batches.padded(t), share, 2) for n, t in shapes)
        held = schedule.validation_rows(
            len(validation), steps, training.batch_size * training.gradient_accumulation
        )
        total = epochs * read
        if held:
            mean = round(sum(validation) / len(validation))
            check = self.passes(held, mean, share, 1)
            total += check * (len(schedule.checks(steps)) + 1)
        return START + self.info.bytes / READ + total

    def passes(self, rows: int, length: int, share: float, passes: int) -> float:
        """Seconds of `passes` passes (forward alone, or forward and backward) of one batch.

        A frozen weight costs 2 operations a token forwards and 2 for the gradient of its input;
        none for its own; one that is trained costs three times 2, an adapter's too. Attention's
        two products are 4·T·d a token, halved because it looks back only, and two and a half times
        that backwards.
        """
        info, tokens = self.info, rows * length
        trained = 1 if passes == 1 else 3
        base = trained if self.whole else passes
        adapters = 0 if self.virtual or self.whole else self.trainable
        products = 2.0 * (self.blocks * base + adapters * trained)
        attention = 2.0 * length * info.hidden * info.layers * (1 if passes == 1 else 3.5)
        logits = 2.0 * info.vocabulary * info.hidden * share * base
        rest = REST * info.layers * (info.hidden + info.intermediate) * passes / 2
        work = tokens * ((products + attention + logits) / EFFICIENCY + rest)
        if self.four_bit:
            work += UNPACK * self.blocks * passes
        calls = OVERHEAD + (OVERHEAD_4BIT if self.four_bit else 0)
        return work / self.rate() + calls * info.layers * passes

    def rate(self) -> float:
        """Matrix products a second as probed; a slow guess where nobody probed."""
        return self.device.flops.get(self.compute) or 5e10

    def problems(
        self, peak: int, fits: Nearest | None, disk: int, disk_free: int | None
    ) -> list[str]:
        """What does not fit, each with the way out."""
        found = []
        reason = self.method.unavailable(self.device, self.info)
        if reason:
            found.append(reason)
        if self.device.free and peak > self.device.free:
            cure = (
                f"{fits.peak_memory / GIB:.1f} GB would do with this change: {fits.sentence}"
                if fits
                else "A smaller model needs less."
            )
            found.append(
                f"This needs about {peak / GIB:.1f} GB of memory, and "
                f"{self.device.free / GIB:.1f} GB are free. {cure}"
            )
        if disk_free is not None and disk + SPARE > disk_free:
            found.append(
                f"Checkpoints and adapter need {disk / 2**20:.0f} MB of disk, and "
                f"{disk_free / 2**20:.0f} MB are free. Free some room first."
            )
        return found
