"""The Hub: which models are in its cache on this machine, and fetching one that is not.

Only safetensors, configuration and tokenizer are fetched; they stay in the Hub's own cache, so
that other tools share them. `HF_ENDPOINT`, `HF_HOME`, proxies and certificates are honoured, as
huggingface_hub does by itself.
"""

from __future__ import annotations

import logging
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from jobs.models import tokenizer
from jobs.models.checks import check_config, no_weights, pickled_only, read_json
from jobs.models.hub_errors import explain, no_room
from jobs.models.shapes import weight_files

# Top level only: repositories keep copies for other programs in folders of their own.
PATTERNS = (
    *("config.json", "generation_config.json", "README.md", "LICENSE*"),
    *("model.safetensors", "model-*.safetensors", "model.safetensors.index.json"),
    *tokenizer.FILES,
)
INSTEAD = "choose “starter”, or give the folder of a model that you have"
SPARE = 500 * 2**20  # left free on the volume: other programs want to live too

# Bytes done and in all.
OnProgress = Callable[[int, int], None]


def is_id(spec: str) -> bool:
    """Whether the text has the form of a model id: "owner/model", or an old one like "gpt2"."""
    part = r"[A-Za-z0-9](?:[\w.-]{0,94}[A-Za-z0-9])?"
    return bool(re.fullmatch(f"(?:{part}/)?{part}", spec)) and not re.search(r"--|\.\.", spec)


def cached(spec: str) -> Path | None:
    """The folder of a model that is whole in the cache on this machine; never asks the network."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, IncompleteSnapshotError

    try:
        folder = Path(snapshot_download(spec, allow_patterns=list(PATTERNS), local_files_only=True))
    except (FileNotFoundError, IncompleteSnapshotError, HfHubHTTPError):
        return None
    return folder if (folder / "config.json").is_file() and _weights_whole(folder) else None


def fetch(spec: str, progress: OnProgress, *, token: str | None = None) -> Path:
    """Bring a model into the Hub's cache and return its folder.

    A model that is here already is not asked for again: a newer version of it would be another
    base than the one that runs were trained on. An interrupted fetch goes on where it was.
    Exceptions of `progress` end it (a stop request can raise). Errors: `NotFound`, `Unavailable`
    (gated, no network), `ModelError` (pickles only, needs code of its own), `DiskFull`.
    """
    from huggingface_hub.errors import HTTPError

    here = cached(spec)
    if here is not None:
        return here
    try:
        with quiet():
            return _fetch(spec, progress, token)
    except (OSError, HTTPError) as error:
        raise explain(spec, error, noun="model", instead=INSTEAD) from error


def _fetch(spec: str, progress: OnProgress, token: str | None) -> Path:
    from huggingface_hub import snapshot_download

    plan = _plan(spec, token)
    total = sum(f.file_size or 0 for f in plan)
    missing = sum(f.file_size or 0 for f in plan if f.will_download)
    folder = snapshot_download(
        spec,
        allow_patterns=list(PATTERNS),
        token=token,
        tqdm_class=counter(progress, total - missing, total),
    )
    progress(total, total)
    return Path(folder)


def _plan(spec: str, token: str | None) -> list[Any]:
    """What a fetch would bring, once all is checked that can be checked before it."""
    from huggingface_hub import snapshot_download

    silent = counter(lambda done, total: None, 0, 0)
    plan: list[Any] = snapshot_download(
        spec, allow_patterns=list(PATTERNS), token=token, dry_run=True, tqdm_class=silent
    )
    _check_weights(spec, plan, token)
    _check_configuration(spec, token, silent)
    check_room(spec, sum(f.file_size or 0 for f in plan if f.will_download))
    return plan


def check(spec: str, *, token: str | None = None) -> None:
    """Ask the Hub whether a model could be fetched; the errors are those of `fetch`."""
    from huggingface_hub.errors import HTTPError

    try:
        with quiet():
            _plan(spec, token)
    except (OSError, HTTPError) as error:
        raise explain(spec, error, noun="model", instead=INSTEAD) from error


@contextmanager
def quiet() -> Iterator[None]:
    """No hints of huggingface_hub in the terminal: what matters comes back as an error."""
    logger = logging.getLogger("huggingface_hub")
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(before)


def _weights_whole(folder: Path) -> bool:
    files = weight_files(folder)
    return bool(files) and all(f.is_file() for f in files)


def _check_weights(spec: str, plan: list[Any], token: str | None) -> None:
    """Refuse a model without safetensors before anything large is fetched."""
    names = {f.filename for f in plan}
    if any(name.endswith(".safetensors") for name in names):
        return
    from huggingface_hub import HfApi

    everything = HfApi().list_repo_files(spec, token=token)
    pickled = any(name.endswith((".bin", ".pt", ".pth", ".ckpt")) for name in everything)
    raise pickled_only(spec) if pickled else no_weights(spec)


def _check_configuration(spec: str, token: str | None, silent: Any) -> None:
    from huggingface_hub import hf_hub_download
    from huggingface_hub.errors import EntryNotFoundError

    try:
        path = Path(hf_hub_download(spec, "config.json", token=token, tqdm_class=silent))
    except EntryNotFoundError:
        raise no_weights(spec) from None
    check_config(read_json(path.parent, "config.json"), spec)


def check_room(spec: str, missing: int) -> None:
    """Raise `DiskFull` unless so many bytes more fit where the Hub's files are kept."""
    from huggingface_hub import constants

    folder = Path(constants.HF_HUB_CACHE).expanduser()
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    if missing and missing + SPARE > free:
        raise no_room(spec, f"{missing / 1e9:.1f} GB are missing, {free / 1e9:.1f} GB are free")


def counter(progress: OnProgress, before: int, total: int) -> Any:
    """A class in the place of tqdm that tells bytes instead of drawing bars.

    huggingface_hub makes a bar for bytes received, one for bytes written and one for files; the
    further of the first two counts.
    """
    counts: dict[int, float] = {}

    class Counter:
        def __init__(self, iterable: Iterable[Any] = (), *args: Any, **kwargs: Any) -> None:
            self.iterable = iterable
            self.total: float | None = kwargs.get("total")
            self.n: float = kwargs.get("initial") or 0
            self.in_bytes = kwargs.get("unit") == "B"
            self.format_dict: dict[str, Any] = {"rate": None}

        def update(self, n: float | None = 1) -> None:
            self.n += n or 0
            if self.in_bytes:
                counts[id(self)] = self.n
                progress(min(total, before + int(max(counts.values()))), total)

        def __iter__(self) -> Iterator[Any]:
            return iter(self.iterable)

        def __enter__(self) -> Counter:
            return self

        def __exit__(self, *exc: object) -> None:
            return None

        def refresh(self, *args: Any, **kwargs: Any) -> None:
            return None

        close = clear = set_description = set_description_str = refresh
        set_postfix = set_postfix_str = reset = refresh

    return Counter
