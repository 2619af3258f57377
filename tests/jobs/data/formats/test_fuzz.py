"""Files with bytes changed, cut out and put in: rows or a clear error, whatever the format.

`ATTUNE_FUZZ=5000` tries that many of each format; a few are tried by default.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobs.data import ReadAs, preview
from jobs.errors import AttuneError

_spec = importlib.util.spec_from_file_location(
    "attune_format_contract", Path(__file__).with_name("test_contract.py")
)
assert _spec is not None
assert _spec.loader is not None
contract = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(contract)

EXAMPLES = int(os.environ.get("ATTUNE_FUZZ", "25"))
edits = st.lists(
    st.tuples(
        st.floats(0, 1, exclude_max=True),
        st.sampled_from(["put", "cut", "change"]),
        st.binary(min_size=1, max_size=12)
        | st.sampled_from([b'"', b"\0", b"\xff\xfe", b"\n", b"{"]),
    ),
    min_size=1,
    max_size=6,
)


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


@pytest.mark.parametrize("ending", contract.ENDINGS)
def test_a_broken_file_is_rows_or_an_error_of_ours(ending: str, tmp_path: Path) -> None:
    whole = contract._write(tmp_path / f"whole{ending}", contract.rows_for(ending)).read_bytes()
    path = tmp_path / f"rows{ending}"

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(edits, st.sampled_from([None, "utf-8", "utf-16", "gbk"]))
    def tried(changes: list[tuple[float, str, bytes]], encoding: str | None) -> None:
        path.write_bytes(edited(whole, changes))
        with contextlib.suppress(AttuneError):
            assert preview(path, reading=ReadAs(encoding=encoding)).columns

    tried()
