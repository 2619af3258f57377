"""Fetching from a Hub: the real client against a stand-in server."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections import namedtuple
from pathlib import Path

import pytest

from jobs.errors import DiskFull, ModelError, NotFound, Unavailable
from jobs.models import hub as hub_module
from jobs.models.load import load_base
from jobs.models.source import resolve

ID = "somebody/tiny-llama"


def ignore(done: int, total: int) -> None:
    """No progress wanted."""


def test_fetches_with_progress_then_resolves_from_the_cache(hub, tiny):
    folder = tiny("llama")
    hub.add(ID, folder, pytorch_model__bin=b"pickle", code__py=b"print()")
    before = resolve(ID)
    assert before.path is None
    assert before.parameters == 0
    seen: list[tuple[int, int]] = []
    path = hub_module.fetch(ID, lambda done, total: seen.append((done, total)))
    names = {p.name for p in path.iterdir()}
    assert {"config.json", "model.safetensors", "tokenizer.json"} <= names
    assert not names & {"pytorch_model.bin", "code.py"}
    total = sum((path / n).stat().st_size for n in names)
    assert seen[-1] == (total, total)
    assert [d for d, _ in seen] == sorted(d for d, _ in seen)
    info = resolve(ID)
    assert info.path == path
    assert info.title == ID
    assert info.revision == hub.repositories[ID].commit
    assert load_base(info, "float32", "cpu").name_or_path == ID


def test_what_is_here_is_not_fetched_again_and_needs_no_network(hub, tiny):
    hub.add(ID, tiny("llama"))
    hub_module.fetch(ID, ignore)
    hub.requests.clear()
    assert hub_module.fetch(ID, ignore) == resolve(ID).path
    assert hub.requests == []
    hub.stop()
    assert hub_module.fetch(ID, ignore) == resolve(ID).path


def test_an_interrupted_fetch_goes_on(hub, tiny):
    hub.add(ID, tiny("llama"))
    hub.break_after = 100_000
    with pytest.raises(Unavailable):
        hub_module.fetch(ID, ignore)
    assert resolve(ID).path is None
    hub.break_after = None
    assert hub_module.fetch(ID, ignore) == resolve(ID).path


def test_resolving_never_asks_the_network(hub, tiny):
    hub.add(ID, tiny("llama"))
    resolve(ID)
    assert hub.requests == []


def test_unknown_id(hub):
    with pytest.raises(NotFound, match="no model “somebody/nothing”"):
        hub_module.fetch("somebody/nothing", ignore)


def test_gated_model_and_the_token_that_opens_it(hub, tiny):
    from hub_server import TOKEN

    hub.add(ID, tiny("llama"), gated=True)
    with pytest.raises(Unavailable, match="accepted its terms"):
        hub_module.fetch(ID, ignore)
    assert hub_module.fetch(ID, ignore, token=TOKEN).is_dir()


def test_a_token_that_is_not_accepted(hub, tiny):
    hub.add(ID, tiny("llama"))
    with pytest.raises(Unavailable, match="does not accept your token"):
        hub_module.fetch(ID, ignore, token="hf_expired")


def test_no_network(hub, tiny):
    hub.add(ID, tiny("llama"))
    hub.stop()
    with pytest.raises(Unavailable, match="cannot be reached") as caught:
        hub_module.fetch(ID, ignore)
    assert "starter" in caught.value.cure


def test_offline_by_environment(hub, tiny, monkeypatch):
    from huggingface_hub import constants

    hub.add(ID, tiny("llama"))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(Unavailable, match="cannot be reached"):
        hub_module.fetch(ID, ignore)
    assert hub.requests == []


def test_pickled_weights_are_refused_before_they_are_fetched(hub, tmp_path):
    hub.add(ID, tmp_path, config__json=b'{"model_type": "llama"}', pytorch_model__bin=b"x" * 99)
    with pytest.raises(ModelError, match="pickle files"):
        hub_module.fetch(ID, ignore)
    assert not [r for r in hub.requests if r.endswith(".bin")]


def test_custom_code_is_refused_before_the_weights_are_fetched(hub, tiny):
    config = b'{"model_type": "their_own", "auto_map": {"AutoModel": "code.Model"}}'
    hub.add(ID, tiny("llama"), config__json=config)
    with pytest.raises(ModelError, match="program code"):
        hub_module.fetch(ID, ignore)
    assert not [r for r in hub.requests if r.startswith("GET") and r.endswith(".safetensors")]


def test_no_room_is_told_before_anything_is_fetched(hub, tiny, monkeypatch):
    hub.add(ID, tiny("llama"))
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(hub_module.shutil, "disk_usage", lambda folder: usage(1, 1, 1000))
    with pytest.raises(DiskFull, match="too little room"):
        hub_module.fetch(ID, ignore)
    assert not [r for r in hub.requests if r.startswith("GET") and r.endswith(".safetensors")]


def test_a_disk_that_fills_up_underway(hub, tiny, monkeypatch):
    hub.add(ID, tiny("llama"))

    def full(done: int, total: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(DiskFull):
        hub_module.fetch(ID, full)


def test_a_stop_ends_it_and_leaves_no_model_that_looks_whole(hub, tiny):
    hub.add(ID, tiny("llama"))

    class Stopped(Exception):
        pass

    def stop(done: int, total: int) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        hub_module.fetch(ID, stop)
    assert resolve(ID).path is None
    assert hub_module.fetch(ID, ignore).is_dir()


@pytest.mark.parametrize("spec", ["a/b", "gpt2", "Qwen/Qwen2.5-0.5B-Instruct", "a_b/c-d.e"])
def test_ids(spec):
    assert hub_module.is_id(spec)


@pytest.mark.parametrize("spec", ["", "a/b/c", "../x", "/etc", "a b", "a/..", "x--y", "-a", "a/"])
def test_no_ids(spec):
    assert not hub_module.is_id(spec)


def test_children_see_the_stand_in_too(hub, tiny):
    hub.add(ID, tiny("llama"))
    code = f"from jobs.models.hub import fetch; print(fetch({ID!r}, lambda d, t: None))"
    root = str(Path(hub_module.__file__).parents[2])
    told = subprocess.run(
        [sys.executable, "-P", "-c", code],
        env=os.environ | {"PYTHONPATH": root},
        capture_output=True,
        text=True,
        check=True,
    )
    assert resolve(ID).path == Path(told.stdout.strip())
    assert told.stderr == ""
