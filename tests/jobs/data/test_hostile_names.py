"""Names of files and of encodings that are no names."""

from __future__ import annotations

from pathlib import Path

import pytest
from hostile.lines import GOOD

from jobs.data import ReadAs, preview
from jobs.errors import AttuneError


def test_a_symbolic_link_is_followed_and_a_broken_one_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "real.csv").write_text(GOOD)
    (tmp_path / "link.csv").symlink_to(tmp_path / "real.csv")
    assert preview(tmp_path / "link.csv").rows == 12
    (tmp_path / "broken.csv").symlink_to(tmp_path / "gone.csv")
    (tmp_path / "loop.csv").symlink_to(tmp_path / "loop.csv")
    for name in ("broken.csv", "loop.csv"):
        with pytest.raises(AttuneError, match="There is no file"):
            preview(tmp_path / name)


def test_names_that_are_no_names(tmp_path: Path) -> None:
    for name in ("x" * 300 + ".csv", "a\0b.csv", "", "/dev/null", "/proc/self/mem", "a/b/c.csv"):
        with pytest.raises(AttuneError):
            preview(name)
    path = tmp_path / ("n" * 240 + ".csv")
    path.write_text(GOOD)
    assert preview(path).rows == 12


@pytest.mark.parametrize(
    ("codec", "given"), [("gb18030", "gbk"), ("shift_jis", "Shift-JIS"), ("cp1252", "windows-1252")]
)
def test_an_encoding_that_is_given_is_kept_to(codec: str, given: str, tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    text = {"gb18030": "提示,完成\n你好,世界\n", "shift_jis": "質問,答え\nかな,カナ\n"}
    path.write_bytes(text.get(codec, "é,ü\nä,ß\n").encode(codec))
    assert preview(path, reading=ReadAs(encoding=given)).rows == 1
    for wrong in ("ascii", "no such", "base64", "rot13", "x" * 500):
        with pytest.raises(AttuneError):
            preview(path, reading=ReadAs(encoding=wrong))
