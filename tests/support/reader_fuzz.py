"""Damaged files, odd objects and odd pastes: what readers make of them.

A reader answers with rows or with an error of ours, in a clear sentence; anything else is a fault.
What an import refuses leaves nothing behind.
"""

from __future__ import annotations

import importlib.util
import json
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from jobs.data import ReadAs, import_dataset, preview
from jobs.data.pasted import save_pasted
from jobs.errors import AttuneError

edits = st.lists(
    st.tuples(
        st.floats(0, 1, exclude_max=True),
        st.sampled_from(["put", "cut", "change"]),
        st.binary(min_size=1, max_size=12)
        | st.sampled_from([b'"', b"\0", b"\xff\xfe", b"\n", b"{"]),
    ),
    min_size=1,
    max_size=4,
)
texts = st.text(max_size=30) | st.sampled_from(["", " ", "null", "NaN", "\ud800", "\u202e", "=1+1"])
plain = st.none() | st.booleans() | st.integers() | st.floats() | texts
values = st.recursive(
    plain,
    lambda each: st.lists(each, max_size=2) | st.dictionaries(texts, each, max_size=2),
    max_leaves=4,
)
turns = st.lists(
    st.dictionaries(st.sampled_from(["role", "content", "from", "value"]), values, max_size=4)
)
rows = st.lists(
    st.dictionaries(
        st.sampled_from(["prompt", "completion", "messages", "instruction", "input", "output", ""]),
        values | turns,
        max_size=4,
    ),
    max_size=8,
)


def _contract() -> ModuleType:
    """The module that writes a whole file of each format, loaded by its path."""
    path = Path(__file__).parents[1] / "jobs" / "data" / "formats" / "test_contract.py"
    spec = importlib.util.spec_from_file_location("attune_format_contract", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# Mostly found out; a wrong one that is forced is refused at once.
ENCODINGS = (None, None, None, None, None, "utf-8", "utf-16", "gbk")
# Enough for every side, so that what is odd beside them decides whether the file is read.
GOOD = tuple({"prompt": f"p{n}", "completion": f"c{n}"} for n in range(12))
contract = _contract()
ENDINGS: list[str] = contract.ENDINGS


def edited(content: bytes, changes: list[tuple[float, str, bytes]]) -> bytes:
    """The content after each edit at its place, a share of the length."""
    for place, kind, piece in changes:
        at = int(place * len(content))
        if kind == "put":
            content = content[:at] + piece + content[at:]
        elif kind == "cut":
            content = content[:at] + content[at + len(piece) * 8 :]
        else:
            content = content[:at] + piece + content[at + len(piece) :]
    return content


def bytes_of(ending: str, folder: Path, examples: int, start: int = 0) -> Counter[str]:
    """Try so many damaged files of a format: how many were tried, read and refused."""
    whole = contract._write(folder / f"whole{ending}", contract.rows_for(ending)).read_bytes()

    def tried(told: Counter[str], changes: Any, encoding: str | None) -> None:
        path = folder / f"rows{ending}"
        path.write_bytes(edited(whole, changes))
        _read(path, folder / "made", ReadAs(encoding=encoding), told)

    return _many(tried, examples, start, edits, st.sampled_from(ENCODINGS))


def objects(ending: str, folder: Path, examples: int, start: int = 0) -> Counter[str]:
    """Try so many files of odd objects, ".jsonl" or ".json"."""

    def tried(told: Counter[str], drawn: list[Any]) -> None:
        path = folder / f"rows{ending}"
        lines = [json.dumps(row) for row in (*GOOD, *drawn)]
        path.write_text("\n".join(lines) if ending == ".jsonl" else f"[{','.join(lines)}]")
        _read(path, folder / "made", ReadAs(), told)

    return _many(tried, examples, start, rows)


def pastes(folder: Path, examples: int, start: int = 0) -> Counter[str]:
    """Try so many pasted texts."""
    pieces = st.sampled_from([",", "\t", "|||", "\n", '"', "{", "}", "[", "]", ";", ":", "=>"])

    def tried(told: Counter[str], drawn: list[str]) -> None:
        try:
            path = save_pasted("".join(drawn), folder / "pasted")
        except AttuneError:
            told["tried"] += 1
            told["refused"] += 1
            return
        _read(path, folder / "made", ReadAs(), told)
        shutil.rmtree(folder / "pasted")

    return _many(tried, examples, start, st.lists(texts | pieces, max_size=40))


def _many(
    tried: Callable[..., None], examples: int, start: int, *drawn: st.SearchStrategy[Any]
) -> Counter[str]:
    told: Counter[str] = Counter()

    @seed(start)
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.tuples(*drawn))
    def run(drawn_now: tuple[Any, ...]) -> None:
        tried(told, *drawn_now)

    run()
    return told


def _read(path: Path, folder: Path, reading: ReadAs, told: Counter[str]) -> None:
    """Look at a file, then import it, into nothing or a whole dataset."""
    told["tried"] += 1
    for read in (
        lambda: preview(path, reading=reading).columns,
        lambda: import_dataset(path, folder, name="d", reading=reading).counts,
    ):
        said: AttuneError | None = None
        try:
            assert read()
        except AttuneError as error:
            said = error
        if said is not None:
            assert said.what, "an error without a sentence"
            assert said.cure, f"no way out of: {said.what}"
            assert "Traceback" not in said.what
    if folder.exists():
        told["read"] += 1
        assert {each.name for each in folder.iterdir()} == {"rows.parquet"}
        shutil.rmtree(folder)
    else:
        told["refused"] += 1
    assert not [*folder.parent.glob(f".{folder.name}*")]
