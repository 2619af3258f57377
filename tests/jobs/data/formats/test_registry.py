import os

import pytest

from jobs.data import read_table
from jobs.errors import DataError, InputError, NotFound


def test_what_is_no_file_is_refused(tmp_path):
    with pytest.raises(InputError, match="is a folder"):
        read_table(tmp_path)
    for missing in (tmp_path / "no.csv", tmp_path / ("x" * 300 + ".csv"), "nul\0.csv"):
        with pytest.raises(NotFound, match="There is no file"):
            read_table(missing)
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(InputError, match="is not a file"):
        read_table(tmp_path / "pipe.csv")


def test_an_empty_file_is_refused(tmp_path):
    (tmp_path / "a.csv").touch()
    with pytest.raises(DataError, match="is empty"):
        read_table(tmp_path / "a.csv")


def test_an_unknown_ending_names_the_known_ones(tmp_path):
    (tmp_path / "a.docx").write_text("x")
    with pytest.raises(InputError, match=r"\.csv.*\.jsonl.*\.parquet"):
        read_table(tmp_path / "a.docx")


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
def test_a_file_one_may_not_read(tmp_path):
    (tmp_path / "a.csv").write_text("a,b\n1,2\n")
    (tmp_path / "a.csv").chmod(0)
    with pytest.raises(InputError, match="may not read"):
        read_table(tmp_path / "a.csv")
