"""Answers of many variants over one loaded base: the base itself, runs of LoRA, soft prompts.

(This module imports torch.)
"""

from __future__ import annotations

import gc
import time
from collections import deque
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import psutil
import torch

from jobs.data.shorten import shorten
from jobs.errors import InputError, NotFound
from jobs.evaluation import loading
from jobs.evaluation.base import LoadAdapter, LoadedBase
from jobs.evaluation.batching import Row, batches
from jobs.evaluation.decoding import Written, decode
from jobs.evaluation.loading import LoadBase, Weights, over_weights, weights_of
from jobs.evaluation.streams import stream
from jobs.evaluation.watch import OnWords, Watch
from jobs.evaluation.wording import Wording
from jobs.types import Completion, GenerationSettings, ModelInfo, Precision, Variant

MEMORY_SHARE = 0.25  # of the memory that is free now, for a batch's keys and values
MOST_ROWS = 256  # in a batch; measured: 128 take a seventh longer, 400 as long, with more memory
PROBE_TOKENS = 64  # of a prompt, to see whether an adapter changes anything


@dataclass(frozen=True)
class Request:
    """A prompt that a variant shall answer; `index` is the caller's own number for it.

    `target_ids` are a reference with its end token whose likelihood is wanted as well; one that
    is longer than answers may be is not asked for. An answer ends before the text `until`.
    """

    variant: str
    index: int
    prompt_ids: tuple[int, ...]
    target_ids: tuple[int, ...] = ()
    until: str = ""


