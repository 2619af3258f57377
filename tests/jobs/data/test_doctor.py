from jobs.data import examine
from jobs.data.checks import checks
from jobs.types import Example


def _healthy(count=60):
    return [Example(f"prompt {i}", (f"answer {i}",), i + 1) for i in range(count)]


def _found(rows, *args):
    return {finding.code: finding for finding in examine(rows, *args)}


def test_healthy_rows_have_no_findings():
    assert examine(_healthy(), None, 100) == ()


def test_every_check_has_its_place_by_harm():
    harms = [check.HARM for check in checks()]
    assert harms == sorted(harms, reverse=True)
    assert len(harms) >= 5


def test_blank_rows_are_named():
    rows = [*_healthy(), Example("", ("x",), 61), Example("p", (), 62), Example("", (), 63)]
    found = _found(rows)
    assert found["empty_prompt"].rows == (61, 63)
    assert found["empty_completion"].rows == (62,)
    assert "answer to nothing" in found["empty_prompt"].why
    assert "empty completion" in found["empty_completion"].why
    assert found["empty_completion"].sentence == "1 row has no completion and is left out."


def test_blank_rows_of_the_test_file_are_told_apart():
    found = _found(_healthy(), [Example("", ("x",), 4)])
    assert found["test_empty_prompt"].rows == (4,)
    assert "test file" in found["test_empty_prompt"].sentence


def test_a_finding_lists_at_most_20_rows_and_counts_all():
    finding = _found(_healthy() + [Example("", (), 100 + i) for i in range(50)])["empty_prompt"]
    assert (finding.count, len(finding.rows)) == (50, 20)


def test_duplicates_and_different_completions():
    rows = [*_healthy(), Example("Prompt  0", ("answer 0",), 61), Example("prompt 1", ("no",), 62)]
    found = _found(rows)
    assert found["duplicates"].rows == (61,)
    assert (found["different_completions"].count, found["different_completions"].rows) == (1, (2,))


def test_trap_32_prompts_that_the_test_file_tests_are_reported():
    found = _found(_healthy(), [Example("PROMPT 3", ("x",), 1), Example("new", ("x",), 2)])
    assert found["leaked_test_rows"].rows == (4,)
    assert "left out of training" in found["leaked_test_rows"].sentence
    assert "leaked_test_rows" not in _found(_healthy(), [Example("new", ("x",), 1)])


def test_few_rows_and_few_tests():
    assert _found(_healthy(49))["few_rows"].count == 49
    assert "few_rows" not in _found(_healthy(50))
    assert _found(_healthy(), None, 29)["few_test_prompts"].count == 29
    assert "no_test" in _found(_healthy(), None, 0)


def test_long_rows():
    found = _found([*_healthy(), Example("x" * 3000, ("y" * 1001,), 61)])
    assert found["long_rows"].rows == (61,)
    assert "middle of its prompt is cut out" in found["long_rows"].why
    assert "completion alone fills the room is left out" in found["long_rows"].why


def test_warnings_come_before_notes():
    rows = [Example("a", ("x",), 1), Example("a", ("x",), 2), Example("a", (), 3)]
    severities = [finding.severity for finding in examine(rows)]
    assert severities == sorted(severities, key=["error", "warning", "note"].index)
    assert set(severities) == {"warning", "note"}
