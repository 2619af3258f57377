"""The verbs of models, methods and the machine."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from fake_workspace.opened import Opened
from fake_workspace.options import LORA, PROMPT, TRAINING
from jobs.errors import NotFound
from jobs.types import (
    DeviceInfo,
    ModelInfo,
)


class MachineVerbs(Opened):
    def models(self) -> list[Any]:
        def choice(spec: str, title: str, size: int, fits: bool = True) -> Any:
            return SimpleNamespace(
                spec=spec,
                title=title,
                licence="Apache-2.0",
                parameters=size,
                bytes=2 * size,
                what="A small model that follows instructions in English.",
                fits=fits,
                reason="" if fits else "It needs about 12 GB of memory and 8 GB are free.",
                local=spec == "starter",
            )

        return [
            choice("starter", "Practice model", 6_900_000),
            choice("HuggingFaceTB/SmolLM2-135M-Instruct", "SmolLM2 135M", 134_515_008),
            choice("Qwen/Qwen2.5-1.5B-Instruct", "Qwen2.5 1.5B", 1_543_714_304, False),
        ]

    def model(self, spec: str) -> ModelInfo:
        if spec == "nowhere/none":
            raise NotFound("There is no model “nowhere/none”.", "Check its spelling.")
        return ModelInfo(
            spec,
            "Practice model",
            "causal",
            "llama",
            6_900_000,
            8,
            256,
            704,
            8,
            4,
            4096,
            1024,
            None,
            "Apache-2.0",
        )

    def methods(self, model: str = "starter") -> list[Any]:
        def method(name: str, title: str, what: str, when: str, options: Any, **more: Any) -> Any:
            base = {"available": True, "reason": "", "recommended": False, "front": True}
            return SimpleNamespace(
                name=name,
                title=title,
                what=what,
                when=when,
                options=TRAINING + options,
                **{**base, **more},
            )

        return [
            method(
                "lora",
                "LoRA",
                "Adds small trained layers beside the model’s own.",
                "Right for most things: new styles, formats and facts.",
                LORA,
                recommended=True,
            ),
            method(
                "qlora",
                "QLoRA",
                "LoRA over a base squeezed into 4 bits.",
                "When the model is too large for the memory at hand.",
                LORA,
                available=False,
                reason="The 4-bit kernels do not run on this machine’s processor.",
            ),
            method(
                "prompt-tuning",
                "Prompt tuning",
                "Learns a few invisible words that stand before every prompt.",
                "When the model can do the task and only has to be told.",
                PROMPT,
            ),
            method(
                "p-tuning",
                "P-tuning",
                "Prompt tuning in which a small network writes the prompt’s numbers.",
                "When prompt tuning learns too slowly.",
                PROMPT,
                front=False,
            ),
        ]

    def device(self) -> DeviceInfo | None:
        return DeviceInfo("cpu", "A processor with 2 cores", 16 << 30, 11 << 30, False, None)

    def probe(self) -> DeviceInfo:
        device = self.device()
        assert device
        return device

    def doctor(self, *, afresh: bool = False) -> list[Any]:
        return [SimpleNamespace(title="Memory", ok=True, sentence="11 of 16 GB are free.", cure="")]
