"""Names of encodings as people give them."""

import pytest

from jobs.data.encoding import CHOICES, known
from jobs.errors import InputError


@pytest.mark.parametrize(
    ("given", "codec"),
    [("Windows-1252", "cp1252"), ("ansi", "cp1252"), (" UTF-8 ", "utf-8"), ("gbk", "gb18030")],
)
def test_usual_names_are_known(given, codec):
    assert known(given) == codec


def test_every_name_that_the_refusal_offers_can_be_given():
    with pytest.raises(InputError) as refused:
        known("klingon")
    for codec, title in CHOICES:
        assert title in refused.value.cure
        assert known(title) == known(codec)


@pytest.mark.parametrize("given", ["base64", "", "rot13", "zlib"])
def test_what_is_no_encoding_of_text_is_refused(given):
    with pytest.raises(InputError, match="There is no encoding"):
        known(given)
