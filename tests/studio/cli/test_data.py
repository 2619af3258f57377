"""`attune data`: bring a file in, page through it, delete it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from jobs.data.excerpt import excerpt
from jobs.errors import DataError
from studio.cli.data import spread
from studio.cli.main import told
from studio.parts.cards import LONGEST_TEXT


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("f --completion a b --name x", "f --completion a --completion b --name x"),
        ("f --completion a --completion b", "f --completion a --completion b"),
        (
            "f --name x --completion a b c",
            "f --name x --completion a --completion b --completion c",
        ),
        ("--completion a f --name x", "--completion a f --name x"),
    ],
)
def test_several_completions_in_one_breath(given: str, meant: str) -> None:
    assert spread(given.split(), "--completion") == meant.split()


def test_add_page_and_delete(attune: Any, tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    rows = "".join(f"né {i};x{i};y{i}\n" for i in range(40))
    file.write_bytes(("q;a;b\n" + rows).encode("cp1252"))
    named = ("data", "add", str(file), "--name", "d", "--prompt", "q")
    status, out, _ = attune(
        *named,
        "--completion",
        "a",
        "b",
        "--encoding",
        "cp1252",
        "--separator",
        "semicolon",
        "--json",
    )
    assert status == 0
    assert json.loads(out)["columns"]["completions"] == ["a", "b"]
    status, out, _ = attune("data", "show", "d", "--offset", "2", "--limit", "4", "--json")
    page = json.loads(out)["examples"]
    assert len(page) == 4
    assert page[0]["prompt"].startswith("né")
    assert len(page[0]["references"]) == 2
    assert attune("data", "delete", "d", "--yes")[0] == 0
    status, _, err = attune("data", "show", "d")
    assert (status, "no dataset" in err) == (2, True)


def test_a_wrong_encoding_separator_or_sheet_is_one_sentence(attune: Any, tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    file.write_bytes("prompt,completion\né,b\n".encode("cp1252"))
    for option, value in (
        ("--encoding", "nonsense"),
        ("--separator", "long"),
        ("--encoding", "utf-8"),
    ):
        status, out, err = attune("data", "add", str(file), "--name", "d", option, value)
        assert (status, out) == (2, "")
        assert err.count("\n") == 1
    assert attune("data", "list", "--json")[1].strip() == "[]"


@pytest.fixture
def tickets(attune: Any, tmp_path: Path) -> Any:
    file = tmp_path / "rows.csv"
    file.write_text("prompt,completion\n" + "".join(f"ask {i},say {i}\n" for i in range(20)))
    assert attune("data", "add", str(file), "--name", "d")[0] == 0
    return attune


def test_a_long_text_is_shortened_for_a_person_and_whole_for_a_program(
    attune: Any, tmp_path: Path
) -> None:
    file = tmp_path / "rows.jsonl"
    rows = [{"prompt": f"{'p' * 5000}{n}", "completion": f"{'c' * 14_000}{n}"} for n in range(20)]
    rows[0] |= {"prompt": "short"}
    file.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    assert attune("data", "add", str(file), "--name", "d")[0] == 0
    shown = attune("data", "show", "d", "--limit", "1000")[1]
    assert "c" * LONGEST_TEXT in shown
    assert "c" * (LONGEST_TEXT + 1) not in shown
    assert f"c … ({14_001 - LONGEST_TEXT:,} more characters)\n" in shown
    found = json.loads(attune("data", "show", "d", "--limit", "1000", "--json")[1])["examples"]
    assert all(len(row["references"][0]) > 14_000 for row in found)


def test_a_finding_says_why_and_the_list_says_which_version(tickets: Any) -> None:
    findings = json.loads(tickets("data", "show", "d", "--json")[1])["findings"]
    assert any(finding["why"] for finding in findings)
    shown = " ".join(tickets("data", "show", "d")[1].split())
    assert all(" ".join(finding["why"].split()) in shown for finding in findings)
    row = json.loads(tickets("data", "show", "d", "--json")[1])["examples"][0]["row"]
    assert tickets("data", "drop-row", "d", str(row))[0] == 0
    head, row = [
        line.split()
        for line in tickets("data", "list")[1].splitlines()
        if "d" in line.split() or "name" in line
    ]
    assert row[head.index("version")] == "2"


def test_rows_are_edited_dropped_and_added(tickets: Any) -> None:
    def rows() -> list[dict[str, Any]]:
        out = tickets("data", "show", "d", "--limit", "1000", "--json")[1]
        return json.loads(out)["examples"]

    def page() -> list[tuple[str, list[str]]]:
        return [(row["prompt"], row["references"]) for row in rows()]

    before = page()
    first, second = (str(row["row"]) for row in rows()[:2])
    assert before[1][0] == f"ask {int(second) - 1}"  # the number that the row has in its file
    text = ("--prompt", "new", "--completion", "one", "--completion", "two")
    status, out, _ = tickets("data", "edit-row", "d", second, *text, "--json")
    assert (status, json.loads(out)["version"]) == (0, 2)
    assert page() == [before[0], ("new", ["one", "two"]), *before[2:]]
    assert tickets("data", "drop-row", "d", first)[0] == 0
    assert page() == [("new", ["one", "two"]), *before[2:]]
    status, out, _ = tickets("data", "add-row", "d", "--prompt", "more", "--completion", "said")
    assert (status, "version 4" in out) == (0, True)
    assert page() == [("new", ["one", "two"]), *before[2:], ("more", ["said"])]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("drop-row", "d", "999"), "no row 999"),
        (("drop-row", "d", "0"), "“row” is 0, which is out of bounds. Give a value at least 1."),
        (("drop-row", "d", "1", "--split", "learn"), "no split"),
        (("add-row", "d", "--prompt", " ", "--completion", "a"), "needs a prompt"),
        (("edit-row", "d", "1", "--prompt", "a"), "--completion"),
        (("drop-row", "nothing", "1"), "no dataset"),
        (("versions", "d", "--use", "7"), "no version 7. Use one of these: 1."),
        (("show", "d@" + "9" * 40), "has no version 9"),
    ],
)
def test_a_wrong_row_or_version_changes_nothing(
    tickets: Any, arguments: tuple[str, ...], told: str
) -> None:
    status, out, err = tickets("data", *arguments)
    assert (status, out) == (2, "")
    assert told in " ".join(err.split())
    assert len(json.loads(tickets("data", "versions", "d", "--json")[1])) == 1


def test_a_data_set_of_the_hub_is_added_by_its_name(attune: Any, hub: Any, tmp_path: Path) -> None:
    (tmp_path / "served").mkdir()
    rows = "".join(f"ask {i},say {i}\n" for i in range(20))
    for part in ("train", "dev"):
        (tmp_path / "served" / f"{part}.csv").write_text("prompt,completion\n" + rows)
    hub.add("datasets/somebody/tickets", tmp_path / "served")
    words = ("data", "add", "hub:somebody/tickets", "--name", "t", "--json")
    status, out, _ = attune(*words, "--sheet", "dev")
    assert (status, json.loads(out)["source"].rpartition(", ")[0]) == (0, "somebody/tickets, dev")
    assert json.loads(out)["intake"] == {"read": 20}
    status, out, err = attune("data", "add", "hub:somebody/nothing", "--name", "n")
    assert (status, out) == (2, "")
    assert "no data set “somebody/nothing”, or it is private" in err


@pytest.mark.parametrize("before", ["a" * 9, "a" * 99, "é" * 9])
def test_the_place_in_a_line_is_marked_where_its_letters_are_narrow(before: str) -> None:
    error = DataError(
        "Something is wrong.", "Mend it.", excerpt=excerpt(f"{before}!b", len(before))
    )
    *_, line, last = ["", *told(error).splitlines()]
    marked = last.strip() == "^"
    assert marked is before.isascii()
    if marked:
        assert last.index("^") == line.index("!")


def test_a_broken_line_names_the_option_that_leaves_it_out(attune: Any, tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    rows = [json.dumps({"prompt": f"ask {i}", "completion": f"say {i}"}) for i in range(20)]
    file.write_text("\n".join([*rows[:4], rows[4][:-3], *rows[5:]]))
    words = ("data", "add", str(file), "--name", "d")
    status, out, err = attune(*words)
    assert (status, out) == (2, "")
    assert "Line 5 of “rows.jsonl” is not JSON: a quotation mark is opened" in err
    assert f"\n  {rows[4][:-3]}\n" in err
    assert err.splitlines()[-1] == "  " + " " * (len(rows[4]) - 8) + "^"
    assert "--leave-out-unreadable" in err
    status, out, _ = attune(*words, "--leave-out-unreadable")
    told = " ".join(out.split())
    assert status == 0
    assert "20 rows read = 19 kept" in told
    assert "1 that could not be read." in told
    assert "In “rows.jsonl” 1 line cannot be read and is left out: line 5." in told


def test_columns_that_nobody_can_tell_are_named_by_options(attune: Any, tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    file.write_text("zp,qk,wv\n" + "".join(f"{n},{n},{n}\n" for n in range(30)))
    words = ("data", "add", str(file), "--name", "d")
    status, _, err = attune(*words, "--json")
    error = json.loads(err)["error"]
    assert (status, error["kind"]) == (2, "data")
    assert "zp" in error["what"]
    assert error["cure"].endswith("--prompt COLUMN --completion COLUMN.")
    assert attune(*words)[2].strip() == f"{error['what']} {error['cure']}"
    assert attune(*words, "--prompt", "zp", "--completion", "qk")[0] == 0
