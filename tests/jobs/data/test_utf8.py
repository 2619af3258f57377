import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from ways import WAYS, going, needs_compiled

from jobs.data import utf8
from jobs.data.compiled import passes

PIECES = st.one_of(
    st.text(max_size=4).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.binary(max_size=4),
    st.sampled_from(
        [b"a", b"\xc3\xa9", b"\xe2\x80\x9c", b"\xf0\x9f\x98\x80", b"\xf0\x9f", b"\xc0\x80"]
    ),
    st.sampled_from(
        [b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe0\x80\x80", b"\x80", b"\xff", b"\0"]
    ),
)


@settings(max_examples=1000, deadline=None)
@given(
    st.lists(PIECES, max_size=9).map(b"".join) | st.lists(PIECES, max_size=50).map(b"".join),
    st.integers(1, 9) | st.just(1 << 20),
    st.booleans(),
)
@example("日本語".encode(), 2, False)
@example("日本語日".encode(), 2, True)
@example(b"a\xe2\x80", 1, True)
@example(b"abcd\x80\x80\x80\x80", 9, True)
@example(b"\xe2\x80", 1, False)
@example(b"", 1, True)
@example(b"a" * 40 + b"\xc3\xa9" * 40 + b"\0", 1 << 20, False)
def test_it_is_utf_8_where_python_can_decode_it(tmp_path_factory, content, block, halved):
    path = tmp_path_factory.getbasetemp() / "bytes"
    path.write_bytes(content)
    try:
        expected = "\0" not in content.decode()
    except UnicodeDecodeError:
        expected = False
    for way in WAYS:
        with pytest.MonkeyPatch.context() as patch, going(way):
            patch.setattr(utf8, "BLOCK", block)
            patch.setattr(utf8, "LARGE", 1 if halved else 99)
            assert utf8.is_utf8(path) == expected


@needs_compiled
def test_every_character_is_whole_and_nothing_else_is():
    compiled = passes()
    every = "".join(chr(p) for p in range(1, 0x110000) if not 0xD800 <= p < 0xE000).encode()
    assert compiled.whole_characters(np.frombuffer(every, np.uint8)) == len(every)
    for lead in range(0x80, 0x100):
        for second in range(0x100):
            content = bytes([lead, second, 0x80, 0x80, 0x80])
            found = compiled.whole_characters(np.frombuffer(content, np.uint8))
            assert found == _whole(content)


def _whole(content: bytes) -> int:
    try:
        return len(content.decode().encode())
    except UnicodeDecodeError:
        return -1
