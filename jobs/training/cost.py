"""What a configuration takes on a device: bytes at its peak, seconds from the press to the end.

Figures marked "measured" or "fitted" come from tests/benchmarks/README.md, "assumed" ones are not
fitted to anything yet; the others are counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from jobs.methods.method import Adapting, Method
from jobs.methods.training_options import TrainingOptions
from jobs.methods.virtual import leads, virtual_tokens
from jobs.training import batches, schedule
from jobs.training.activations import FUSED, activations, reach
from jobs.training.compiled import built
from jobs.training.sizes import like_others
from jobs.types import DeviceInfo, ModelInfo, Precision

# Labels in all tokens where the caller does not know: prompts are mostly longer than completions.
LABEL_SHARE = 1 / 3
# How much of the counted activations the allocator does not give back between batches of differing
# lengths, up to a bound (`Fitted`).
UNRETURNED = 1.4
# On CUDA, assumed: the allocator's and the kernels' own buffers, as a share of what is counted; and
# two chunks of logits in float32 (the loss's own bound) with one in the base's precision.
SLACK = 0.12
LOGITS = 160 * 2**20
# Until a run can begin: imports take so many times as long as the probe's, fitted; what else there
# is, by the clock, fitted; the probe's import where nobody measured, and reading weights from a
# disk cache, assumed.
IMPORTS = 1.7
READY = 0.8
IMPORTED = 3.0
READ = 0.8e9
PACKED = 4e7  # weights packed into 4 bits a second on a processor, measured
TRAFFIC = 2e10  # assumed, bytes a second where nobody probed
# Bytes of a 4-bit weight that are read and written when it is unpacked, anew in each pass; counted.
UNPACK = 2.5


@dataclass(frozen=True)
class Fitted:
    """What was fitted to whole runs on the CPU (tests/benchmarks/README.md)."""

    baseline: float  # bytes: libraries, the job around a run, the loss's logits, kernels
    unreturned_most: float  # bytes that the allocator keeps at most
    peak: float  # how much more than the counted activations a pass takes
    efficiency: float  # of products, as a share of the probed rate
    # Everything else (norms, attention's softmax, copies) takes as long as moving so many bytes a
    # token, layer and unit of width (hidden + intermediate) at the probed rate of passes, in 16
    # bits, forwards and backwards together: where compiled passes do it, and where layers go the
    # model's own way.
    passed: float
    moved: float
    overhead: float  # seconds a layer and pass for calls from Python, whatever the size
    unpacking: float  # the same for unpacking 4-bit weights
    new_size: float  # seconds for a size of batch not seen before: oneDNN compiles its products
    looking: float  # attention, as a multiple of its products at the probed rate


# By 18 runs, and by 24; CUDA is assumed to be like the second.
COMPILED = Fitted(600e6, 120e6, 1.45, 1.0, 13.0, 296.0, 0.0048, 0.0034, 0.39, 3.0)
PLAIN = Fitted(665e6, 200e6, 1.35, 0.75, 287.0, 287.0, 0.0016, 0.003, 0.0, 1.0)


@dataclass(frozen=True)
class PassShape:
    """How the layers read a batch: see `Cost.shape`."""

    rows: int
    length: int  # tokens of the longest row, virtual ones too
    own: int  # those of them that each row has for itself; the others stand before every row alike
    tokens: int  # that pass through the layers
    empty: int = 0  # places of padding that attention alone has room for
    compiled: bool = False  # whether compiled passes stand between the products

    @property
    def looked(self) -> float:
        """Places that a token looks back at, on average; itself is half of one."""
        return self.length - self.own + self.own / 2

    @property
    def repeated(self) -> int:
        """Places whose keys and values are laid before every row."""
        return self.rows * (self.length - self.own)


class Cost:
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
        self.in_cache = self.virtual > 0 and not leads(own)
        self.trainable = method.trainable_parameters(info, own)
        self.compute: Precision = device.precision
        self.four_bit = method.precision_of_base == "4bit"
        self.whole = not isinstance(method, Adapting)
        self.on_gpu = device.name.startswith("cuda")
        self.compiled = built() and not self.on_gpu and not self.whole
        self.fitted = COMPILED if self.compiled else PLAIN
        self.embeddings = info.vocabulary * info.hidden * (1 if info.tied else 2)
        self.blocks = max(1, info.parameters - self.embeddings)

    def cut(self, length: int) -> int:
        """Tokens of a row as it is read: shortened where it must be, virtual ones counted."""
        return min(length + self.virtual, self.info.at_most(self.training.max_length))

    def shape(self, rows: int, longest: int, read: int | None = None) -> PassShape:
        """How `rows` of up to `longest` tokens are read; `read` is how many they have in all.

        A prefix lies in the cache and never passes through the layers. A soft prompt passes through
        them once a batch where it can be shared (`shared_prompt.py`), else before every row. Where
        there are compiled passes padding does not (`packed.py`).
        """
        length = batches.padded(longest)
        own = max(1, length - self.virtual)
        if self.in_cache:
            return PassShape(rows, length, own, rows * own)
        alone = not self.on_gpu and self.info.architecture in FUSED and own <= reach(self.info)
        if alone and self.compiled:
            tokens = (rows * longest if read is None else read) - rows * self.virtual
            tokens = like_others(max(1, tokens))
            empty = max(0, rows * own - tokens)
            return PassShape(rows, length, own, self.virtual + tokens, empty, compiled=True)
        if self.virtual and alone:
            return PassShape(rows, length, own, self.virtual + rows * own)
        return PassShape(rows, length, length, rows * length)

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
        kept = self.kept(self.shape(self.training.batch_size, longest))
        if self.on_gpu:
            return int((weights + optimizer + kept + LOGITS) * (1 + SLACK))
        held = self.fitted.baseline + min(UNRETURNED * kept, self.fitted.unreturned_most)
        return int(held + weights + optimizer + self.fitted.peak * kept)

    def kept(self, shape: PassShape) -> int:
        """Bytes that a pass over a batch keeps for the way back."""
        info = self.info
        a_token = activations(
            info,
            self.width,
            "input" if self.virtual else "adapter",
            shape.own,
            places=shape.length,
            fused=not self.on_gpu and not self.whole and not self.in_cache,
        )
        keys = info.hidden * info.kv_heads // max(1, info.heads)
        looked = info.heads * shape.length
        a_place = info.hidden + 2 * keys + (looked if looked <= info.hidden else 0)
        beside = shape.repeated * 2 * keys + shape.empty * a_place
        return shape.tokens * a_token + beside * self.width * info.layers

    def seconds(
        self, rows: Sequence[int], validation: Sequence[int], steps: int, labels: int | None
    ) -> float:
        """Start, forward and backward of every step, forward of every validation."""
        training = self.training
        epoch = batches.windows(rows, training.batch_size, training.gradient_accumulation, 0, 0)
        lengths = [[rows[i] for i in batch] for window in epoch for batch in window]
        epochs = steps / max(1, len(epoch))
        share = LABEL_SHARE if labels is None else labels / max(1, sum(rows))
        shapes = [self.shape(len(some), max(some), sum(some)) for some in lengths]
        read = sum(self.of_batch(shape, share, back=True) for shape in shapes)
        held = schedule.validation_rows(
            len(validation), steps, training.batch_size * training.gradient_accumulation
        )
        total = epochs * read
        total += self.fitted.new_size * len({shape.tokens for shape in shapes})
        if held:
            mean = round(sum(validation) / len(validation))
            check = self.of_batch(self.shape(held, mean), share, back=False)
            total += check * (len(schedule.checks(steps)) + 1)
        return self.start() + total

    def start(self) -> float:
        """Seconds until the first step: libraries imported, tokenizer and model made and read."""
        imports = IMPORTS * (self.device.imported or IMPORTED)
        packing = self.blocks / PACKED if self.four_bit and not self.on_gpu else 0.0
        return READY + imports + self.info.bytes / READ + packing

    def of_batch(self, shape: PassShape, share: float, *, back: bool) -> float:
        """Seconds for one batch, forwards alone or forwards and `back`.

        A frozen weight costs 2 operations a token forwards and 2 for the gradient of its input;
        none for its own; one that is trained costs three times 2, an adapter's too. Attention's
        two products are 4·d a token and place that it looks at, and two and a half times that
        backwards. `share` is that of labels in all tokens.
        """
        info = self.info
        ways = 2 if back else 1
        trained = 3 if back else 1
        base = trained if self.whole else ways
        adapters = 0 if self.virtual or self.whole else self.trainable
        products = 2.0 * (self.blocks * base + adapters * trained)
        attention = 4.0 * shape.looked * info.hidden * info.layers * (3.5 if back else 1)
        logits = 2.0 * info.vocabulary * info.hidden * base * share * shape.rows * shape.length
        passed_by = info.layers * (info.hidden + info.intermediate) * self.width / 2
        fitted = self.fitted
        rest = (fitted.passed if shape.compiled else fitted.moved) * passed_by * ways / 2
        if shape.compiled:
            attention *= fitted.looking
        work = (shape.tokens * (products + attention) + logits) / fitted.efficiency
        moved = shape.tokens * rest
        if self.four_bit:
            moved += UNPACK * self.blocks * ways
        calls = fitted.overhead + (fitted.unpacking if self.four_bit else 0)
        seconds = work / self.rate() + moved / (self.device.traffic or TRAFFIC)
        return seconds + calls * info.layers * ways

    def rate(self) -> float:
        """Matrix products a second as probed; a slow guess where nobody probed."""
        return self.device.flops.get(self.compute) or 5e10
