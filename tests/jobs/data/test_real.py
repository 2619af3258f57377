"""The real files, where ATTUNE_REAL_DATA names their folder."""

from jobs.data import import_dataset, load_examples, preview
from jobs.data.splits import normalize


def test_e2e(real_data, tmp_path):
    file = real_data / "e2e" / "devset.csv"
    assert preview(file).rows == 4672
    made = import_dataset(
        file, tmp_path / "d", name="e2e", test_file=real_data / "e2e" / "testset_w_refs.csv"
    )
    assert made.counts["test"] == 630
    learnt = load_examples(tmp_path / "d", "train") + load_examples(tmp_path / "d", "validation")
    assert len({normalize(example.prompt) for example in learnt}) == 547
    tested = load_examples(tmp_path / "d", "test")
    assert 4693 * 0.95 < sum(len(example.references) for example in tested) <= 4693
    assert not {"leaked_test_rows", "test_columns"} & {finding.code for finding in made.findings}


def test_e2e_split_by_share(real_data, tmp_path):
    made = import_dataset(real_data / "e2e" / "devset.csv", tmp_path / "d", name="e2e")
    assert (made.counts["test"], made.counts["validation"]) == (55, 49)


def test_dialogsum(real_data, tmp_path):
    folder = real_data / "dialogsum"
    made = import_dataset(
        folder / "dev.jsonl", tmp_path / "d", name="dialogsum", test_file=folder / "test.jsonl"
    )
    assert made.columns.completions == ("summary",)
    tested = load_examples(tmp_path / "d", "test")
    assert len(tested) == 499
    assert {len(example.references) for example in tested} <= {1, 2, 3, 4, 5, 6}
    assert sum(len(example.references) == 3 for example in tested) > 450
    codes = {finding.code: finding for finding in made.findings}
    assert "“summary1”, “summary2”, “summary3”" in codes["test_columns"].sentence
    assert codes["leaked_test_rows"].count == 6
