"""Pre-training: the model, its optimizers, the schedule, the loop."""

import ctypes
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from torch.nn.functional import cross_entropy
from transformers import GenerationConfig, LlamaConfig, LlamaForCausalLM

from .packing import Batch
from .team import Team
from .tokenizer import MAX_LENGTH

Loss = Callable[[Batch], torch.Tensor]


@dataclass(frozen=True)
class Options:
    """How large, how long, how fast.

    Training ends at `tokens` or at `minutes`, whichever comes first; the learning rate follows.
    `muon_rate` is for the matrices inside the layers, `adam_rate` for embeddings and norms.
    """

    width: int = 384
    layers: int = 4
    inner: int = 1024
    tokens: int = 35_000_000
    minutes: float = 60.0
    micro_batches: int = 2
    muon_rate: float = 0.02
    adam_rate: float = 4e-3
    warm_up: float = 0.01
    seed: int = 1


def keep_memory() -> None:
    """Tell glibc to keep freed memory; giving every large buffer back costs half of the time."""
    libc = ctypes.CDLL(None)
    if hasattr(libc, "mallopt"):
        trim_threshold, mmap_max = -1, -4
        libc.mallopt(mmap_max, 0)
        libc.mallopt(trim_threshold, 2**31 - 1)


def create(options: Options, vocabulary: int, pad: int, end: int) -> LlamaForCausalLM:
    """An untrained model."""
    torch.manual_seed(options.seed)
    heads = options.width // 64
    config = LlamaConfig(
        vocab_size=vocabulary,
        hidden_size=options.width,
        num_hidden_layers=options.layers,
        intermediate_size=options.inner,
        num_attention_heads=heads,
        num_key_value_heads=heads,
        max_position_embeddings=MAX_LENGTH,
        tie_word_embeddings=True,
        pad_token_id=pad,
        bos_token_id=None,
        eos_token_id=end,
    )
    model = LlamaForCausalLM(config)
    model.generation_config = GenerationConfig(
        do_sample=False, eos_token_id=end, pad_token_id=pad, max_new_tokens=128
    )
    return model


def loss_of(model: LlamaForCausalLM) -> Loss:
    """The summed weighted loss of a batch; a token sees only its own document."""

    def loss(batch: Batch) -> torch.Tensor:
        length = batch.ids.shape[1]
        same = batch.segments[:, :, None] == batch.segments[:, None, :]
        mask = (same & torch.ones(length, length, dtype=torch.bool).tril())[:, None]
        with torch.autocast("cpu", torch.bfloat16):
            hidden = model.model(
                input_ids=batch.ids,
                attention_mask=mask,
                position_ids=batch.positions,
                use_cache=False,
            ).last_hidden_state
            logits = model.lm_head(hidden[:, :-1])
        each = cross_entropy(
            logits.flatten(0, 1).float(), batch.ids[:, 1:].flatten(), reduction="none"
        )
        return (each * batch.weights[:, 1:].flatten()).sum()

    return loss


def optimizers(model: LlamaForCausalLM, options: Options) -> list[torch.optim.Optimizer]:
    """Muon for the matrices inside the layers, Adam for the rest."""
    inside = [p for name, p in model.named_parameters() if p.ndim == 2 and "embed" not in name]
    ids = {id(p) for p in inside}
    outside = [p for p in model.parameters() if id(p) not in ids]
    return [
        torch.optim.Muon(inside, lr=options.muon_rate, momentum=0.95, weight_decay=0.05),
        torch.optim.AdamW(
            outside, lr=options.adam_rate, betas=(0.9, 0.95), weight_decay=0.0, fused=True
        ),
    ]


def factor(done: float, warm_up: float) -> float:
    """The learning rate's share at this share of training: up at once, level, down to nothing."""
    if done < warm_up:
        return done / warm_up
    return 1.0 if done < 0.4 else max(0.0, (1.0 - done) / 0.6)


@dataclass
class Progress:
    """How far training is; `loss` is a running mean."""

    steps: int = 0
    tokens: int = 0
    minutes: float = 0.0
    loss: float = math.nan

    def line(self) -> str:
        """For the log."""
        return (
            f"step {self.steps} tokens {self.tokens} minutes {self.minutes:.2f} "
            f"loss {self.loss:.4f}\n"
        )


def step(model: LlamaForCausalLM, loss: Loss, micro: list[Batch], team: Team) -> tuple[float, int]:
    """Gradients of a step over the whole team; returns its mean loss and its tokens."""
    weights = sum(float(b.weights[:, 1:].sum()) for b in micro)
    tokens = sum(int((b.segments > 0).sum()) for b in micro)
    total, all_tokens = team.add_up([weights, float(tokens)])
    value = 0.0
    for batch in micro:
        part = loss(batch) / total
        part.backward()
        value += float(part.detach())
    team.add_gradients(model)
    return team.add_up([value])[0], int(all_tokens)


def train(
    model: LlamaForCausalLM, stream: Iterator[Batch], options: Options, log: Path, team: Team
) -> Progress:
    """Train until tokens or minutes are used up; writes a log and now and then a snapshot."""
    model.train()
    loss = torch.compile(loss_of(model), dynamic=False)
    makers = optimizers(model, options)
    peaks = [[group["lr"] for group in maker.param_groups] for maker in makers]
    start, progress = time.monotonic(), Progress()
    while True:
        # every member must leave in the same step, so the clock that counts is the mean of all
        elapsed = team.add_up([(time.monotonic() - start) / 60])[0]
        progress.minutes = elapsed / team.size
        done = max(progress.tokens / options.tokens, progress.minutes / options.minutes)
        if done >= 1.0:
            return progress
        micro = [next(stream) for _ in range(max(1, options.micro_batches // team.size))]
        value, tokens = step(model, loss, micro, team)
        for maker, rates in zip(makers, peaks, strict=True):
            for group, peak in zip(maker.param_groups, rates, strict=True):
                group["lr"] = peak * factor(done + 1e-4, options.warm_up)
            maker.step()
            maker.zero_grad()
        progress.tokens += tokens
        progress.steps += 1
        first = math.isnan(progress.loss)
        progress.loss = value if first else 0.95 * progress.loss + 0.05 * value
        if team.rank == 0 and progress.steps % 20 == 0:
            with log.open("a", encoding="utf-8") as file:
                file.write(progress.line())
        if team.rank == 0 and progress.steps % 300 == 0:
            torch.save(model.state_dict(), log.with_suffix(".pt"))


def save(model: LlamaForCausalLM, folder: Path) -> None:
    """Write the model in bfloat16 as `from_pretrained` reads it."""
    model.eval()
    model.bfloat16()
    model.save_pretrained(folder)
