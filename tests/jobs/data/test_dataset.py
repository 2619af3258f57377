import errno
import json
import subprocess
import sys

import pytest

from jobs.data import count_examples, import_dataset, load_examples, read_examples
from jobs.data.previews import preview
from jobs.data.splits import SPLITS
from jobs.errors import AlreadyExists, DataError, DiskFull, InputError, NotFound
from jobs.types import Columns


@pytest.fixture
def rows_file(tmp_path):
    path = tmp_path / "rows.jsonl"
    rows = [
        {"spalte": f"f{i}", "inhalt": f"a{i}", "zwei": "" if i % 2 else f"z{i}"} for i in range(60)
    ]
    path.write_text("\n".join(map(json.dumps, [*rows, {"spalte": " ", "inhalt": "x"}])))
    return path


def test_a_file_becomes_a_dataset(rows_file, tmp_path):
    folder = tmp_path / "datasets" / "1"
    made = import_dataset(
        rows_file,
        folder,
        name="d",
        prompt="spalte",
        completions=("inhalt", "zwei"),
        template="Q: {prompt}",
    )
    assert (made.name, made.source, made.template) == ("d", "rows.jsonl", "Q: {prompt}")
    assert made.columns == Columns("spalte", ("inhalt", "zwei"))
    assert made.counts == {"train": 49, "validation": 5, "test": 6} == count_examples(folder)
    assert made.bytes == sum(file.stat().st_size for file in folder.iterdir())
    assert {finding.code for finding in made.findings} == {"empty_prompt", "few_test_prompts"}
    train = load_examples(folder, "train")
    for example in train:
        number = int(example.prompt[1:])
        both = (f"a{number}",) if number % 2 else (f"a{number}", f"z{number}")
        assert (example.references, example.row) == (both, number + 1)
    assert [example.row for example in train] == sorted(example.row for example in train)
    assert [p.name for p in folder.parent.iterdir()] == ["1"]


def test_what_repeats_or_differs_outside_of_training_is_told_as_that(tmp_path):
    """A press on “Keep the commonest answer” could change nothing there."""
    rows, path = [(f"prompt {i}", f"answer {i}") for i in range(100)], tmp_path / "rows.csv"

    def found(place, more):
        path.write_text("".join(f"{p},{a}\n" for p, a in [("prompt", "completion"), *rows, *more]))
        made = import_dataset(path, tmp_path / place, name="d")
        return {finding.code: finding for finding in made.findings}

    assert "folded" not in found("plain", [])
    sides = {side: load_examples(tmp_path / "plain", side) for side in SPLITS}
    held = [sides[side][0].prompt for side in ("test", "validation")]
    more = [(held[0], "another"), (held[1], "another"), *[r for r in rows if r[0] in held]]
    outside = found("outside", more)
    assert not {"different_completions", "duplicates"} & set(outside)
    assert outside["folded"].count == 4
    assert "slip" in outside["folded"].why
    learnt = sides["train"][0]
    both = found("both", [*more, (learnt.prompt, "another"), (learnt.prompt, *learnt.references)])
    assert (both["different_completions"].count, both["duplicates"].count) == (1, 1)
    assert both["different_completions"].rows == (learnt.row,)
    assert both["duplicates"].rows == (106,)
    assert both["duplicates"].sentence == (
        "1 of the rows that are learnt from repeats an earlier prompt and completion."
    )
    assert both["different_completions"].sentence == (
        "1 of the prompts that are learnt from has more than one completion."
    )
    before = {finding.code: finding.sentence for finding in preview(path).findings}
    assert before["duplicates"] == "3 rows repeat an earlier prompt and completion."
    assert before["different_completions"] == "3 prompts have more than one completion."


