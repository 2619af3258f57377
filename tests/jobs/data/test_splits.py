import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.data import split
from jobs.data.splits import fold, normalize
from jobs.errors import DataError, InputError
from jobs.types import Example

prompts = st.text("aAbB \n\t", max_size=4).filter(str.strip)
tables = st.lists(st.tuples(prompts, st.sampled_from(["x", "y", "z"])), max_size=60)
shares = st.sampled_from([0.05, 0.1, 0.3, 0.6])


def _examples(rows):
    return [Example(prompt, (answer,), number) for number, (prompt, answer) in enumerate(rows, 1)]


def _prompts(examples):
    return {normalize(example.prompt) for example in examples}


@given(rows=tables, share=shares, seed=st.integers(0, 5), own=tables | st.none())
def test_trap_32_no_prompt_stands_on_two_sides(rows, share, seed, own):
    test = None if own is None else _examples(own)
    try:
        sides = split(_examples(rows), test_share=share, seed=seed, test=test)
    except DataError:
        fewest = 3 if own is None else 2
        assert len(_prompts(_examples(rows)) - _prompts(test or [])) < fewest
        return
    found = [_prompts(sides[side]) for side in ("train", "validation", "test")]
    assert sum(map(len, found)) == len(set().union(*found))
    assert sides == split(_examples(rows), test_share=share, seed=seed, test=test)


@given(rows=tables, share=shares, seed=st.integers(0, 5))
def test_every_row_is_accounted_for(rows, share, seed):
    examples = _examples(rows)
    if len(_prompts(examples)) < 3:
        return
    sides = split(examples, test_share=share, seed=seed)
    kept = {example.row for example in sides["train"]}
    for folded in (*sides["validation"], *sides["test"]):
        group = [e for e in examples if normalize(e.prompt) == normalize(folded.prompt)]
        assert set(folded.references) == {text for e in group for text in e.references}
        assert folded.row == group[0].row
        kept |= {example.row for example in group}
    assert kept == {example.row for example in examples}
    assert sides["train"] == [e for e in examples if e in sides["train"]]


@given(count=st.integers(3, 200), share=shares)
def test_shares_count_different_prompts(count, share):
    rows = [(f"p{i % count}", "x") for i in range(count * 2)]
    sides = split(_examples(rows), test_share=share)
    assert len(sides["test"]) == min(max(1, round(share * count)), count - 2)
    assert len(sides["validation"]) == max(1, round(0.1 * (count - len(sides["test"]))))
    assert len(_prompts(sides["train"])) >= 1


def test_the_order_of_the_rows_does_not_matter_but_the_seed_does():
    rows = [(f"p{i}", "x") for i in range(100)]
    first = split(_examples(rows))
    assert _prompts(first["test"]) == _prompts(split(_examples(rows[::-1]))["test"])
    assert _prompts(first["test"]) != _prompts(split(_examples(rows), seed=1)["test"])


def test_equal_prompts_fold_into_one_example_with_several_references():
    rows = [Example("A b", ("x",), 1), Example("c", ("w",), 2), Example("a  B\n", ("y", "x"), 3)]
    assert fold(rows) == [Example("A b", ("x", "y"), 1), Example("c", ("w",), 2)]


def test_prompts_of_a_test_file_are_not_learnt():
    rows = _examples([("A", "x"), ("b", "x"), ("c", "x")])
    sides = split(rows, test=[Example("a ", ("y",), 1)])
    assert "a" not in _prompts(sides["train"]) | _prompts(sides["validation"])
    assert sides["test"] == [Example("a ", ("y",), 1)]


def test_shares_may_be_nothing_but_not_everything():
    rows = _examples([(f"p{i}", "x") for i in range(10)])
    assert len(split(rows, test_share=0, validation_share=0)["train"]) == 10
    for share in (-0.1, 1, 1.5, float("nan")):
        with pytest.raises(InputError, match="share"):
            split(rows, test_share=share)


def test_percent_are_told_as_the_share_that_they_are():
    rows = _examples([(f"p{i}", "x") for i in range(10)])
    with pytest.raises(InputError) as refused:
        split(rows, test_share=20)
    assert refused.value.cure == "Give a share from 0 to 0.9; 20 percent is 0.2."
    with pytest.raises(InputError) as refused:
        split(rows, test_share=-20)
    assert refused.value.cure == "Give a share from 0 to 0.9."


def test_too_few_prompts_are_an_error():
    for rows in ([], [("a", "x")], [("a", "x"), ("A", "y")], [("a", "x"), ("b", "x")]):
        with pytest.raises(DataError, match="at least 3"):
            split(_examples(rows))


@pytest.mark.parametrize(
    ("prompts", "tested"),
    [(3, 1), (40, 20), (100, 50), (300, 60), (400, 60), (501, 50), (2000, 200)],
)
def test_a_small_file_keeps_more_back_so_that_a_comparison_can_tell(
    prompts: int, tested: int
) -> None:
    rows = [Example(f"What is {n}?", (str(n),), n) for n in range(prompts)]
    assert len(split(rows, test_share=None)["test"]) == tested
