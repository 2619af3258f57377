"""Data sets of the Hub by their names: which parts they have, and a part as one file.

Files lie in the Hub's own cache, where other tools share them; `HF_ENDPOINT`, `HF_HOME`,
`HF_TOKEN`, proxies and certificates are honoured, as huggingface_hub does by itself. Nothing of a
data set is run: one that comes as a script is read as the Parquet files that the Hub made of it.
"""

from __future__ import annotations

import contextlib
import re
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from jobs.data.formats import formats
from jobs.data.progress import OnProgress, Progress, silent
from jobs.data.shards import join
from jobs.errors import DataError, InputError
from jobs.models import hub
from jobs.models.hub_errors import explain
from jobs.workspace.answers import FetchedData, HubPart

CONVERTED = "refs/convert/parquet"  # the branch on which the Hub keeps Parquet of every data set
FETCHING = 0.8  # of the work, where the pieces of a part are put together afterwards
SHARD = re.compile(r"(?P<stem>.*?)[-_.]?\d{3,6}-of-\d{3,6}(?:-[0-9a-f]+)?")
NUMBERED = re.compile(r"\d{3,6}")  # a file of a folder of pieces: train/0000.parquet
CURE_NAME = "Write it as on its page: owner/name."


@dataclass(frozen=True)
class _Listing:
    """What a data set holds at one commit."""

    name: str
    commit: str
    parts: tuple[HubPart, ...]


def fetch(
    given: str, wanted: str | None, folder: Path, progress: OnProgress = silent
) -> FetchedData:
    """Bring a part of a data set onto this machine; the one to train on where none is named.

    Pieces of one part are put together into a new folder in `folder`. What `progress` raises ends
    it. Errors: `InputError` (no name, no such part), `NotFound`, `Unavailable` (gated, no network),
    `DataError` (nothing in it that can be read), `DiskFull`.
    """
    from huggingface_hub.errors import HTTPError

    name = data_name(given)
    try:
        with hub.quiet():
            listing = _listed(name)
            part = _chosen(listing, wanted)
            paths = _downloaded(listing, part, progress)
    except (OSError, HTTPError) as error:
        raise explain(
            name, error, noun="data set", instead="or bring the data as a file"
        ) from error
    path = paths[0]
    if len(paths) > 1:
        place = Path(tempfile.mkdtemp(prefix="hub-", dir=_made(folder)))
        path = place / f"{PurePosixPath(part.name).name}.parquet"
        share = 1 - FETCHING
        join(
            paths,
            path,
            lambda at: progress(Progress("Putting it together", FETCHING + share * at, 0)),
        )
    source = f"{name}, {part.name}, {listing.commit[:7]}"
    return FetchedData(name, path, part.name, tuple(p.name for p in listing.parts), source)


def data_name(given: str) -> str:
    """The name in what a person gave: the name itself, or the address of its page."""
    text = given.strip().removeprefix("hub:").strip("/")
    address = re.search(r"(?:^|/)datasets/([\w.-]+(?:/[\w.-]+)?)", text)
    name = address[1] if address else text
    if not hub.is_id(name):
        shown = given.strip()[:80]
        raise InputError(f"“{shown}” is no name of a data set on the Hub.", CURE_NAME)
    return name


def grouped(files: Iterable[tuple[str, int]]) -> tuple[HubPart, ...]:
    """Files, each with its size, as parts: pieces of one table are one part."""
    known = {ending for each in formats() for ending in each.extensions}
    found: dict[tuple[str, str], list[tuple[str, int]]] = {}
    for name, size in sorted(files):
        place = PurePosixPath(name)
        if place.suffix.lower() in known and not any(p.startswith(".") for p in place.parts):
            found.setdefault((_stem(place), place.suffix.lower()), []).append((name, size))
    stems = [stem for stem, _ in found]
    return tuple(
        HubPart(
            stem if stems.count(stem) == 1 else stem + ending,
            tuple(name for name, _ in pieces),
            sum(size for _, size in pieces),
        )
        for (stem, ending), pieces in found.items()
    )


def _stem(place: PurePosixPath) -> str:
    """What the part is called: its path without ending, number and a leading “data/”."""
    shard = SHARD.fullmatch(place.stem)
    if shard and shard["stem"]:
        place = place.with_name(shard["stem"])
    elif (shard or NUMBERED.fullmatch(place.stem)) and len(place.parts) > 1:
        place = place.parent
    else:
        place = place.with_name(place.stem)
    text = str(place)
    return text.removeprefix("data/")


def _listed(name: str) -> _Listing:
    from huggingface_hub import HfApi
    from huggingface_hub.errors import RevisionNotFoundError

    api = HfApi()
    about = api.dataset_info(name, files_metadata=True)
    listing = _listing(name, about)
    if not listing.parts:
        with contextlib.suppress(RevisionNotFoundError):
            about = api.dataset_info(name, revision=CONVERTED, files_metadata=True)
            listing = _listing(name, about)
    if not listing.parts:
        raise DataError(
            f"The data set “{name}” holds no file that can be read here.",
            "Choose another one, or download it yourself and save it as CSV, JSONL or Parquet.",
        )
    return listing


def _listing(name: str, about: Any) -> _Listing:
    files = [(each.rfilename, each.size or 0) for each in about.siblings or ()]
    return _Listing(name, about.sha or "", grouped(files))


def _chosen(listing: _Listing, wanted: str | None) -> HubPart:
    if wanted is None:
        training = (p for p in listing.parts if "train" in re.split(r"[^a-z]+", p.name.lower()))
        return next(training, listing.parts[0])
    found = next((part for part in listing.parts if part.name == wanted), None)
    if found is None:
        there = ", ".join(f"“{part.name}”" for part in listing.parts[:12])
        raise InputError(
            f"The data set “{listing.name}” has no part “{wanted[:80]}”.", f"There are {there}."
        )
    return found


def _downloaded(listing: _Listing, part: HubPart, progress: OnProgress) -> list[Path]:
    from huggingface_hub import hf_hub_download

    hub.check_room(listing.name, part.bytes)
    share = FETCHING if len(part.files) > 1 else 1.0
    paths = []
    for number, name in enumerate(part.files):

        def told(done: int, total: int, number: int = number) -> None:
            at = (number + (done / total if total else 0)) / len(part.files)
            progress(Progress(f"Fetching {listing.name}", share * at, 0))

        told(0, 0)
        size = max(1, part.bytes // len(part.files))
        path = hf_hub_download(
            listing.name,
            name,
            repo_type="dataset",
            revision=listing.commit or None,
            tqdm_class=hub.counter(told, 0, size),
        )
        paths.append(Path(path))
    return paths


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder
