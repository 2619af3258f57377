"""Choosing which column is what: the question, and the way out of rows that are no chats."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import Any

import gradio as gr

from jobs import AttuneError, BrokenLine, Preview, ReadAs, Workspace
from studio.pages.adding import read_as
from studio.pages.bring import kept_back
from studio.pages.bring_form import Confirm, Kept, Sources
from studio.pages.common import FIELD, QUIET, telling
from studio.pages.looking import leaving_out
from studio.pages.preview_view import preview_view
from studio.parts.bringing import share_outlook


def wire_choosing(workspace: Workspace, sources: Sources, confirm: Confirm, kept: Kept) -> None:
    """The question goes once it is answered; rows that a chosen column shows to be broken can be
    left out by one press."""
    columns = [confirm.prompt, confirm.completions]
    fields = [kept.path, *columns, *confirm.options.all]

    def chosen(
        path: str | None, prompt: str | None, completions: list[str] | None, *how: Any
    ) -> dict[Any, Any]:
        answer: dict[Any, Any] = {confirm.broken_rows: gr.update(visible=False)}
        if prompt and completions:
            answer[confirm.asked] = ""
        if path and prompt and completions == [prompt]:  # both at once is only a chat
            offer = _offer(workspace, path, prompt, read_as(how))
            answer[confirm.broken_rows] = gr.update(visible=bool(offer), value=offer)
        return answer

    @telling(sources.problem)
    def without(
        path: str,
        prompt: str,
        before: Preview | None,
        percent: float,
        test_file: str | None,
        *how: Any,
    ) -> dict[Any, Any]:
        reading = replace(read_as(how), leave_out=True)
        seen = workspace.preview(path, prompt=prompt, completions=(prompt,), reading=reading)
        share = kept_back(before, seen, percent)
        return {
            confirm.broken_rows: gr.update(visible=False),
            confirm.options.leave_out: gr.update(value=True, visible=True),
            confirm.shown: preview_view(seen, guessed=False),
            confirm.share: share,
            confirm.outlook: share_outlook(seen, share, own_file=bool(test_file)),
            confirm.problem: "",
            kept.seen: seen,
        }

    for widget in columns:
        widget.input(chosen, fields, [confirm.asked, confirm.broken_rows], **FIELD)
    watched = [kept.path, confirm.prompt, kept.seen, confirm.share, confirm.test_file]
    outputs = [sources.problem, confirm.broken_rows, confirm.options.leave_out, confirm.shown]
    outputs += [confirm.share, confirm.outlook, confirm.problem, kept.seen]
    confirm.broken_rows.click(without, [*watched, *confirm.options.all], outputs, **QUIET)


def _offer(workspace: Workspace, path: str, column: str, reading: ReadAs) -> str:
    """What the button says that leaves out rows whose chat is none; "" where it would not help."""

    def look(reading: ReadAs) -> Preview:
        return workspace.preview(path, prompt=column, completions=(column,), reading=reading)

    try:
        look(reading)
    except BrokenLine as error:
        with contextlib.suppress(AttuneError):  # too many of them: the notice says so
            return leaving_out(look(replace(reading, leave_out=True)), error.unit)
    except AttuneError:  # told where the rows are shown
        pass
    return ""
