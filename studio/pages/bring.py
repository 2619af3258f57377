"""Bringing examples in: a file, a paste or a table is looked at, and what was found confirmed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import gradio as gr

from jobs import FetchedData, Preview, ReadAs, Reading, Workspace
from studio.pages.adding import read_as, wire_adding
from studio.pages.bring_form import SEPARATORS, Confirm, Kept, Sources
from studio.pages.common import QUIET, telling
from studio.pages.data_view import preview_view
from studio.pages.hub_source import wire_hub
from studio.parts.bringing import share_outlook


def wire(workspace: Workspace, sources: Sources, confirm: Confirm, kept: Kept, go: gr.HTML) -> None:
    """Connect the form with the workspace's verbs."""
    _wire_sources(workspace, sources, confirm, kept)
    _wire_changes(workspace, sources, confirm, kept)
    _wire_template(workspace, confirm, kept)
    wire_adding(workspace, confirm, kept, go)


def _wire_sources(workspace: Workspace, sources: Sources, confirm: Confirm, kept: Kept) -> None:
    uploads = workspace.home.uploads

    @telling(sources.problem)
    def uploaded(path: str | None) -> dict[Any, Any]:
        if not path:
            return {confirm.filled: gr.update(visible=False)}
        return _looked(workspace, confirm, kept, path, Path(path).stem)

    @telling(sources.problem)
    def pasted(text: str | None) -> dict[Any, Any]:
        path = workspace.paste(text or "", uploads)
        return _looked(workspace, confirm, kept, str(path), "pasted")

    @telling(sources.problem)
    def written(rows: list[list[Any]] | None) -> dict[Any, Any]:
        path = workspace.paste(_as_text(rows or []), uploads)
        return _looked(workspace, confirm, kept, str(path), "written")

    def told(handler: Any) -> Any:
        """An error hides what was confirmed of another file."""

        def wrapped(value: Any) -> dict[Any, Any]:
            answer = handler(value)
            return {confirm.filled: gr.update(visible=False), **answer}

        return wrapped

    def fetched(found: FetchedData) -> dict[Any, Any]:
        name = found.name.rpartition("/")[2]
        page = _looked(workspace, confirm, kept, str(found.path), name)
        return {**page, kept.source: found.source}

    wire_hub(workspace, sources.hub, sources.problem, fetched, _looked_at(confirm, kept))
    outputs = [sources.problem, *_looked_at(confirm, kept)]
    sources.file.change(told(uploaded), sources.file, outputs, **QUIET)
    sources.use_paste.click(told(pasted), sources.paste, outputs, **QUIET)
    sources.use_table.click(told(written), sources.table, outputs, **QUIET)


def _wire_changes(workspace: Workspace, sources: Sources, confirm: Confirm, kept: Kept) -> None:
    columns = [confirm.prompt, confirm.completions]
    options = confirm.options.all

    @telling(sources.problem)
    def reread(path: str | None, *fields: Any) -> dict[Any, Any]:
        if not path:
            return {}
        return _looked(workspace, confirm, kept, path, None, read_as(fields))

    @telling(sources.problem)
    def mapped(
        path: str | None,
        prompt: str | None,
        completions: list[str] | None,
        before: Preview | None,
        percent: float,
        test_file: str | None,
        *fields: Any,
    ) -> dict[Any, Any]:
        if not path or not prompt or not completions:
            return {confirm.shown: '<p class="quiet">Choose a prompt and a completion column.</p>'}
        seen = workspace.preview(
            path, prompt=prompt, completions=tuple(completions), reading=read_as(fields)
        )
        share = kept_back(before, seen, percent)
        return {
            confirm.shown: preview_view(seen, guessed=False),
            confirm.share: share,
            confirm.outlook: share_outlook(seen, share, own_file=bool(test_file)),
            confirm.problem: "",
            kept.seen: seen,
        }

    def shared(seen: Preview | None, percent: float, test_file: str | None) -> str:
        return share_outlook(seen, percent, own_file=bool(test_file))

    for widget in options:
        widget.input(
            reread, [kept.path, *options], [sources.problem, *_looked_at(confirm, kept)], **QUIET
        )
    watched = [kept.seen, confirm.share, confirm.test_file]
    for widget in columns:
        outputs = [sources.problem, confirm.problem, confirm.shown, kept.seen]
        outputs += [confirm.share, confirm.outlook]
        widget.input(mapped, [kept.path, *columns, *watched, *options], outputs, **QUIET)
    for event in (confirm.share.change, confirm.test_file.change, kept.seen.change):
        event(shared, watched, confirm.outlook, **QUIET)


