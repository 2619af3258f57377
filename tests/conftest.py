"""Fixtures that several parts share: tiny models, and a stand-in for the Hub on loopback."""

from __future__ import annotations

import csv
import os
import random
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from hub_server import HubServer

if "PYTEST_XDIST_WORKER" in os.environ:  # torch's threads wait for one another in every operation
    os.environ.setdefault("OMP_NUM_THREADS", "1")

# How long an example takes says how busy the machine is, and nothing of the code.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

COLOURS = ("red", "green", "blue", "yellow", "white", "black", "brown", "grey")
THINGS = ("door", "lamp", "table", "chair", "window", "basket", "mirror", "shelf", "clock", "rug")

sys.path.append(str(Path(__file__).parent / "support"))


@pytest.fixture(scope="session")
def fakes() -> Any:
    """The workspace of believable rows that the pages are tried with."""
    import fake_workspace

    return fake_workspace


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


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[HubServer]:
    """A stand-in for the Hub with an empty cache, for this process and its children.

    `hub.add("owner/name", tiny("llama"))` gives it a model; `hub.stop()` takes the network away.
    """
    from hub_server import HubServer
    from huggingface_hub import constants

    with HubServer() as server:
        home = tmp_path / "huggingface"
        for name, value in {
            **{"HF_ENDPOINT": server.url, "HF_HOME": str(home), "HF_HUB_DISABLE_XET": "1"},
            **{"HF_HUB_CACHE": str(home / "hub"), "NO_PROXY": "127.0.0.1"},
        }.items():
            monkeypatch.setenv(name, value)
        for name in ("HF_TOKEN", "HF_HUB_OFFLINE"):
            monkeypatch.delenv(name, raising=False)
        # huggingface_hub reads its environment once, when it is imported.
        template = server.url + "/{repo_id}/resolve/{revision}/{filename}"
        for name, constant in {
            **{"ENDPOINT": server.url, "HUGGINGFACE_CO_URL_TEMPLATE": template},
            **{"HF_HUB_CACHE": str(home / "hub"), "HF_HUB_DISABLE_XET": True},
            **{"HF_HUB_OFFLINE": False, "HF_TOKEN_PATH": str(home / "token")},
        }.items():
            monkeypatch.setattr(constants, name, constant)
        yield server


@pytest.fixture(scope="session")
def rows_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """560 rows of a small habit that LoRA picks up in seconds, no prompt twice."""
    path = tmp_path_factory.mktemp("files") / "habit.csv"
    drawn = random.Random(1)
    rows = [
        (f"The {colour} {thing} number {number}.", f"One {thing}, {colour}, kept as {number}.")
        for colour in COLOURS
        for thing in THINGS
        for number in drawn.sample(range(10, 99), 7)
    ]
    drawn.shuffle(rows)
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("question", "answer"), *rows])
    return path
