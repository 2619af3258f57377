"""Kinds of work are found by the name of their file."""

import pytest

from jobs.errors import InputError
from jobs.queue.work import find_work


def test_a_kind_of_a_module_that_was_named():
    assert find_work("nap").kind == "nap"


@pytest.mark.parametrize("kind", ["nothing", "../x", "__init__", "os.path", "", "Train"])
def test_a_kind_that_nobody_knows(kind):
    with pytest.raises(InputError, match="no work"):
        find_work(kind)
