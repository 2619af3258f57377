from __future__ import annotations

from dataclasses import dataclass

import pytest

from jobs.errors import InputError
from jobs.options import describe, option, parse


@dataclass(frozen=True)
class Oven:
    degrees: int = option(180, label="Degrees", help="How hot.", low=50, high=300)
    hours: float = option(1.0, label="Hours", help="How long.", low=0)
    mode: str = option("air", label="Mode", help="Which way.", choices=("air", "grill"))
    fan: bool = option(True, label="Fan", help="Whether it blows.")
    trays: tuple[str, ...] = option((), label="Trays", help="Which ones.")
    note: str | None = option(None, label="Note", help="For the cook.")


def test_text_becomes_values() -> None:
    given = {"degrees": "200", "hours": "0.5", "fan": "no", "trays": "top, bottom", "note": " "}
    assert parse(Oven, given) == Oven(200, 0.5, "air", False, ("top", "bottom"), None)


def test_a_base_keeps_what_is_not_given() -> None:
    assert parse(Oven, {"hours": 2}, base=Oven(degrees=99)) == Oven(degrees=99, hours=2.0)


@pytest.mark.parametrize(
    ("key", "value", "part"),
    [
        ("degrees", "301", "from 50 to 300"),
        ("degrees", "49", "from 50 to 300"),
        ("degrees", "180.5", "whole number"),
        ("degrees", "hot", "whole number"),
        ("degrees", "", "whole number"),
        ("hours", "nan", "not a number"),
        ("hours", "inf", "not a number"),
        ("hours", "-0.1", "at least 0"),
        ("hours", "2,5", "Write it with a point."),
        ("mode", "steam", "one of air, grill"),
        ("fan", "perhaps", "true or false"),
        ("degree", "1", "“degrees”"),
        ("colour", "red", "Use one of"),
    ],
)
def test_errors_name_the_field_and_the_fix(key: str, value: str, part: str) -> None:
    with pytest.raises(InputError) as caught:
        parse(Oven, {key: value})
    assert key in caught.value.what
    assert part in str(caught.value)


def test_bounds_are_allowed_values() -> None:
    assert parse(Oven, {"degrees": 50}).degrees == 50
    assert parse(Oven, {"degrees": 300}).degrees == 300


def test_describe_carries_label_help_and_bounds() -> None:
    degrees, *_, note = describe(Oven)
    assert (degrees.label, degrees.help, degrees.type) == ("Degrees", "How hot.", int)
    assert degrees.bounds == "from 50 to 300"
    assert note.optional
    assert not degrees.optional
