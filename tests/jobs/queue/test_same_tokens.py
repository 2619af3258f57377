"""Comparison and question ask what training taught: the same token ids, the same ends."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from tiny_models import CHAT_TEMPLATE, begin_every_text

from jobs.evaluation.generate import Answerer
from jobs.queue import answering, room
from jobs.queue.work import train as train_work

BEGINNING, ENDS = 1, (2, 7)


@pytest.fixture
def model(tiny: Any, tmp_path: Path) -> Path:
    """The tokenizer puts a beginning token before every text, the chat template writes one too;
    of the two ends the tokenizer knows one."""
    folder = shutil.copytree(tiny("llama"), tmp_path / "model")
    begin_every_text(folder)
    (folder / "chat_template.jinja").write_text("<s>" + CHAT_TEMPLATE, encoding="utf-8")
    told = json.dumps({"eos_token_id": list(ENDS)})
    (folder / "generation_config.json").write_text(told, encoding="utf-8")
    return folder


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, Any]]:
    """Requests and end tokens of every call of an Answerer."""
    found: list[tuple[Any, Any]] = []

    class Recording(Answerer):
        def answer(self, requests: Any, settings: Any, end_ids: Any, *rest: Any) -> bool:
            found.append((requests, tuple(end_ids)))
            return super().answer(requests, settings, end_ids, *rest)

    monkeypatch.setattr(answering, "Answerer", Recording)
    monkeypatch.setattr(room, "Answerer", Recording)
    return found


@pytest.fixture
def learnt(bench: Any, model: Path, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The validation rows of a run that was trained, as it read them."""
    from jobs.training.setup import read_rows

    found: list[Any] = []
    plain = train_work.train

    def watched(plan: Any, reporter: Any) -> Any:
        found.extend(read_rows(plan, reporter)[2].rows)
        return plain(plan, reporter)

    monkeypatch.setattr(train_work, "train", watched)
    bench.data()
    bench.train(model, name="mine")
    bench.work()
    assert found
    return found


def test_prompts_and_ends_are_those_of_training(
    bench: Any, asked: list[tuple[Any, Any]], learnt: list[Any]
) -> None:
    """Traps 2 and 3."""
    for row in learnt:
        assert row.prompt_ids.count(BEGINNING) == 1
        assert row.completion_ids[-1] == ENDS[0]
    bench.workspace.compare("things", ["base", "mine"], split="validation")
    bench.work()
    ((requests, ends),) = asked
    assert ends == ENDS
    assert len(requests) == 2 * len(learnt)
    for request in requests:
        assert request.prompt_ids == learnt[request.index].prompt_ids
        assert request.target_ids == learnt[request.index].completion_ids
    asked.clear()
    first = bench.workspace.examples("things", "validation", limit=1)[0]
    bench.workspace.ask(["base", "mine"], first.prompt, length=4)
    bench.work()
    ((requests, ends),) = asked
    assert ends == ENDS
    assert {request.prompt_ids for request in requests} == {learnt[0].prompt_ids}
