"""What a model reads of prompts: the same before a file is added as after it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from jobs.errors import InputError

TEMPLATE = "Answer.\n\n{prompt}"


def test_a_template_reads_the_same_before_and_after_a_file_is_added(
    bench: Any, tmp_path: Path
) -> None:
    workspace = bench.workspace
    file = tmp_path / "rows.csv"
    rows = "".join(f"What is {i} and {i}?,It is {2 * i}.\n" for i in range(80))
    file.write_text("prompt,completion\n" + rows)
    before = workspace.reading_of(
        [card.prompt for card in workspace.preview(file).cards], template=TEMPLATE
    )
    assert before.texts[0] == "<|user|>Answer.\n\nWhat is 0 and 0?<|assistant|>"
    workspace.add_dataset(file, "sums", template=TEMPLATE)
    after = workspace.reading("sums", limit=2)
    prompts = [example.prompt for example in workspace.examples("sums", limit=2)]
    assert workspace.reading_of(prompts, template=TEMPLATE) == after


def test_a_template_without_a_place_for_the_prompt_is_refused(bench: Any) -> None:
    with pytest.raises(InputError, match=r"holds no \{prompt\}"):
        bench.workspace.reading_of(["Hello"], template="Say it")
