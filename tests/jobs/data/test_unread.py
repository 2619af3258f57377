"""Lines that cannot be read: the same way out of every format that has lines."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from jobs.data import ReadAs, import_dataset, load_examples, preview
from jobs.data.unread import MOST
from jobs.errors import BrokenLine, DataError

LEFT = ReadAs(leave_out=True)


def _jsonl(number: int, broken: bool) -> str:
    line = json.dumps({"prompt": f"p{number}", "completion": f"c{number}"})
    return line[:-5] if broken else line


def _csv(number: int, broken: bool) -> str:
    return f"p{number},c{number}" + ",more" * broken


def _text(number: int, broken: bool) -> str:
    return f"p{number}" if broken else f"p{number} ||| c{number}"


KINDS = {".jsonl": ("", _jsonl), ".csv": ("prompt,completion\n", _csv), ".txt": ("", _text)}


def _told(path: Path) -> ReadAs:
    """So few lines of plain text do not tell what separates them."""
    return replace(LEFT, separator="|||") if path.suffix == ".txt" else LEFT


Written = Callable[..., tuple[Path, list[int]]]


@pytest.fixture(params=list(KINDS))
def written(request: pytest.FixtureRequest, tmp_path: Path) -> Written:
    """Write a file of so many rows of which some are broken; gives the lines of those."""
    head, row = KINDS[request.param]

    def write(rows: int, broken: set[int], name: str = "rows") -> tuple[Path, list[int]]:
        path = tmp_path / f"{name}{request.param}"
        body = "".join(f"{row(n, n in broken)}\n" for n in range(rows))
        path.write_text(head + body, encoding="utf-8")
        first = 1 + head.count("\n")
        return path, sorted(first + n for n in broken)

    return write


def test_the_first_is_named_and_can_be_left_out(written: Written, tmp_path: Path) -> None:
    path, (line,) = written(60, {7})
    for read in (preview, lambda path: import_dataset(path, tmp_path / "0", name="d")):
        with pytest.raises(BrokenLine, match=f"Line {line} of “{path.name}”") as raised:
            read(path)
        assert raised.value.line == line
        assert raised.value.cure
        found = raised.value.excerpt
        assert found is not None
        shown = found.before + found.marked.replace("↵", "") + found.after
        assert shown == path.read_text().splitlines()[line - 1]
        assert found.marked == {".jsonl": "↵", ".csv": ",", ".txt": ""}[path.suffix]
    seen = preview(path, reading=LEFT)
    assert (seen.rows, seen.left_out, seen.reading.leave_out) == (59, (("line", 1),), True)
    assert f"1 line cannot be read and is left out: line {line}. Line {line} of" in seen.unread


def test_what_was_left_out_is_in_the_account_of_the_import(
    written: Written, tmp_path: Path
) -> None:
    path, lines = written(60, {7, 30, 31})
    made = import_dataset(path, tmp_path / "1", name="d", reading=LEFT)
    assert made.intake == {"read": 60, "unreadable": 3}
    assert sum(made.counts.values()) == 57
    (finding,) = [each for each in made.findings if each.code == "unreadable"]
    assert finding.count == 3
    assert "lines " + ", ".join(map(str, lines)) in finding.sentence
    assert finding.sentence.endswith("Numbers of rows do not count them.")
    kept = {
        e.prompt for s in ("train", "validation", "test") for e in load_examples(tmp_path / "1", s)
    }
    assert kept == {f"p{n}" for n in range(60)} - {"p7", "p30", "p31"}


def test_nothing_is_told_where_nothing_is_broken(written: Written, tmp_path: Path) -> None:
    path, _ = written(20, set())
    made = import_dataset(path, tmp_path / "1", name="d", reading=LEFT)
    assert made.intake == {"read": 20}
    assert not [each for each in made.findings if each.code == "unreadable"]
    assert preview(path, reading=LEFT).left_out == ()


def test_more_than_a_tenth_is_another_kind_of_file(written: Written, tmp_path: Path) -> None:
    path, _ = written(40, {1, 9, 17, 33})
    assert preview(path, reading=LEFT).left_out == (("line", 4),)
    path, _ = written(40, {1, 9, 17, 33, 34}, "more")
    for read in (
        preview,
        lambda path, reading: import_dataset(path, tmp_path / "0", name="d", reading=reading),
    ):
        with pytest.raises(DataError, match=r"^5 of 40 lines .* too many to leave out") as raised:
            read(path, reading=_told(path))
        assert not isinstance(raised.value, BrokenLine)  # no second press is offered
        assert raised.value.cure
    assert not (tmp_path / "0").exists()


def test_a_thousand_are_the_most_whatever_the_share(written: Written, tmp_path: Path) -> None:
    path, _ = written(12 * MOST, set(range(0, 12 * (MOST + 1), 12)) - {0} | {1, 2})
    with pytest.raises(DataError, match=f"^More than {MOST:,} lines"):
        import_dataset(path, tmp_path / "0", name="d", reading=LEFT)


def test_a_single_one_may_be_left_out_of_any_file(written: Written, tmp_path: Path) -> None:
    path, _ = written(3, {1})
    assert preview(path, reading=_told(path)).rows == 2


def test_a_test_file_of_ones_own_keeps_the_same_rule(written: Written, tmp_path: Path) -> None:
    path, _ = written(30, set())
    own, (line,) = written(20, {11}, "own")
    with pytest.raises(BrokenLine, match=f"Line {line} of “{own.name}”"):
        import_dataset(path, tmp_path / "1", name="d", test_file=own)
    rows = own.read_text().replace("p", "q")
    own.write_text(rows.replace("qromqt", "prompt").replace("comqletion", "completion"))
    made = import_dataset(path, tmp_path / "1", name="d", test_file=own, reading=LEFT)
    assert made.intake["unreadable"] == 1
    assert made.counts["test"] == 19


@pytest.mark.parametrize(
    "line",
    [
        '{"prompt": "a", "completion": NaN}',
        '{"prompt": "a", "prompt": "b", "completion": "c"}',
        '{"prompt": "\\ud83d", "completion": "c"}',
        '["prompt", "completion"]',
        '{"prompt": "a", "completion": "c"}{"prompt": "a", "completion": "c"}',
        "[" * 100_000,
    ],
)
def test_whatever_is_wrong_with_a_line_of_json(line: str, tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    rows = [_jsonl(n, False) for n in range(20)]
    for codec in ("utf-8", "utf-8-sig", "utf-16"):
        path.write_text("\n".join([*rows[:9], "", line, *rows[9:]]), encoding=codec)
        with pytest.raises(BrokenLine, match=r"ine 11 of “rows\.jsonl”"):
            preview(path)
        made = import_dataset(path, tmp_path / codec, name="d", reading=LEFT)
        assert made.intake == {"read": 21, "unreadable": 1}


def test_in_an_archive_and_under_the_name_of_json(tmp_path: Path) -> None:
    lines = "\n".join(_jsonl(n, n == 5) for n in range(12))
    (tmp_path / "rows.json").write_text(lines)
    with zipfile.ZipFile(tmp_path / "rows.zip", "w") as archive:
        archive.writestr("inner.jsonl", lines)
    for name in ("rows.json", "rows.zip"):
        with pytest.raises(BrokenLine, match="Line 6 of"):
            preview(tmp_path / name)
        assert preview(tmp_path / name, reading=LEFT).left_out == (("line", 1),)


def test_the_first_cell_too_many_is_marked_and_not_a_comma_in_quotation_marks(
    tmp_path: Path,
) -> None:
    path = tmp_path / "rows.csv"
    path.write_text('prompt,completion\na,b\n"x, ""y""","z,",more,still\n')
    with pytest.raises(BrokenLine) as raised:
        preview(path)
    found = raised.value.excerpt
    assert found is not None
    assert (found.before, found.marked, found.after) == ('"x, ""y""","z,"', ",", "more,still")


