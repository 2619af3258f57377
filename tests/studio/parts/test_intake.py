"""The sentence of an import: its numbers add up."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from studio.parts.intake import LEFT_OUT, intake_sentence


def test_the_numbers_of_the_sentence_add_up(workspace: Any) -> None:
    info = workspace.dataset("recall-sample")
    told = intake_sentence(info)
    assert told.startswith("672 rows read = 660 kept (480 to learn from, 60 to watch, 120 to test)")
    read, kept, *rest = (
        int(n.replace(",", ""))
        for n in re.findall(r"[\d,]+(?= rows| kept| without| put| left)", told)
    )
    assert read == kept + sum(rest)


def test_every_reason_of_the_engine_has_its_words() -> None:
    from jobs.data.intake import REASONS

    assert tuple(reason for reason, _ in LEFT_OUT) == REASONS


def test_a_version_made_from_another_tells_of_its_own_changes_alone(workspace: Any) -> None:
    info = workspace.dataset("recall-sample")
    assert intake_sentence(replace(info, parent_id=1)) == ""
    assert intake_sentence(replace(info, intake={})) == ""
