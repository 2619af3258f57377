"""Data sets of the Hub by name, against a stand-in on loopback: parts, pieces, what goes wrong."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jobs.errors import AttuneError, DataError, InputError, NotFound, Unavailable
from jobs.workspace.hub_data import data_name, grouped

NAME = "somebody/questions"
HEAD = "question,answer\n"


def table(begin: int, end: int) -> bytes:
    rows = [{"question": f"What is {n}?", "answer": f"It is {n}."} for n in range(begin, end)]
    buffer = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), buffer)
    return buffer.getvalue()


def lines(begin: int, end: int) -> str:
    return "".join(f"What is {n}?,It is {n}.\n" for n in range(begin, end))


def serve(hub: Any, tmp_path: Path, **files: bytes) -> Any:
    """Files by their names, with “/” written as “_SLASH_” and “.” as “__”."""
    folder = tmp_path / "served"
    folder.mkdir()
    repository = hub.add(f"datasets/{NAME}", folder)
    repository.files.update(
        {name.replace("_SLASH_", "/").replace("__", "."): data for name, data in files.items()}
    )
    return repository


def test_a_data_set_is_fetched_looked_at_and_added(bench: Any, hub: Any, tmp_path: Path) -> None:
    repository = serve(hub, tmp_path, train__csv=(HEAD + lines(0, 60)).encode(), README__md=b"# x")
    repository.files["test.csv"] = (HEAD + lines(60, 80)).encode()
    told: list[Any] = []
    found = bench.workspace.fetch_data(NAME, progress=told.append)
    assert (found.part, found.parts) == ("train", ("test", "train"))
    assert bench.workspace.preview(found.path).rows == 60
    made = bench.workspace.add_dataset(found.path, "questions", source=found.source)
    assert made.source == f"{NAME}, train, {repository.commit[:7]}"
    assert sum(made.counts.values()) == 60
    assert {each.phase for each in told} == {f"Fetching {NAME}"}
    assert bench.workspace.preview(bench.workspace.fetch_data(NAME, "test").path).rows == 20
    with pytest.raises(InputError, match="no part “dev”") as caught:
        bench.workspace.fetch_data(NAME, "dev")
    assert "“test”, “train”" in caught.value.cure


def test_pieces_become_one_file_in_their_order(bench: Any, hub: Any, tmp_path: Path) -> None:
    pieces = {
        f"data_SLASH_train-{n:05}-of-00003__parquet": table(20 * n, 20 * n + 20) for n in range(3)
    }
    serve(hub, tmp_path, **pieces, **{"data_SLASH_test-00000-of-00001__parquet": table(60, 70)})
    found = bench.workspace.fetch_data(f"https://hf.example/datasets/{NAME}/tree/main")
    assert found.parts == ("test", "train")
    assert found.path.name == "train.parquet"
    assert bench.workspace.home.uploads in found.path.parents
    rows = pq.read_table(found.path).column("question").to_pylist()
    assert rows == [f"What is {n}?" for n in range(60)]


def test_pieces_with_other_columns_are_one_table(bench: Any, hub: Any, tmp_path: Path) -> None:
    def piece(rows: list[dict[str, Any]]) -> bytes:
        return "\n".join(map(json.dumps, rows)).encode()

    serve(
        hub,
        tmp_path,
        **{
            "train-00000-of-00002__jsonl": piece([{"prompt": "a", "completion": ["b", "c"]}]),
            "train-00001-of-00002__jsonl": piece([{"prompt": "d", "completion": "e", "id": 1}]),
        },
    )
    found = bench.workspace.fetch_data(NAME)
    cards = bench.workspace.preview(found.path, prompt="prompt", completions=["completion"]).cards
    assert [card.references for card in cards] == [("b", "c"), ("e",)]


def test_a_data_set_that_is_a_script_is_read_as_the_parquet_of_the_hub(
    bench: Any, hub: Any, tmp_path: Path
) -> None:
    repository = serve(hub, tmp_path, questions__py=b"raise SystemExit")
    with pytest.raises(DataError, match="no file that can be read"):
        bench.workspace.fetch_data(NAME)
    repository.converted = {"default/train/0000.parquet": table(0, 5)}
    repository.converted["default/train/0001.parquet"] = table(5, 9)
    found = bench.workspace.fetch_data(NAME)
    assert found.part == "default/train"
    assert pq.read_table(found.path).num_rows == 9


def test_what_can_go_wrong_is_said_with_a_way_out(
    bench: Any, hub: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(name: str, kind: type[AttuneError], words: str, cure: str) -> None:
        with pytest.raises(kind, match=words) as caught:
            bench.workspace.fetch_data(name)
        assert cure in caught.value.cure
        assert not [*bench.workspace.home.uploads.glob("hub-*")]

    for name in ("", "a/b/c", "with space/x", "../etc", "owner/" + "x" * 200, "file:///etc/passwd"):
        refused(name, InputError, "no name of a data set", "owner/name")
    refused("somebody/nothing", NotFound, "no data set “somebody/nothing”, or it is private", "HF_")
    serve(hub, tmp_path, train__csv=(HEAD + lines(0, 9)).encode()).gated = True
    refused(NAME, Unavailable, "accepted its terms", "HF_TOKEN")
    monkeypatch.setenv("HF_TOKEN", "hf_nonsense_that_nobody_knows")
    refused(NAME, Unavailable, "does not accept your token", "Make a new one")
    monkeypatch.delenv("HF_TOKEN")
    hub.stop()
    refused(NAME, Unavailable, "cannot be reached", "bring the data as a file")


def test_a_fetch_in_the_background_is_cancelled(bench: Any, hub: Any, tmp_path: Path) -> None:
    pieces = {f"train-{n:05}-of-00009__csv": (HEAD + lines(n, n + 1)).encode() for n in range(9)}
    serve(hub, tmp_path, **pieces)
    begun = bench.workspace.start_fetch(NAME)
    bench.workspace.cancel_import(begun.id)
    ended = bench.workspace.wait_for_import(begun.id, 20)
    assert ended.state in ("stopped", "done")
    again = bench.workspace.wait_for_import(bench.workspace.start_fetch(NAME).id, 20)
    assert (again.state, again.fetched.part, again.dataset) == ("done", "train", None)
    failed = bench.workspace.wait_for_import(bench.workspace.start_fetch("no/thing").id, 20)
    assert (failed.state, "or it is private" in failed.error.what) == ("failed", True)


@pytest.mark.parametrize(
    ("files", "parts"),
    [
        (["train.csv", "dev.csv"], {"dev": 1, "train": 1}),
        (["train.csv", "train.jsonl"], {"train.csv": 1, "train.jsonl": 1}),
        (["data/train-00000-of-00002.parquet", "data/train-00001-of-00002.parquet"], {"train": 2}),
        (["data/train-00000-of-00001-0123abcd.parquet"], {"train": 1}),
        (
            ["en/train-00000-of-00001.parquet", "de/train-00000-of-00001.parquet"],
            {"en/train": 1, "de/train": 1},
        ),
        (["default/train/0000.parquet", "default/train/0001.parquet"], {"default/train": 2}),
        (["README.md", ".git/x.csv", "run.py", "model.bin"], {}),
    ],
)
def test_files_become_parts(files: list[str], parts: dict[str, int]) -> None:
    assert {p.name: len(p.files) for p in grouped((name, 1) for name in files)} == parts


def test_a_name_is_found_in_an_address() -> None:
    for given in (
        *(NAME, f"hub:{NAME}", f" {NAME}/ ", f"https://hub.example/datasets/{NAME}"),
        *(f"https://hub.example/datasets/{NAME}/viewer/default/train?row=1", f"datasets/{NAME}"),
    ):
        assert data_name(given) == NAME
    assert data_name("squad") == "squad"


def test_the_library_of_the_hub_is_loaded_when_it_is_asked_and_not_before() -> None:
    code = "import sys, jobs; assert 'huggingface_hub' not in sys.modules"
    root = Path(__file__).parents[3]
    subprocess.run([sys.executable, "-P", "-c", code], cwd=root, check=True, timeout=120)
