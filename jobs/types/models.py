"""What a base model is, and the device that it runs on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Precision = Literal["float32", "bfloat16", "float16", "4bit"]
ModelKind = Literal["causal", "encoder-decoder"]


@dataclass(frozen=True)
class ModelInfo:
    """What a base model is and can do, read from its config and weight headers without torch."""

    spec: str  # what the user gave: "starter", a folder, a Hub id
    title: str
    kind: ModelKind
    architecture: str  # "llama", "gpt2", "t5", ...
    parameters: int
    layers: int
    hidden: int
    intermediate: int
    heads: int
    kv_heads: int
    vocabulary: int
    max_length: int  # tokens that the model can read and write together
    path: Path | None  # where its files lie; None while they are still on the Hub
    licence: str = ""
    revision: str = ""
    bytes: int = 0  # of the weight files
    tied: bool = False  # input and output embeddings are one matrix

    def at_most(self, tokens: int) -> int:
        """So many tokens, or as many as it can read where that is known and fewer."""
        return min(tokens, self.max_length or tokens)


@dataclass(frozen=True)
class DeviceInfo:
    """What a probe in a child process found out about one device by running kernels on it."""

    name: str  # "cpu" or "cuda:0"
    title: str  # "Intel Xeon, 2 cores" or "NVIDIA RTX 4090"
    memory: int  # bytes in all
    free: int
    bfloat16: bool  # natively, emulation not counted
    four_bit: str | None  # None where 4-bit weights work forwards and backwards; else the reason
    flops: Mapping[str, float] = field(default_factory=dict)  # precision -> matrix product FLOP/s
    traffic: float = 0.0  # bytes a second, read and written, of passes that do little else
    imported: float = 0.0  # processor seconds that it took to import torch; 0 where nobody measured
    versions: Mapping[str, str] = field(default_factory=dict)  # torch, transformers, peft, ...
    problem: str | None = None  # why nothing runs on it at all, e.g. a driver that is too old

    @property
    def precision(self) -> Precision:
        """The precision of "auto": bfloat16 where the hardware has it, else float32."""
        return "bfloat16" if self.bfloat16 else "float32"
