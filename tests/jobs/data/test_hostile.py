"""Files that nobody means well with: each gives a clear sentence; none breaks anything."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path

import pytest
from hostile import REFUSED
from hostile.child import told_by_a_child
from hostile.lines import GOOD

from jobs.data import import_dataset, preview
from jobs.errors import AttuneError


@pytest.mark.parametrize("case", REFUSED, ids=str)
def test_a_clear_sentence_and_nothing_left(case: str, tmp_path: Path) -> None:
    (name, content), words = REFUSED[case]
    path = tmp_path / name
    path.write_bytes(content)
    home = tmp_path / "datasets"
    with pytest.raises(AttuneError, match=words) as caught:
        import_dataset(path, home / "1", name="d")
    assert caught.value.cure.endswith((".", "?")), caught.value.cure
    assert len(caught.value.what) < 400
    assert "Traceback" not in str(caught.value)
    assert not home.exists() or not list(home.iterdir())
    assert not Path("/tmp/attune-pickle-was-run").exists()
    with contextlib.suppress(AttuneError):  # the page says it too, or sees nothing wrong so far
        preview(path)


BEARING = """
import json, resource, sys
from pathlib import Path
from jobs.data import import_dataset, preview
from jobs.errors import AttuneError
folder = Path(sys.argv[1])
import_dataset(folder / "good.csv", folder / "first", name="d")  # what is loaded once is loaded
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for path in sorted((folder / "bad").rglob("*")):
    if path.is_file():
        for look in (preview, lambda path: import_dataset(path, folder / "made", name="d")):
            try:
                look(path)
            except AttuneError:
                pass
assert not (folder / "made").exists()
import_dataset(folder / "good.csv", folder / "last", name="d")  # it is as well as ever
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="ru_maxrss counts other units elsewhere")
def test_one_process_bears_them_all_in_little_memory(tmp_path: Path) -> None:
    assert len(REFUSED) >= 60
    (tmp_path / "good.csv").write_text(GOOD)
    for number, (name, content) in enumerate(content for content, _ in REFUSED.values()):
        place = tmp_path / "bad" / str(number)
        place.mkdir(parents=True)
        (place / name).write_bytes(content)
    told = told_by_a_child(BEARING, tmp_path)
    assert int(told) < 300  # MiB more than an import of twelve rows takes
    for made in ("first", "last"):
        assert (tmp_path / made / "rows.parquet").is_file()
