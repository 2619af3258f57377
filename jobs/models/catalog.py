"""A short list of small open models, since a newcomer knows no ids.

Facts from the models' own cards and configurations; parameters are checked against the shapes
by a test. Sizes are of the weight files that are fetched.
"""

from __future__ import annotations

from dataclasses import dataclass

from jobs.types import DeviceInfo, ModelInfo, ModelKind


@dataclass(frozen=True)
class Entry:
    """A model that is known by its id before it is on this machine."""

    id: str
    title: str
    what: str
    parameters: int
    bytes: int
    architecture: str
    layers: int
    hidden: int
    intermediate: int
    heads: int
    kv_heads: int
    vocabulary: int
    max_length: int
    licence: str = "apache-2.0"
    kind: ModelKind = "causal"
    tied: bool = True


ENTRIES = (
    Entry(
        "HuggingFaceTB/SmolLM2-135M-Instruct",
        "SmolLM2 135M",
        "The smallest that writes fluent English; trains without a GPU.",
        *(134_515_008, 269_060_552, "llama", 30, 576, 1536, 9, 3, 49_152, 8192),
    ),
    Entry(
        "HuggingFaceTB/SmolLM2-360M-Instruct",
        "SmolLM2 360M",
        "English, a good deal better than the 135M.",
        *(361_821_120, 723_674_912, "llama", 32, 960, 2560, 15, 5, 49_152, 8192),
    ),
    Entry(
        "Qwen/Qwen2.5-0.5B-Instruct",
        "Qwen2.5 0.5B",
        "Many languages; a good first choice with a small GPU.",
        *(494_032_768, 988_097_824, "qwen2", 24, 896, 4864, 14, 2, 151_936, 32_768),
    ),
    Entry(
        "Qwen/Qwen3-0.6B",
        "Qwen3 0.6B",
        "Many languages, newer; may think aloud before it answers.",
        *(596_049_920, 1_503_300_328, "qwen3", 28, 1024, 3072, 16, 8, 151_936, 40_960),
    ),
    Entry(
        "TinyLlama/TinyLlama-1.1B-Chat-v1.0",
        "TinyLlama 1.1B",
        "English chat; the Llama family in small.",
        *(1_100_048_384, 2_200_119_864, "llama", 22, 2048, 5632, 32, 4, 32_000, 2048),
        tied=False,
    ),
    Entry(
        "Qwen/Qwen2.5-1.5B-Instruct",
        "Qwen2.5 1.5B",
        "Many languages; for a GPU with 8 GB or more.",
        *(1_543_714_304, 3_087_467_144, "qwen2", 28, 1536, 8960, 12, 2, 151_936, 32_768),
    ),
    Entry(
        "HuggingFaceTB/SmolLM2-1.7B-Instruct",
        "SmolLM2 1.7B",
        "English; for a GPU with 8 GB or more.",
        *(1_711_376_384, 3_422_777_952, "llama", 24, 2048, 8192, 32, 32, 49_152, 8192),
    ),
    Entry(
        "google/flan-t5-small",
        "FLAN-T5 small",
        "Reads first, then writes: short answers, labels and summaries; trains without a GPU.",
        *(76_961_152, 307_867_048, "t5", 8, 512, 1024, 6, 6, 32_128, 1024),
        kind="encoder-decoder",
        tied=False,
    ),
    Entry(
        "google/flan-t5-base",
        "FLAN-T5 base",
        "Reads first, then writes: better at it than the small one.",
        *(247_577_856, 990_345_061, "t5", 12, 768, 2048, 12, 12, 32_128, 1024),
        kind="encoder-decoder",
        tied=False,
    ),
)

BYTES_A_WEIGHT = {"float32": 4.0, "bfloat16": 2.0, "float16": 2.0}
# NF4 with double quantization: 4 bits, and 8 bits + 32/256 bits a block of 64.
BYTES_A_4BIT_WEIGHT = 0.5 + (1 + 4 / 256) / 64
# Activations, logits and optimizer of a small batch, as a share of the weights plus a floor.
WORKING_SHARE = 0.6
WORKING_FLOOR = 700 * 2**20


def entry(spec: str) -> Entry | None:
    """The entry of this id; the Hub's ids do not tell upper case from lower."""
    return next((e for e in ENTRIES if e.id.lower() == spec.lower()), None)


def licence(spec: str) -> str:
    """The licence of a listed model, "" of any other."""
    found = entry(spec)
    return found.licence if found else ""


def known(spec: str) -> ModelInfo | None:
    """A listed model as `ModelInfo`, its files not yet here."""
    found = entry(spec)
    if found is None:
        return None
    return ModelInfo(
        spec=spec,
        title=found.title,
        kind=found.kind,
        architecture=found.architecture,
        parameters=found.parameters,
        layers=found.layers,
        hidden=found.hidden,
        intermediate=found.intermediate,
        heads=found.heads,
        kv_heads=found.kv_heads,
        vocabulary=found.vocabulary,
        max_length=found.max_length,
        path=None,
        licence=found.licence,
        bytes=found.bytes,
        tied=found.tied,
    )


def weight_memory(info: Entry | ModelInfo, precision: str) -> int:
    """Bytes of the loaded weights; in 4 bits the embeddings stay in bfloat16."""
    if precision != "4bit":
        return round(info.parameters * BYTES_A_WEIGHT[precision])
    embeddings = info.vocabulary * info.hidden * (1 if info.tied else 2)
    packed = max(0, info.parameters - embeddings)
    return round(embeddings * 2 + packed * BYTES_A_4BIT_WEIGHT)


def fits(
    found: Entry | ModelInfo, device: DeviceInfo, precision_of_base: str | None = None
) -> tuple[bool, str]:
    """Whether a small training of the model fits on the device, and why not.

    A rough word for the list of models; the forecast knows the data and the options.
    """
    if precision_of_base == "4bit" and device.four_bit is not None:
        return False, device.four_bit
    if not found.parameters:
        return True, ""
    precision = precision_of_base or device.precision
    weights = weight_memory(found, precision)
    full = weight_memory(found, device.precision)
    needed = weights + round(WORKING_SHARE * full) + WORKING_FLOOR
    if needed <= device.memory:
        return True, ""
    has = f"this machine has {device.memory / 1e9:.1f} GB"
    return False, f"Needs about {needed / 1e9:.1f} GB of memory; {has}."
