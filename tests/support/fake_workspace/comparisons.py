"""The verbs of comparisons, and of voting."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from fake_workspace.opened import Opened
from fake_workspace.results import fake_result
from jobs.errors import InputError, NotFound
from jobs.evaluation.votes import Duel, Tally, next_duel, pairs, tally
from jobs.types import (
    ComparisonInfo,
    ComparisonResult,
    JobInfo,
    Vote,
)
from jobs.workspace.answers import Helped


class ComparisonVerbs(Opened):
    def compare(
        self,
        data: str,
        variants: Sequence[str],
        *,
        split: str = "test",
        limit: int | None = None,
        dtype: str = "auto",
        model: str | None = None,
    ) -> ComparisonInfo:
        if len(variants) < 2:
            raise InputError("A comparison needs two variants.", "Name one more.")
        return self.comparison(3)

    def _comparison(
        self, number: int, state: Any, variants: tuple[str, ...], **more: Any
    ) -> ComparisonInfo:
        verdict = (
            (
                "“house-style-lora-1” is better than the base on 98 of 120 prompts; word overlap "
                "0.21 to 0.68, difference 0.47 (0.43 to 0.51).\n"
                "Word for word the reference: 0 of 120 before, 41 after; the others differ, "
                "if only by a word or a figure: read a few."
            )
            if state == "done"
            else ""
        )
        return ComparisonInfo(
            number,
            self.clock() - 600,
            self.dataset("house-style-sample").id,
            "house-style-sample",
            "starter",
            "test",
            None,
            variants,
            {"max_new_tokens": 96, "precision": "float32", "temperature": 0.0},
            state,
            2000 + number,
            verdict,
            "better" if verdict else "",
            **more,
        )

    def comparisons(self, limit: int | None = None, offset: int = 0) -> list[ComparisonInfo]:
        return self._comparisons()[offset : None if limit is None else offset + limit]

    def _comparisons(self) -> list[ComparisonInfo]:
        rows = []
        for m in reversed(self.moving):
            t = self.clock() - m.started - m.train
            state = "queued" if t < 0 else "running" if t < m.compare else "done"
            state = "stopped" if m.run.id in self.ended else state
            rows.append(self._comparison(m.run.id, state, ("base", m.run.name)))
        if self.empty:
            return rows
        failed = {
            "kind": "model",
            "what": "The base model’s folder is gone.",
            "cure": "Put it back, then compare again.",
            "detail": "",
        }
        return [
            *rows,
            self._comparison(
                4, "stopped" if 4 in self.ended else "running", ("base", "recall-prompt-tuning-1")
            ),
            self._comparison(3, "done", ("base", "house-style-lora-1", "recall-prompt-tuning-1")),
            self._comparison(2, "failed", ("base", "house-style-lora-1"), error=failed),
        ]

    def comparison(self, id: int) -> ComparisonInfo:
        for info in self.comparisons():
            if info.id == id:
                return info
        raise NotFound(f"There is no comparison {id}.", "Look at the list of comparisons.")

    def comparison_job(self, id: int) -> JobInfo:
        info = self.comparison(id)
        return self._job(
            info.job_id,
            "compare",
            info.state,
            comparison_id=id,
            phase="Answering the prompts",
            done=52,
            total=240,
            seconds_left=9.0,
        )

    def count_comparisons(self) -> int:
        return len(self.comparisons())

    def comparison_of(self, run_name: str) -> ComparisonInfo | None:
        return next((c for c in self.comparisons() if run_name in c.variants), None)

    def helped(self, run_name: str) -> Helped | None:
        info = self.comparison_of(run_name)
        if info is None or not info.verdict:
            return None
        leads = f"“{run_name}”" in info.verdict.partition(" ")[0]
        said = info.verdict if leads else f"No difference to be seen for “{run_name}”."
        return Helped(said, info.outcome if leads else "same", info)

    def variants(
        self,
        model: str | None = None,
        data: str | None = None,
        *,
        words: str = "",
        limit: int | None = None,
    ) -> list[str]:
        done = [r.name for r in self.runs() if r.state == "done" and self._has(r, words)]
        return ["base", "base@4bit", "base+3", *done[:limit]]

    def result(self, id: int) -> ComparisonResult | None:
        info = self.comparison(id)
        return fake_result(info) if info.state == "done" else None

    def duel(self, comparison_id: int, voter: str, shown: Any = None) -> Duel | None:
        if not voter.strip():
            raise InputError("A vote needs a name that it is kept under.", "Give one.")
        return next_duel(self._finished(comparison_id), self.given, voter, shown)

    def vote(
        self, comparison_id: int, voter: str, position: int, left: str, right: str, choice: Any
    ) -> None:
        result, pair = self._finished(comparison_id), frozenset((left, right))
        assert pair in map(frozenset, pairs(result))
        self._drop(lambda v: (v.voter, v.position) == (voter, position) and _pair(v) == pair)
        self.given.append(Vote(self.clock(), voter, position, left, right, choice))

    def hand_over_votes(self, comparison_id: int, voter: str, name: str) -> None:
        gone = {(v.position, _pair(v)) for v in self.given if v.voter == voter}
        self._drop(lambda v: v.voter == name and (v.position, _pair(v)) in gone)
        self.given[:] = [replace(v, voter=name) if v.voter == voter else v for v in self.given]

    def _drop(self, which: Callable[[Vote], bool]) -> None:
        self.given[:] = [vote for vote in self.given if not which(vote)]

    def undo_vote(self, comparison_id: int, voter: str) -> bool:
        mine = [vote for vote in self.given if vote.voter == voter]
        if mine:
            self.given.remove(mine[-1])
        return bool(mine)

    def votes(self, comparison_id: int) -> tuple[Tally, ...]:
        return tally(self._finished(comparison_id), self.given)

    def _finished(self, comparison_id: int) -> ComparisonResult:
        result = self.result(comparison_id)
        if result is None:
            raise NotFound("The comparison is under way.", "Wait for its end.")
        return result


def _pair(vote: Vote) -> frozenset[str]:
    return frozenset((vote.left, vote.right))
