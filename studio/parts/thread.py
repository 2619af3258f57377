"""Where a run stands on its way: Train, then Answer, then Judge, each with its state."""

from __future__ import annotations

from jobs import ComparisonInfo, JobInfo, RunInfo
from studio.parts.states import counted, mark
from studio.parts.text import count, duration, esc

_ENDED = {"failed": "failed", "stopped": "was stopped", "interrupted": "was interrupted"}
SCORING = "Scoring"  # what the phase of a comparison begins with once all answers are there


def thread(
    run: RunInfo,
    job: JobInfo | None,
    comparison: ComparisonInfo | None,
    comparing: JobInfo | None,
) -> str:
    """The three steps; `job` and `comparing` are the jobs of the run and of its comparison."""
    steps = [("Train", run.state, _trained(run, job)), *_compared(run, comparison, comparing)]
    items = "".join(
        f'<li class="{esc(state)}"><strong>{name}{mark(state) if state else ""}</strong>'
        f"<span>{esc(said)}</span></li>"
        for name, state, said in steps
    )
    return f'<ol class="steps thread" aria-label="Where this run stands">{items}</ol>'


def _trained(run: RunInfo, job: JobInfo | None) -> str:
    if run.state == "queued":
        return "It waits for its turn in the queue."
    if run.state == "running" and job is not None:
        return counted(job) or job.phase or "It begins."
    if run.state == "done":
        seconds = run.result.get("seconds")
        said = f"Done in {duration(float(seconds))}." if seconds else "It is trained."
        early = " It stopped early: the validation loss no longer fell."
        return said + early * run.early
    ended = run.state.capitalize()
    if run.step:
        return f"{ended} after {count(run.step)} of {count(run.steps)} steps."
    return f"{ended} before its first step."


def _compared(
    run: RunInfo, comparison: ComparisonInfo | None, job: JobInfo | None
) -> list[tuple[str, str, str]]:
    judge = ("Judge", "", "One sentence says whether it helped.")
    answers = "It and the untuned base answer prompts that it was not trained on."
    if comparison is None:
        ask = "Asked for with “Compare with the base”." if run.state == "done" else answers
        return [("Answer", "", ask), judge]
    if comparison.state == "done":
        judged = "Done: its sentence stands below."
        return [
            ("Answer", "done", "Done: every prompt has its answers."),
            ("Judge", "done", judged),
        ]
    if comparison.state == "running" and job is not None:
        if job.phase.startswith(SCORING):
            return [("Answer", "done", answers), ("Judge", "running", f"{job.phase}.")]
        said = counted(job) or job.phase or "It begins."
        return [("Answer", "running", said), judge]
    if run.state in ("stopped", "failed", "interrupted"):
        later = "Follows when the training is resumed and done."
        return [("Answer", "", later), judge]
    if comparison.state == "queued":
        return [("Answer", "queued", "Follows the training."), judge]
    ended = f"The comparison {_ENDED.get(comparison.state, 'ended')}; it can be done again."
    return [("Answer", comparison.state, ended), judge]