def test_a_row_of_csv_that_goes_over_lines_may_have_swallowed_others(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    rows = [f"p{n},c{n}\n" for n in range(30)]
    path.write_text('prompt,completion\n"it said\n' + "".join(rows) + 'no",x,y\n' + "".join(rows))
    for reading in (None, LEFT):
        with pytest.raises(DataError, match=r"Line 2 of “rows\.csv” has 3 cells") as raised:
            preview(path, reading=reading)
        assert not isinstance(raised.value, BrokenLine)
        assert "quotation mark" in raised.value.cure


def test_lines_that_are_left_out_above_it_are_not_told_in_its_place(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    rows = "".join(f"p{n},c{n}\n" for n in range(30))
    path.write_text(f'prompt,completion\n{rows}one\n"it said\n no",x,y\n{rows}')
    with pytest.raises(DataError, match=r"Line 33 of “rows\.csv” has 3 cells") as raised:
        preview(path, reading=LEFT)
    assert not isinstance(raised.value, BrokenLine)


def test_lines_of_csv_are_counted_as_an_editor_counts_them(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    rows = [f'"p{n}\nagain",c{n}\n' for n in range(30)]
    path.write_text("\nprompt,completion\n\n" + "".join(rows) + "one\n" + "".join(rows))
    assert "left out: line 64." in preview(path, reading=LEFT).unread
    assert path.read_text().splitlines()[63] == "one"


def test_a_huge_row_begins_the_reading_again_and_counts_nothing_twice(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    rows = "".join(f"p{n},c{n}\n" for n in range(20))
    path.write_text(f"prompt,completion\n{rows}one\n{'x' * (5 << 20)},long\n{rows}")
    made = import_dataset(path, tmp_path / "1", name="d", reading=LEFT)
    assert (made.intake["read"], made.intake["unreadable"]) == (42, 1)


def test_a_line_that_only_the_first_look_refuses_is_counted_once(tmp_path: Path) -> None:
    """A key that stands twice and that no column needs: the import reads such a line."""
    path = tmp_path / "rows.jsonl"
    path.write_text("\n".join([*(_jsonl(n, False) for n in range(20)), '{"a": 1, "a": 2}']))
    made = import_dataset(
        path, tmp_path / "1", name="d", prompt="prompt", completions=("completion",), reading=LEFT
    )
    assert made.intake == {"read": 21, "empty_prompt": 1}


GOOD = [{"role": "user", "content": "ask"}, {"role": "assistant", "content": "answer"}]
BAD = [{"role": "alien", "content": "ask"}]


def _chats(path: Path, rows: int, broken: set[int]) -> Path:
    chats = [
        [{"role": "user", "content": f"ask {n}"}, GOOD[1]] if n not in broken else BAD
        for n in range(1, rows + 1)
    ]
    if path.suffix == ".json":
        path.write_text(json.dumps([{"messages": chat} for chat in chats]))
    else:
        path.write_text("\n".join(json.dumps({"messages": chat}) for chat in chats))
    return path


@pytest.mark.parametrize("ending", [".jsonl", ".json"])
def test_a_row_whose_chat_is_none_keeps_the_same_rule(ending: str, tmp_path: Path) -> None:
    path = _chats(tmp_path / f"rows{ending}", 60, {7, 31})
    for read in (preview, lambda path: import_dataset(path, tmp_path / "0", name="d")):
        with pytest.raises(BrokenLine, match="Row 7 is not a chat") as raised:
            read(path)
        assert (raised.value.line, raised.value.unit) == (7, "row")
        assert raised.value.excerpt is not None
        assert '"role": "alien"' in raised.value.excerpt.before
    seen = preview(path, reading=LEFT)
    assert (seen.left_out, len(seen.cards), seen.reading.leave_out) == ((("row", 2),), 3, True)
    assert seen.unread.startswith("2 rows cannot be read and are left out: rows 7, 31. Row 7 is")
    made = import_dataset(path, tmp_path / "1", name="d", reading=LEFT)
    assert made.intake == {"read": 60, "unreadable": 2}
    sides = ("train", "validation", "test")
    rows = {e.row: e.prompt for side in sides for e in load_examples(tmp_path / "1", side)}
    assert rows == {n: f"ask {n}" for n in range(1, 61) if n not in (7, 31)}  # each its own number
    many = _chats(tmp_path / f"many{ending}", 100, set(range(40, 60)))
    with pytest.raises(DataError, match=r"^20 of 100 rows .* too many to leave out"):
        import_dataset(many, tmp_path / "2", name="d", reading=LEFT)
