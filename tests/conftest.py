"""Fixtures that several parts share: tiny models, and a stand-in for the Hub on loopback."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent / "support"))


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """`tiny("llama")`: the folder of a two-layer model of a family, written once a session.

    Families: llama, llama-tied, qwen2, gpt2, t5; further arguments change the configuration.
    """
    from tiny_models import write_model

    root = tmp_path_factory.mktemp("tiny-models")
    made: dict[str, Path] = {}

    def make(family: str, **changes: object) -> Path:
        key = f"{family} {sorted(changes.items())}"
        if key not in made:
            made[key] = write_model(root / f"{family}-{len(made)}", family, **changes)
        return made[key]

    return make
