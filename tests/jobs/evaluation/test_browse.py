"""A page of prompts: sorted, searched, quick however many there are."""

from __future__ import annotations

import dataclasses
import time
from pathlib import Path

import pytest

from jobs.evaluation import archive
from jobs.evaluation.browse import browsable, browse, most_lost
from jobs.types import ComparedExample, ComparisonResult, Completion, Difference, Score

SCORES = [(0.2, 0.9), (0.5, 0.1), (0.5, 0.5), (None, 0.4), (0.1, 0.3)]


def made(scores: list[tuple[float | None, float]]) -> ComparisonResult:
    examples = tuple(
        ComparedExample(
            n,
            f'Prompt number {n}. "Quoted" — Straße {"needle" if n % 7 == 3 else "hay"}',
            "rendered",
            (f"reference {n}",),
            {"base": Completion(f"base {n}", 2, False), "mine": Completion(f"Mein {n}", 2, False)},
            {
                "base": {"rougeL": Score(base, "" if base is not None else "none")},
                "mine": {"rougeL": Score(mine)},
            },
            {"mine": 1 - abs(mine - 0.5)},
        )
        for n, (base, mine) in enumerate(scores)
    )
    return ComparisonResult(
        "d", "test", ("base", "mine"), {}, "rougeL", examples, {}, (), {}, "A sentence."
    )


@pytest.fixture(params=["in memory", "from its file"])
def result(request: pytest.FixtureRequest, tmp_path: Path) -> ComparisonResult:
    plain = made(SCORES)
    if request.param == "in memory":
        return plain
    archive.save(plain, tmp_path / "1.json")
    return archive.load(tmp_path / "1.json")


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("", [0, 1, 2, 3, 4]),
        ("gain", [0, 4, 2, 1, 3]),
        ("loss", [1, 2, 4, 0, 3]),
        ("apart", [0, 1, 4, 3, 2]),
        ("nonsense", [0, 1, 2, 3, 4]),
    ],
)
def test_orders(result: ComparisonResult, sort: str, order: list[int]) -> None:
    found = browse(result, sort=sort, by="mine")
    assert [e.index for e in found.examples] == order
    assert (found.total, found.gained, found.lost) == (5, 2, 1)


def test_pages(result: ComparisonResult) -> None:
    found = browse(result, sort="gain", by="mine", offset=2, limit=2)
    assert [e.index for e in found.examples] == [2, 1]
    assert browse(result, offset=99).examples == ()


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("NEEDLE", [3]),
        ("mein 4", [4]),
        ("reference 2", [2]),
        ('"quoted" — strasse', [0, 1, 2, 3, 4]),
        ("\\", []),
        ("rendered", []),  # what no person sees is not searched
        ("  ", [0, 1, 2, 3, 4]),
    ],
)
def test_search(result: ComparisonResult, text: str, places: list[int]) -> None:
    assert [e.index for e in browse(result, find=text).examples] == places


@pytest.mark.parametrize(
    ("variants", "judged"),
    [
        (("base", "mine"), ["mine"]),
        (("first", "second"), ["second"]),
        (("base+3", "base"), ["base+3"]),
        (("base", "base+3", "mine"), ["mine"]),
        (("base",), []),
    ],
)
def test_what_is_held_against_itself_has_no_gains(
    variants: tuple[str, ...], judged: list[str]
) -> None:
    assert browsable(dataclasses.replace(made(SCORES), variants=variants)) == judged


def test_who_lost_most_is_told_by_what_each_is_to_its_base() -> None:
    def lost(**losses: int) -> str | None:
        told = [
            Difference(a, b, "rougeL", 0.0, 0.0, 0.0, 0, 0, n)
            for pair, n in losses.items()
            for a, b in [pair.split("_")]
        ]
        told.append(Difference("two", "base", "chrf", 0.0, 0.0, 0.0, 0, 0, 99))
        names = ("base", "one", "two")
        return most_lost(dataclasses.replace(made([]), variants=names, differences=tuple(told)))

    assert lost(one_base=3, two_base=1, one_two=0) == "one"
    assert lost(one_base=0, two_base=1, two_one=50) == "two"
    assert lost(one_base=0, two_base=0, two_one=50) is None, "they only differ from each other"


def test_an_unknown_variant_is_the_first(result: ComparisonResult) -> None:
    assert browse(result, by="nobody", sort="gain").total == 5


def test_fifty_thousand_rows_stay_quick(tmp_path: Path) -> None:
    """Reading the result, and any page of it in any order; a search looks at every row."""
    few = made([(0.5, (n % 97) / 97) for n in range(1000)])
    every = tuple(dataclasses.replace(e, index=n) for n in range(50) for e in few.examples)
    archive.save(dataclasses.replace(few, examples=every), tmp_path / "1.json")
    begun = time.process_time()
    result = archive.load(tmp_path / "1.json")
    assert time.process_time() - begun < 1.0
    for how in ({"sort": "loss", "by": "mine", "offset": 49_990}, {"sort": "apart"}, {}):
        begun = time.process_time()
        browse(result, **how)
        assert time.process_time() - begun < 0.5
    begun = time.process_time()
    assert browse(result, find="number 999.").total == 50
    assert time.process_time() - begun < 3.0