def test_the_first_completion_that_is_not_blank_is_learnt(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text("q,a1,a2\n" + "".join(f"p{i},,second {i}\n" for i in range(5)))
    import_dataset(path, tmp_path / "d", name="d", prompt="q", completions=("a1", "a2"))
    assert load_examples(tmp_path / "d", "train")[0].references[0].startswith("second")


def test_equal_data_has_an_equal_fingerprint(rows_file, tmp_path):
    arguments = {"name": "d", "prompt": "spalte", "completions": ("inhalt",)}
    first = import_dataset(rows_file, tmp_path / "1", **arguments)
    again = import_dataset(rows_file, tmp_path / "2", **arguments)
    other = import_dataset(rows_file, tmp_path / "3", **arguments, seed=1)
    assert first.fingerprint == again.fingerprint != other.fingerprint


def test_pages_are_slices_of_the_whole(rows_file, tmp_path, monkeypatch):
    monkeypatch.setattr("jobs.data.storage.GROUP_ROWS", 7)
    folder = tmp_path / "d"
    import_dataset(rows_file, folder, name="d", prompt="spalte", completions=("inhalt",))
    for split in ("train", "validation", "test"):
        whole = load_examples(folder, split)
        for offset in (0, 1, 6, 7, 8, 48, 1000):
            for limit in (0, 1, 7, 20):
                page = read_examples(folder, split, offset, limit)
                assert page == whole[offset : offset + limit], (split, offset, limit)


def test_a_test_file_of_the_users_own(tmp_path):
    train = tmp_path / "train.csv"
    train.write_text("mr,ref\n" + "".join(f"p{i},a{i}\n" for i in range(60)))
    test = tmp_path / "test.jsonl"
    test.write_text(
        "\n".join(json.dumps({"mr": f"P{i} ", "ref1": "x", "ref2": ""}) for i in range(58, 99))
    )
    made = import_dataset(train, tmp_path / "d", name="d", test_file=test)
    codes = {finding.code: finding for finding in made.findings}
    assert codes["leaked_test_rows"].rows == (59, 60)
    assert "“ref1”, “ref2”" in codes["test_columns"].sentence
    assert made.counts == {"train": 52, "validation": 6, "test": 41}
    assert load_examples(tmp_path / "d", "test")[0].references == ("x",)


def test_bad_input_leaves_nothing_behind(rows_file, tmp_path):
    empty, one, blank, lone = (
        tmp_path / f"{name}.csv" for name in ("empty", "one", "blank", "lone")
    )
    lone.write_text("message\nHello\nGood morning\n")
    empty.touch()
    one.write_text("prompt,completion\na,b\n")
    blank.write_text("prompt,completion\na,\nb,\n")
    home = tmp_path / "datasets"
    cases = [
        (empty, {}, DataError, "is empty"),
        (one, {}, DataError, "There is 1 prompt"),
        (blank, {}, DataError, "No row has both"),
        (lone, {}, DataError, "is one column, “message”, and an example takes two"),
        (rows_file, {}, DataError, "cannot be told which columns"),
        (rows_file, {"prompt": "nope"}, InputError, "no column “nope”"),
        (rows_file, {"template": "x"}, InputError, "no {prompt}"),
        (one, {"test_file": tmp_path / "gone.csv"}, NotFound, "no file"),
        (one, {"test_file": one}, DataError, "that the test file does not hold"),
        (tmp_path, {}, InputError, "is a folder"),
    ]
    for path, arguments, kind, words in cases:
        with pytest.raises(kind, match=words) as caught:
            import_dataset(path, home / "1", name="d", **arguments)
        assert caught.value.cure
        assert not home.exists() or not list(home.iterdir())


def test_a_full_disk_leaves_nothing_behind(rows_file, tmp_path, monkeypatch):
    def full(writer):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("jobs.data.storage.Writer.close", full)
    home = tmp_path / "datasets"
    with pytest.raises(DiskFull, match="too full"):
        import_dataset(rows_file, home / "1", name="d", prompt="spalte", completions=("inhalt",))
    assert not list(home.iterdir())


def test_a_folder_that_is_taken_is_not_overwritten(rows_file, tmp_path):
    folder = tmp_path / "d"
    folder.mkdir()
    arguments = {"name": "d", "prompt": "spalte", "completions": ("inhalt",)}
    import_dataset(rows_file, folder, **arguments)
    before = load_examples(folder, "train")
    with pytest.raises(AlreadyExists):
        import_dataset(rows_file, folder, **arguments, seed=5)
    assert load_examples(folder, "train") == before


def test_rows_that_are_gone_are_a_data_error(tmp_path):
    with pytest.raises(DataError, match="cannot be read"):
        load_examples(tmp_path, "train")


def test_importing_this_part_imports_no_heavy_library():
    code = (
        "import sys, jobs.data; jobs.data.formats(); "
        "heavy = {'torch', 'transformers', 'datasets', 'peft', 'pandas'}; "
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
