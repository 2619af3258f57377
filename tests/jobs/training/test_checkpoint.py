"""What stands under a step's number is whole, whatever happened meanwhile."""

from __future__ import annotations

import errno
from collections.abc import Callable
from pathlib import Path

import pytest

from jobs.errors import DiskFull, ModelError
from jobs.training import checkpoint
from jobs.training.progress import Progress


def adapter(folder: Path) -> None:
    folder.mkdir()
    (folder / "adapter_model.safetensors").write_bytes(b"weights")


def no_room(folder: Path) -> None:
    adapter(folder)
    raise OSError(errno.ENOSPC, "No space left on device")


def test_what_was_written_is_read_back(tmp_path: Path) -> None:
    import torch

    progress = Progress(step=4, best_step=2, best_loss=0.5, checks=[(2, 0.5), (4, 0.75)])
    tensors = {"weights": {"a": torch.arange(3.0)}, "random": {"cpu": torch.get_rng_state()}}
    folder = checkpoint.write(tmp_path, progress, tensors, adapter)
    assert folder == tmp_path / "4"
    found, state = checkpoint.read(folder)
    assert found == progress
    assert torch.equal(state["weights"]["a"], torch.arange(3.0))


def test_a_volume_that_runs_full_leaves_nothing_half_made(tmp_path: Path) -> None:
    checkpoint.write(tmp_path, Progress(step=1), {}, adapter)
    with pytest.raises(DiskFull, match="Free some room"):
        checkpoint.write(tmp_path, Progress(step=2), {}, no_room)
    assert checkpoint.steps(tmp_path) == [1]
    assert [p.name for p in tmp_path.iterdir()] == ["1"]


def test_room_is_looked_for_before_the_first_byte(tmp_path: Path) -> None:
    checkpoint.room_for(tmp_path, 1)
    with pytest.raises(DiskFull):
        checkpoint.room_for(tmp_path, 10**18)


def test_what_a_crash_left_half_written_is_no_checkpoint(tmp_path: Path) -> None:
    (tmp_path / ".7.half").mkdir()
    assert checkpoint.steps(tmp_path) == []
    checkpoint.write(tmp_path, Progress(step=7), {}, adapter)
    assert [p.name for p in tmp_path.iterdir()] == ["7"]


def test_the_newest_two_and_the_best_stay(tmp_path: Path) -> None:
    for step in (2, 4, 6, 8, 10):
        checkpoint.write(tmp_path, Progress(step=step), {}, adapter)
    checkpoint.prune(tmp_path, {4})
    assert checkpoint.steps(tmp_path) == [4, 8, 10]
    checkpoint.drop_after(tmp_path, 4)
    assert checkpoint.steps(tmp_path) == [4]


def flip(path: Path) -> None:
    """Turn over one bit in the middle: torch reads such a file without a word."""
    found = bytearray(path.read_bytes())
    found[len(found) // 2] ^= 8
    path.write_bytes(found)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-7])


@pytest.mark.parametrize("damage", [flip, cut, Path.unlink])
@pytest.mark.parametrize("name", ["state.pt", "adapter/adapter_model.safetensors"])
def test_a_damaged_checkpoint_is_passed_over_for_the_one_before_it(
    tmp_path: Path, damage: Callable[[Path], None], name: str
) -> None:
    import torch

    tensors = {"weights": {"a": torch.arange(1000.0)}}
    folders = [checkpoint.write(tmp_path, Progress(step=s), tensors, adapter) for s in (2, 4, 6)]
    assert checkpoint.newest_whole(folders) == (folders[2], [])
    damage(folders[2] / name)
    with pytest.raises(ModelError, match="step 6"):
        checkpoint.read(folders[2])
    found, wrong = checkpoint.newest_whole(folders)
    assert found == folders[1]
    assert len(wrong) == 1
    assert name in wrong[0]
    damage(folders[1] / name)
    damage(folders[0] / name)
    assert checkpoint.newest_whole(folders)[0] is None


@pytest.mark.parametrize("text", ["", "[]", "{", '{"state.pt": 7}'])
def test_sums_that_are_damaged_themselves_are_not_believed(tmp_path: Path, text: str) -> None:
    folder = checkpoint.write(tmp_path, Progress(step=2), {}, adapter)
    (folder / "sums.json").write_text(text)
    assert checkpoint.newest_whole([folder])[0] is None


def test_a_checkpoint_of_an_earlier_release_is_taken_as_it_is(tmp_path: Path) -> None:
    folder = checkpoint.write(tmp_path, Progress(step=2), {}, adapter)
    (folder / "sums.json").unlink()
    assert checkpoint.newest_whole([folder]) == (folder, [])
    assert checkpoint.read(folder)[0].step == 2


def test_a_run_that_is_done_keeps_adapters_alone(tmp_path: Path) -> None:
    for step in (2, 4):
        checkpoint.write(tmp_path, Progress(step=step), {}, adapter)
    (tmp_path / ".6.half").mkdir()
    checkpoint.shed(tmp_path)
    kept = sorted(str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*") if p.is_file())
    assert kept == [f"{step}/adapter/adapter_model.safetensors" for step in (2, 4)]


def test_a_damaged_checkpoint_is_an_error_with_a_cure(tmp_path: Path) -> None:
    folder = checkpoint.write(tmp_path, Progress(step=3), {}, adapter)
    (folder / "state.pt").write_bytes(b"nothing of use")
    with pytest.raises(ModelError, match="step 3"):
        checkpoint.read(folder)


def test_a_done_run_sheds_what_only_a_resume_needs(tmp_path):
    for step in (5, 10):
        adapter = tmp_path / str(step) / "adapter"
        adapter.mkdir(parents=True)
        (adapter / "adapter_model.safetensors").write_bytes(b"x" * 100)
        (tmp_path / str(step) / "state.pt").write_bytes(b"x" * 900)
    (tmp_path / "7").mkdir()
    checkpoint.shed(tmp_path)
    checkpoint.shed(tmp_path)
    checkpoint.shed(tmp_path / "never")
    assert not list(tmp_path.rglob("state.pt"))
    assert len(list(tmp_path.rglob("adapter_model.safetensors"))) == 2
