"""The queue as HTML: what runs, what waits, and the small buttons that shape it."""

from __future__ import annotations

from collections.abc import Sequence

import gradio as gr

from jobs import JobInfo, Workspace
from studio.pages.subjects import subject
from studio.parts.frame import section
from studio.parts.notices import notice
from studio.parts.states import badge, progress
from studio.parts.text import count, esc

SHOWN = 30  # jobs; a person who queued more looks at the first ones

# A press is told once; what is drawn anew each second gives the focus back to the same button.
_ACT = """
let last = '';
element.addEventListener('focusin', (event) => { last = event.target.dataset?.key || ''; });
element.addEventListener('click', (event) => {
  const button = event.target.closest('button[data-act]');
  if (!button || button.disabled) return;
  button.disabled = true;
  trigger('click', { act: button.dataset.act, on: Number(button.dataset.on || 0) });
});
watch('value', () => {
  if (last && document.activeElement === document.body)
    element.querySelector(`[data-key="${CSS.escape(last)}"]`)?.focus({ preventScroll: true });
});
"""


def acting_panel(id: str) -> gr.HTML:
    """A panel whose buttons (`act_button`) tell what was pressed and on what."""
    return gr.HTML("", elem_id=id, apply_default_css=False, js_on_load=_ACT)


def act_button(act: str, on: int, label: str, name: str = "") -> str:
    """A small button; `name` says to a screen reader what it acts on."""
    said = f' aria-label="{esc(f"{label}: {name}")}"' if name else ""
    return (
        f'<button type="button" class="small" data-act="{esc(act)}" data-on="{on}" '
        f'data-key="{esc(act)}-{on}"{said}>{esc(label)}</button>'
    )


def pressed(event: gr.EventData) -> tuple[str, int]:
    """Which button, and the number of what it acts on."""
    told = event._data if isinstance(event._data, dict) else {}
    on = told.get("on")
    return str(told.get("act", "")), on if type(on) is int and 0 <= on < 2**62 else 0


def act(workspace: Workspace, verb: str, job_id: int) -> None:
    """Do to the queue what a button says; a verb that no button has does nothing."""
    if verb == "pause":
        workspace.pause_queue()
    elif verb == "continue":
        workspace.continue_queue()
    elif verb == "stop":
        workspace.stop_job(job_id)
    elif verb == "up":
        workspace.move_job(job_id, "up")
    elif verb == "down":
        workspace.move_job(job_id, "down")


def queue_view(workspace: Workspace, queue: Sequence[JobInfo]) -> str:
    """The queue with its buttons; nothing where nothing runs, waits or is held back."""
    paused = workspace.queue_paused()
    if not queue and not paused:
        return ""
    waiting = [job for job in queue if job.state == "queued"]
    items = "".join(_item(workspace, job, waiting) for job in queue[:SHOWN])
    if len(queue) > SHOWN:
        items += f'<li class="quiet">and {count(len(queue) - SHOWN)} more behind them</li>'
    if paused:
        way = act_button("continue", 0, "Let it go on")
        held = notice("The queue is paused.", "What runs goes on to its end, nothing new begins.")
    else:
        way = act_button("pause", 0, "Pause the queue")
        held = ""
    listed = f'<ol class="plain moving">{items}</ol>' if items else ""
    return section("Queue", f'{held}{listed}<p class="small-actions">{way}</p>')


def _item(workspace: Workspace, job: JobInfo, waiting: Sequence[JobInfo]) -> str:
    what = subject(workspace, job)
    buttons = ""
    if job.state == "queued" and len(waiting) > 1:
        name = f"job {job.id}"
        if job.id != waiting[0].id:
            buttons += act_button("up", job.id, "Earlier", name)
        if job.id != waiting[-1].id:
            buttons += act_button("down", job.id, "Later", name)
    if not job.stop_requested:
        word = "Stop" if job.state == "running" else "Take out"
        buttons += act_button("stop", job.id, word, f"job {job.id}")
    return (
        f'<li class="card"><p class="line"><strong>{what}</strong>{badge(job.state)}</p>'
        f'{progress(job)}<p class="small-actions">{buttons}</p></li>'
    )