class Answerer:
    """Loads the base once a precision, adds variants to it and lets them answer in mixed batches.

    With `keep`, every precision stays loaded (a playground asks again and again); without, one
    is let go before the next is loaded, and `close` lets go of the last.
    """

    def __init__(
        self,
        info: ModelInfo,
        tokenizer: Any,
        device: str,
        *,
        keep: bool = False,
        load_base: LoadBase | None = None,
        load_adapter: LoadAdapter | None = None,
    ) -> None:
        self.shortened: set[tuple[str, int]] = set()  # (variant, index) of prompts too long
        self._info, self._device, self._keep = info, device, keep
        self._wording = Wording(tokenizer)
        self._load_base = load_base or loading.load_base
        self._load_adapter = load_adapter or loading.load_adapter
        self._variants: dict[str, Variant] = {}
        self._loaded: dict[Weights, LoadedBase] = {}
        self._silent: dict[str, bool] = {}

    def add(self, variant: Variant) -> None:
        """Make a variant known; its adapter is loaded when it is first asked.

        Another one under a name that was used lets go of the base that held the old one's adapter.
        """
        old = self._variants.get(variant.name)
        if old is not None and old != variant:
            if old.adapter is not None or variant.adapter is not None:
                self._loaded.pop(weights_of(old), None)
            self._silent.pop(variant.name, None)
        self._variants[variant.name] = variant

    def answer(
        self,
        requests: Sequence[Request],
        settings: GenerationSettings,
        end_ids: Collection[int],
        pad_id: int,
        on_done: Callable[[str, int, Completion], None],
        stop: Callable[[], bool] = lambda: False,
        on_words: OnWords | None = None,
    ) -> bool:
        """Answer every request and hand out each completion as it ends, in no set order.

        False if `stop` said so before all were done; what was handed out stays good. A prompt
        for which the model has no room beside `max_new_tokens` loses its middle, and is listed
        in `shortened`. `on_words` is told what has been written of those that have not ended.
        """
        watch = None if on_words is None else Watch(on_words, self._wording.growing)
        for variants in self._by_weights(requests):
            base = self._base(variants[0], settings.precision)
            for variant in variants:
                base.add(over_weights(variant))
            names = {variant.name for variant in variants}
            rows = [self._row(base, r, settings) for r in requests if r.variant in names]
            self._probe(base, variants, rows[0].prompt_ids[-PROBE_TOKENS:], pad_id)
            ends = (set(end_ids), pad_id)
            if not self._answer_over(base, rows, settings, ends, on_done, stop, watch):
                return False
        return True

    def holds(self, weights: Weights) -> bool:
        """Whether these are loaded."""
        return weights in self._loaded

    def ready(self, name: str, wanted: Precision) -> int:
        """Load what a variant needs now, so that what is wrong with it is said of it alone; the
        tokens that it puts before a prompt.

        `wanted` is what 4-bit weights compute in, as `GenerationSettings.precision` has it.
        """
        variant = self._variants[name]
        base = self._base(variant, wanted)
        base.add(over_weights(variant))
        return base.virtual_tokens(name)

    def silent_variants(self) -> tuple[str, ...]:
        """Variants whose adapter changed no logit of the first prompt that was answered: it was
        not trained, or not loaded, and its answers are the base's."""
        return tuple(name for name, silent in self._silent.items() if silent)

    def close(self) -> None:
        """Let go of all models and give their memory back."""
        if not self._loaded:
            return  # a walk over all objects of the process takes a third of a second
        self._loaded.clear()
        gc.collect()
        if torch.cuda.is_available():
            torch.cuda.empty_cache()

    def _by_weights(self, requests: Sequence[Request]) -> Iterable[list[Variant]]:
        """The variants that can answer in one batch; what is loaded already comes first."""
        asked: dict[Weights, dict[str, Variant]] = {}
        for name in dict.fromkeys(request.variant for request in requests):
            if name not in self._variants:
                raise NotFound(f"There is no variant “{name}” here.", "Add it before it is asked.")
            variant = self._variants[name]
            asked.setdefault(weights_of(variant), {})[name] = variant
        order = sorted(asked, key=lambda weights: weights not in self._loaded)
        return [list(asked[weights].values()) for weights in order]

    def _base(self, variant: Variant, wanted: Precision) -> LoadedBase:
        weights = weights_of(variant)
        if weights not in self._loaded:
            if not self._keep:
                self.close()
            compute: Precision = "bfloat16" if wanted == "4bit" else wanted
            precision, own = weights
            info = self._info
            if own is not None:
                info = replace(info, path=own, title=variant.name)
            model = self._load_base(info, precision, self._device, compute)
            self._loaded[weights] = LoadedBase(model, self._load_adapter)
        return self._loaded[weights]

    def _row(self, base: LoadedBase, request: Request, settings: GenerationSettings) -> Row:
        virtual = base.virtual_tokens(request.variant)
        room = self._info.max_length - virtual
        if not base.encoder_decoder:
            room -= settings.max_new_tokens
        if room < 1:
            raise InputError(
                f"Answers of {settings.max_new_tokens} tokens leave no room for a prompt:"
                f" “{self._info.title}” holds {self._info.max_length} tokens in all.",
                "Lower the limit on new tokens.",
            )
        ids = tuple(shorten(request.prompt_ids, room))
        if len(ids) < len(request.prompt_ids):
            self.shortened.add((request.variant, request.index))
        target = request.target_ids
        fits = len(target) <= settings.max_new_tokens
        target = target if fits else ()
        return Row(request.variant, request.index, ids, virtual, target, request.until)

    def _probe(
        self, base: LoadedBase, variants: Sequence[Variant], ids: tuple[int, ...], pad_id: int
    ) -> None:
        """One row at a time, so that equal weights give equal bits."""
        tuned = [v for v in map(over_weights, variants) if v.adapter is not None]
        fresh = [v for v in tuned if v.name not in self._silent]
        if not fresh:
            return
        base.add(plain := Variant(" base", fresh[0].precision))
        before = _logits(base, Row(plain.name, 0, ids), pad_id)
        for variant in fresh:
            row = Row(variant.name, 0, ids, base.virtual_tokens(variant.name))
            after = _logits(base, row, pad_id)
            self._silent[variant.name] = bool(torch.equal(before, after))

    def _answer_over(
        self,
        base: LoadedBase,
        rows: Sequence[Row],
        settings: GenerationSettings,
        ends: tuple[set[int], int],
        on_done: Callable[[str, int, Completion], None],
        stop: Callable[[], bool],
        watch: Watch | None,
    ) -> bool:
        budget = free_memory(base.device) * MEMORY_SHARE / self._bytes_a_token(base)
        todo = deque(batches(rows, settings.max_new_tokens, int(budget), MOST_ROWS, base.columns))
        closed = self._wording.closed
        while todo:
            batch = todo.popleft()
            left = {(row.variant, row.index): row for row in batch}
            finished = partial(self._finished, left, time.perf_counter(), on_done)
            try:
                if stop():
                    return False
                if not decode(base, batch, settings, *ends, finished, stop, closed, watch):
                    return False
            except torch.OutOfMemoryError:
                rest = list(left.values())
                if len(rest) < 2:
                    raise
                half = len(rest) // 2
                todo.extendleft((rest[half:], rest[:half]))
                torch.cuda.empty_cache()
        return True

    def _finished(
        self,
        left: dict[tuple[str, int], Row],
        started: float,
        on_done: Callable[[str, int, Completion], None],
        written: Written,
    ) -> None:
        """Hand out one answer; its seconds count from the start of the batch it was written in."""
        row = written.row
        del left[row.variant, row.index]
        seconds = time.perf_counter() - started
        answer = Completion(
            self._wording.whole(row, written.ids),
            len(written.ids),
            written.hit_limit,
            seconds,
            nll=written.nll,
            reference_tokens=len(row.target_ids),
        )
        on_done(row.variant, row.index, answer)

    def _bytes_a_token(self, base: LoadedBase) -> int:
        """Keys and values of one token in every layer, and the mask and activations beside it."""
        info = self._info
        width = info.hidden // max(info.heads, 1) * info.kv_heads
        size = 4 if base.model.dtype == torch.float32 else 2
        return 2 * 2 * max(info.layers, 1) * max(width, 1) * size + 8 * info.hidden * size


@torch.inference_mode()
def _logits(base: LoadedBase, row: Row, pad_id: int) -> torch.Tensor:
    return stream(base, [row], 1, pad_id).read()


def free_memory(device: torch.device | str) -> int:
    """Bytes that a device could still give."""
    where = torch.device(device)
    if where.type == "cuda":
        return int(torch.cuda.mem_get_info(where)[0])
    return int(psutil.virtual_memory().available)
