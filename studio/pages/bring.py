"""Bringing examples in: a file, a paste or a table is looked at, and what was found confirmed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr

from jobs import Preview, Reading, Workspace
from studio.pages.adding import read_as, wire_adding
from studio.pages.bring_form import MORE_ROWS, Broken, Confirm, Kept, Sources
from studio.pages.common import FIELD, QUIET, telling
from studio.pages.hub_source import wire_hub
from studio.pages.looking import Looking
from studio.pages.newest import Newest
from studio.pages.preview_view import preview_view, unchosen
from studio.parts.bringing import share_outlook


def wire(workspace: Workspace, sources: Sources, confirm: Confirm, kept: Kept, go: gr.HTML) -> None:
    """Connect the form with the workspace's verbs."""
    looking, newest = Looking(workspace, sources, confirm, kept), Newest()
    _wire_sources(looking, newest)
    _wire_template(workspace, confirm, kept, _wire_changes(looking, newest.lesser()))
    wire_adding(workspace, confirm, kept, go)


def _wire_sources(looking: Looking, newest: Newest) -> None:
    """Let what is brought fill the form; `newest` is told of all but what is fetched."""
    workspace, sources, kept = looking.workspace, looking.sources, looking.kept
    uploads = workspace.home.uploads

    @telling(sources.problem)
    def uploaded(path: str | None) -> dict[Any, Any]:
        if not path:
            return {}
        return looking.at_or_offer(path, Path(path).stem)

    @telling(sources.problem)
    def pasted(text: str | None) -> dict[Any, Any]:
        path = workspace.paste(text or "", uploads)
        return looking.at_or_offer(str(path), "pasted")

    @telling(sources.problem)
    def written(rows: list[list[Any]] | None) -> dict[Any, Any]:
        path = workspace.paste(_as_text(rows or []), uploads)
        return looking.at_or_offer(str(path), "written")

    @telling(sources.problem)
    def left_out(broken: Broken | None) -> dict[Any, Any]:
        if broken is None:
            return {}
        reading = replace(broken.reading, leave_out=True)
        page = looking.at_or_offer(broken.path, broken.name, reading)
        return {**page, kept.source: broken.source}

    def told(handler: Any) -> Any:
        """An error hides what was confirmed of another file."""

        @newest
        def wrapped(value: Any) -> dict[Any, Any]:
            answer = handler(value)
            hidden = gr.update(visible=False)
            return {looking.confirm.filled: hidden, sources.leave_out: hidden, **answer}

        return wrapped

    wire_hub(workspace, sources.hub, sources.problem, looking.fetched, looking.shown_or_offered)
    outputs = looking.shown_or_offered
    sources.file.change(told(uploaded), sources.file, outputs, **QUIET)
    sources.use_paste.click(told(pasted), sources.paste, outputs, **QUIET)
    sources.more_rows.click(longer, sources.table, sources.table, **QUIET)
    sources.use_table.click(told(written), sources.table, outputs, **QUIET)
    sources.leave_out.click(told(left_out), kept.broken, outputs, **QUIET)


def _wire_changes(looking: Looking, newest: Newest) -> list[Any]:
    """The events after which other rows are looked at; `newest` is told of them."""
    sources, confirm, kept = looking.sources, looking.confirm, looking.kept
    columns = [confirm.prompt, confirm.completions]
    options = confirm.options.all
    watched = [kept.seen, confirm.share, confirm.test_file]

    @newest
    @telling(sources.problem)
    def reread(
        path: str | None,
        before: Preview | None,
        percent: float,
        test_file: str | None,
        *fields: Any,
    ) -> dict[Any, Any]:
        if not path:
            return {}
        page = looking.at_or_offer(path, None, read_as(fields))
        seen = page.get(kept.seen)
        if seen is not None:
            page[confirm.share] = kept_back(before, seen, percent)
            page[confirm.outlook] = shared(seen, page[confirm.share], test_file)
        return page

    def shared(seen: Preview | None, percent: float, test_file: str | None) -> str:
        return share_outlook(seen, percent, own_file=bool(test_file))

    moves: list[Any] = []
    for widget in options:
        inputs = [kept.path, *watched, *options]
        moves.append(widget.input(reread, inputs, looking.shown_or_offered, **FIELD))
    mapped = newest.lesser()(telling(sources.problem)(partial(_mapped, looking)))
    for widget in columns:
        outputs = [sources.problem, confirm.problem, confirm.shown, kept.seen]
        outputs += [confirm.share, confirm.outlook]
        inputs = [kept.path, *columns, *watched, *options]
        moves.append(widget.input(mapped, inputs, outputs, **FIELD))
    for event in (confirm.share.change, confirm.test_file.change):
        event(shared, watched, confirm.outlook, **FIELD)
    return moves


def _mapped(
    looking: Looking,
    path: str | None,
    prompt: str | None,
    completions: list[str] | None,
    before: Preview | None,
    percent: float,
    test_file: str | None,
    *fields: Any,
) -> dict[Any, Any]:
    """The page once a person has said which columns it is."""
    confirm = looking.confirm
    if not path or not prompt or not completions:
        return {confirm.shown: unchosen(before, "Choose a prompt and a completion column.")}
    seen = looking.workspace.preview(
        path, prompt=prompt, completions=tuple(completions), reading=read_as(fields)
    )
    share = kept_back(before, seen, percent)
    return {
        confirm.shown: preview_view(seen, guessed=False),
        confirm.share: share,
        confirm.outlook: share_outlook(seen, share, own_file=bool(test_file)),
        confirm.problem: "",
        looking.kept.seen: seen,
    }


def kept_back(before: Preview | None, seen: Preview, percent: float) -> float:
    """The share in percent: what stands there, or what the file asks for.

    Before its columns are known nobody knows how many prompts there are: what was offered is a
    guess.
    """
    first = before is None or not before.prompts
    return round(100 * seen.share) if first else percent


def _wire_template(
    workspace: Workspace, confirm: Confirm, kept: Kept, moves: Sequence[Any]
) -> None:
    """What the model will read of the first rows, as the template is chosen or written."""

    def read(
        request: gr.Request, model: str, template: str, seen: Preview | None
    ) -> Reading | None:
        cards = seen.cards if seen is not None else ()
        if not cards:
            return None
        return workspace.reading_of([card.prompt for card in cards[:2]], model, template)

    confirm.picker.wire(read, given=kept.seen, fold=confirm.words, moves=moves)


def longer(rows: list[list[Any]] | None) -> list[list[Any]]:
    """The table that is written in the page, with more rows to write in."""
    return [*(rows or []), *(["", ""] for _ in range(MORE_ROWS))]


def _as_text(rows: list[list[Any]]) -> str:
    """A table that was written in the page, as JSON lines; rows without any text are left out."""
    filled = [[str(cell or "") for cell in row] for row in rows]
    kept = [dict(zip(("prompt", "completion"), row, strict=False)) for row in filled if any(row)]
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in kept) + "\n" if kept else ""