def kept_back(before: Preview | None, seen: Preview, percent: float) -> float:
    """The share in percent: what stands there, or what the file asks for.

    Before its columns are known nobody knows how many prompts there are: what was offered is a
    guess.
    """
    first = before is None or not before.prompts
    return round(100 * seen.share) if first else percent


def _wire_template(workspace: Workspace, confirm: Confirm, kept: Kept) -> None:
    """What the model will read of the first rows, as the template is chosen or written."""

    def read(
        request: gr.Request, model: str, template: str, seen: Preview | None
    ) -> Reading | None:
        cards = seen.cards if seen is not None else ()
        if not cards:
            return None
        return workspace.reading_of([card.prompt for card in cards[:2]], model, template)

    confirm.picker.wire(read, given=kept.seen, fold=confirm.words)


def _looked_at(confirm: Confirm, kept: Kept) -> list[Any]:
    """All that changes when a file is looked at."""
    fields = [confirm.filled, confirm.prompt, confirm.completions, confirm.name, confirm.shown]
    picker = confirm.picker.fields
    return [
        *fields,
        confirm.problem,
        confirm.share,
        *confirm.options.all,
        *picker,
        kept.path,
        kept.source,
        kept.seen,
    ]


def _looked(
    workspace: Workspace,
    confirm: Confirm,
    kept: Kept,
    path: str,
    name: str | None,
    reading: ReadAs | None = None,
) -> dict[Any, Any]:
    """Look at a file, and offer what was found out for confirming."""
    seen = workspace.preview(path, reading=reading)
    guess, found, options = seen.guess, seen.reading, confirm.options
    choices = list(seen.prompt_choices)
    separators = [value for _, value in SEPARATORS]
    other = [] if found.separator in (None, *separators) else [(found.separator, found.separator)]
    page: dict[Any, Any] = {
        confirm.filled: gr.update(visible=True),
        confirm.prompt: gr.update(choices=choices, value=guess and guess.prompt),
        confirm.completions: gr.update(
            choices=list(seen.columns), value=list(guess.completions) if guess else []
        ),
        confirm.shown: preview_view(seen, guessed=True),
        confirm.problem: "",
        options.encoding: gr.update(value=found.encoding, visible=found.encoding is not None),
        options.separator: gr.update(
            choices=[*SEPARATORS, *other],
            value=found.separator,
            visible=found.separator is not None,
        ),
        options.header: gr.update(
            value="no" if found.header is False else "yes", visible=found.header is not None
        ),
        options.sheet: gr.update(
            choices=list(seen.sheets), value=found.sheet, visible=len(seen.sheets) > 1
        ),
        kept.path: path,
        kept.seen: seen,
    }
    if name is not None:
        page |= {confirm.name: name[:80], confirm.share: round(100 * seen.share)}
        page |= {**confirm.picker.filled("{prompt}"), kept.source: None}
    return page


def _as_text(rows: list[list[Any]]) -> str:
    """A table that was written in the page, as JSON lines; rows without any text are left out."""
    filled = [[str(cell or "") for cell in row] for row in rows]
    kept = [dict(zip(("prompt", "completion"), row, strict=False)) for row in filled if any(row)]
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in kept) + "\n" if kept else ""
