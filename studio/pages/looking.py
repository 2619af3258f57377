"""Looking at a file that was brought: what was found out is offered for confirming."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import gradio as gr

from jobs import BrokenLine, FetchedData, Misread, Preview, ReadAs, Workspace, encodings
from studio.pages.bring_form import SEPARATORS, Broken, Confirm, Kept, Sources
from studio.pages.preview_view import preview_view
from studio.parts.bringing import share_outlook
from studio.parts.notices import closable, error_notice, notice
from studio.parts.text import several


@dataclass(frozen=True)
class Looking:
    """The form of the page, as it is filled by a file."""

    workspace: Workspace
    sources: Sources
    confirm: Confirm
    kept: Kept

    @property
    def shown(self) -> list[Any]:
        """All that `at` changes."""
        confirm, kept = self.confirm, self.kept
        fields = [confirm.filled, confirm.prompt, confirm.completions, confirm.name, confirm.shown]
        fields += [confirm.asked, confirm.broken_rows, confirm.problem, confirm.leave_out]
        fields += [confirm.share, confirm.outlook, confirm.test_file, *confirm.options.all]
        fields += [confirm.fold, confirm.words]
        return [*fields, *confirm.picker.fields, kept.path, kept.source, kept.seen]

    @property
    def shown_or_offered(self) -> list[Any]:
        """All that `at_or_offer` changes."""
        return [self.sources.problem, self.sources.leave_out, self.kept.broken, *self.shown]

    def at(self, path: str, name: str | None, reading: ReadAs | None = None) -> dict[Any, Any]:
        """The form for a file; a `name` says that it was not there before.

        A test file that was given beside another file goes with it.
        """
        confirm, kept = self.confirm, self.kept
        seen = self.workspace.preview(path, reading=reading)
        guess = seen.guess
        page: dict[Any, Any] = {
            confirm.filled: gr.update(visible=True),
            confirm.prompt: gr.update(
                choices=list(seen.prompt_choices), value=guess and guess.prompt
            ),
            confirm.completions: gr.update(
                choices=list(seen.columns), value=list(guess.completions) if guess else []
            ),
            confirm.asked: question(seen),
            confirm.broken_rows: gr.update(visible=False),
            confirm.shown: preview_view(seen, guessed=True),
            confirm.problem: "",
            confirm.leave_out: gr.update(visible=False),
            **self._how_it_is_read(seen),
            kept.path: path,
            kept.seen: seen,
        }
        if name is not None:
            share = round(100 * seen.share)
            page |= {confirm.share: share, confirm.outlook: share_outlook(seen, share)}
            page |= self._new(name)
        return page

    def at_or_offer(
        self, path: str, name: str | None, reading: ReadAs | None = None
    ) -> dict[Any, Any]:
        """The same; where a line of the file cannot be read, the offer to leave such lines out.

        Where the text as a whole cannot be, a person may know better how it is read.
        """
        reading = reading or ReadAs()
        try:
            return self._at_or_left_out(path, name, reading)
        except Misread as error:
            return self._asked_how(path, name, reading, error)

    def _at_or_left_out(self, path: str, name: str | None, reading: ReadAs) -> dict[Any, Any]:
        """What would be left out is counted first: a file of another kind gets no such offer."""
        try:
            looked = self.at(path, name, reading)
        except BrokenLine as error:
            rest = self.workspace.preview(path, reading=replace(reading, leave_out=True))
            return {
                self.confirm.filled: gr.update(visible=False),
                self.sources.problem: closable(error_notice(error)),
                self.sources.leave_out: gr.update(
                    value=leaving_out(rest, error.unit), visible=True
                ),
                self.kept.broken: Broken(path, name, reading),
            }
        return {self.sources.leave_out: gr.update(visible=False), **looked}

    def _asked_how(
        self, path: str, name: str | None, reading: ReadAs, error: Misread
    ) -> dict[Any, Any]:
        """The form with nothing to choose but how the file is read."""
        confirm, kept, options = self.confirm, self.kept, self.confirm.options
        hidden = gr.update(visible=False)
        page: dict[Any, Any] = {
            self.sources.problem: closable(error_notice(error)),
            self.sources.leave_out: hidden,
            confirm.filled: gr.update(visible=True),
            confirm.prompt: gr.update(choices=[], value=None),
            confirm.completions: gr.update(choices=[], value=[]),
            confirm.fold: gr.update(open=True),
            options.encoding: _encodings(reading.encoding),
            options.separator: _separators(reading.separator),
            options.header: gr.update(value=None, visible=False),
            options.sheet: gr.update(value=reading.sheet, visible=bool(reading.sheet)),
            options.leave_out: gr.update(value=False, visible=False),
            kept.path: path,
            kept.seen: None,
        }
        page |= dict.fromkeys((confirm.asked, confirm.shown, confirm.problem, confirm.outlook), "")
        page |= dict.fromkeys((confirm.broken_rows, confirm.leave_out), hidden)
        return page | (self._new(name) if name is not None else {})

    def _new(self, name: str) -> dict[Any, Any]:
        """What is not kept of the file before."""
        named = {self.confirm.name: name[:80], self.confirm.test_file: None, self.kept.source: None}
        closed = {self.confirm.words: gr.update(open=False)}  # to be read anew when it is opened
        return named | closed | self.confirm.picker.filled("{prompt}")

    def fetched(self, found: FetchedData) -> dict[Any, Any]:
        """The same for a data set of the Hub; the page keeps where it came from."""
        page = self.at_or_offer(str(found.path), found.name.rpartition("/")[2])
        broken = page.get(self.kept.broken)
        if broken is not None:
            page[self.kept.broken] = broken._replace(source=found.source)
        return {**page, self.kept.source: found.source}

    def _how_it_is_read(self, seen: Preview) -> dict[Any, Any]:
        """The fields of the fold, as it was found out or set."""
        found, options = seen.reading, self.confirm.options
        return {
            options.encoding: _encodings(found.encoding, visible=found.encoding is not None),
            options.separator: _separators(found.separator, visible=found.separator is not None),
            options.header: gr.update(
                value="no" if found.header is False else "yes", visible=found.header is not None
            ),
            options.sheet: gr.update(
                choices=list(seen.sheets), value=found.sheet, visible=len(seen.sheets) > 1
            ),
            options.leave_out: gr.update(value=found.leave_out, visible=found.leave_out),
        }


def _encodings(found: str | None, *, visible: bool = True) -> Any:
    """The list of encodings with what was found out, or said."""
    choices = [(title, codec) for codec, title in encodings(found)]
    return gr.update(choices=choices, value=found, visible=visible)


def _separators(found: str | None, *, visible: bool = True) -> Any:
    """The list of separators, likewise."""
    other = [] if found in (None, *(value for _, value in SEPARATORS)) else [(found, found)]
    return gr.update(choices=[*SEPARATORS, *other], value=found, visible=visible)


def question(seen: Preview | None) -> str:
    """What has to be chosen before anything else, where no name of a column tells it."""
    if seen is None or seen.chosen is not None:
        return ""
    if len(seen.columns) == 1:
        return notice(
            "The file has one column, and an example takes two: a prompt and its completion.",
            "Add the completions as a second column; if they are there, say under “How the file is "
            "read” what separates the columns.",
            kind="question",
        )
    return notice(
        "No name of a column tells which is the prompt and which the completion.",
        "Choose both here; the first rows of the file stand below.",
        kind="question",
    )


def leaving_out(seen: Preview, unit: str) -> str:
    """What the button says; with the counts where every line, and every row, was looked at."""
    known = seen.whole and seen.left_out
    told = [several(n, each) for each, n in seen.left_out] if known else [f"{unit}s"]
    return f"Leave out the {' and the '.join(told)} that cannot be read"
