"""A run as a folder that plain `peft` and `transformers` can load, with its card."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Sequence
from pathlib import Path

from jobs.card import base_name, card, renderer_of
from jobs.errors import AlreadyExists, DiskFull, Unavailable
from jobs.methods import keeps_whole_model
from jobs.models import tokenizer
from jobs.types import DatasetInfo, ModelInfo, RunInfo
from jobs.whole import whole_folder, with_room, writing

ADAPTER = "adapter"
MODEL = "model"


def export(
    run: RunInfo,
    info: ModelInfo,
    dataset: DatasetInfo,
    said: tuple[str, str],
    to: Path,
) -> Path:
    """Write the adapter, its card and (for the starter) its base into `to`: all or nothing.

    `said` is whether it helped and what it forgot, as `card` takes them. A run that is a whole
    model comes with the tokenizer of the one that it was made of.
    """
    if run.learnt is None:
        raise Unavailable(
            f"Run “{run.name}” has nothing to export yet: it is {run.state}.",
            "Wait until it is done, or resume it.",
        )
    with writing(to, "Name another folder."):
        to = to.expanduser().resolve()
        if to.exists() and (not to.is_dir() or any(to.iterdir())):
            raise AlreadyExists(f"“{to}” is there already and not empty.", "Name a new folder.")
        with whole_folder(to, _no_room(run.name)) as half_made:
            _fill(half_made, run.learnt, run, info, dataset, said)
            half_made.chmod(0o755)
    return to


def zip_folder(folder: Path) -> Path:
    """Pack a folder under its own name, beside it.

    Weights hardly compress, so they are stored as they are.
    """
    packed = folder.with_name(f"{folder.name}.zip")
    with with_room(_no_room(folder.name)), zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as file:
        for path in sorted(folder.rglob("*")):
            file.write(path, Path(folder.name) / path.relative_to(folder))
    return packed


def _no_room(name: str) -> DiskFull:
    return DiskFull(
        f"There is too little room for the export of “{name}”.",
        "Free some room, or export it to a folder on a larger disk.",
    )


def _fill(
    folder: Path,
    learnt: Path,
    run: RunInfo,
    info: ModelInfo,
    dataset: DatasetInfo,
    said: tuple[str, str],
) -> None:
    base, renderer = base_name(info, run.method), renderer_of(run, info)
    if keeps_whole_model(run.method):
        shutil.copytree(learnt, folder / MODEL)
        _bring_tokenizer(folder / MODEL, info)
        _name_ends(folder / MODEL, renderer.end_ids)
    else:
        _bring_adapter(learnt, folder, info, base)
    told = {
        "base_model": base,
        "method": run.method,
        "data": run.dataset,
        "options": dict(run.options),
        "seed": run.seed,
        "prompt": renderer.describe(),
    }
    (folder / "attune.json").write_text(
        json.dumps(told, indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    text = card(run, info, dataset, *said)
    (folder / "README.md").write_text(text, encoding="utf-8")


def _bring_adapter(learnt: Path, folder: Path, info: ModelInfo, base: str) -> None:
    shutil.copytree(learnt, folder / ADAPTER)
    if info.spec == "starter":
        assert info.path is not None
        shutil.copytree(info.path, folder / base, ignore=_not_of_the_model)
    config_path = folder / ADAPTER / "adapter_config.json"
    config = json.loads(config_path.read_text(encoding="utf-8"))
    config["base_model_name_or_path"] = base
    config_path.write_text(json.dumps(config, indent=2, sort_keys=True), encoding="utf-8")


def _bring_tokenizer(folder: Path, info: ModelInfo) -> None:
    assert info.path is not None
    for name in tokenizer.FILES:
        if (info.path / name).is_file():
            shutil.copyfile(info.path / name, folder / name)


def _name_ends(folder: Path, ends: Sequence[int]) -> None:
    """Whatever loads the model stops where it was taught to: a chat's turn often ends with a token
    that the base's own configuration does not list."""
    path = folder / "generation_config.json"
    if path.is_file():
        told = json.loads(path.read_text(encoding="utf-8")) | {"eos_token_id": list(ends)}
        path.write_text(json.dumps(told, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def _not_of_the_model(_folder: str, names: list[str]) -> set[str]:
    """All that lies beside the starter's own files: how it was made, what it was measured on."""
    kept = ("config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json")
    return {n for n in names if n not in kept and not n.endswith(".safetensors")}
