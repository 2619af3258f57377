"""Files that would take much memory; each is read by a child, whose peak is measured."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from hostile.child import told_by_a_child

LARGE = {
    "a line of 200 MB": (
        "rows.csv",
        "b'prompt,completion\\n' + b'x' * 200_000_000",
        "million|64 MB",
    ),
    "a header of 200 MB": ("rows.csv", "b'x' * 200_000_000", "million characters"),
    "a JSON line of 200 MB": (
        "rows.jsonl",
        'b\'{"prompt": "\' + b\'x\' * 200_000_000 + b\'", "completion": "c"}\'',
        "longer than 64 MB",
    ),
    "a JSON value of 200 MB": (
        "rows.json",
        "b'{\"a\": \"' + b'x' * 200_000_000 + b'\"}'",
        "more than 64 MB",
    ),
    "a text line of 200 MB": ("rows.txt", "b'a ||| ' + b'x' * 200_000_000", "longer than"),
    "200 MB of line breaks": ("rows.csv", "b'\\n' * 200_000_000", "no rows"),
    "200 MB of open quotation": (
        "rows.csv",
        "b'prompt,completion\\na,\"' + b'x\\n' * 100_000_000",
        "64 MB|million|never closed|line 2",
    ),
}


CHILD = """
import sys
from pathlib import Path
from jobs.data import import_dataset
from jobs.errors import AttuneError
path = Path(sys.argv[1]) / {name!r}
with path.open("wb") as file:
    file.write({content})
before = int(open("/proc/self/status").read().split("VmHWM:")[1].split()[0])
Path("/proc/self/clear_refs").write_text("5")
try:
    import_dataset(path, Path(sys.argv[1]) / "d", name="d")
except AttuneError as error:
    print(error.what)
peak = int(open("/proc/self/status").read().split("VmHWM:")[1].split()[0])
print("peak", peak // 1024)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads VmHWM")
@pytest.mark.parametrize("case", LARGE, ids=str)
def test_large_ones_take_little_memory(case: str, tmp_path: Path) -> None:
    name, content, words = LARGE[case]
    told = told_by_a_child(CHILD.format(name=name, content=content), tmp_path)
    said, peak = told.strip().rsplit("\n", 1)
    assert re.search(words, said), said
    assert int(peak.split()[1]) < 900
    assert not (tmp_path / "d").exists()
