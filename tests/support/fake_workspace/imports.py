"""The verbs that bring data in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from fake_workspace.opened import Opened
from jobs.data import ReadAs, save_pasted, silent
from jobs.errors import AlreadyExists, DataError, InputError, NotFound
from jobs.types import (
    Columns,
    DatasetInfo,
)
from jobs.workspace.answers import FetchedData


class ImportVerbs(Opened):
    def preview(
        self,
        path: Any,
        *,
        prompt: str | None = None,
        completions: Sequence[str] = (),
        reading: Any = None,
    ) -> Any:
        path = Path(path)
        text = path.read_bytes()
        if not text.strip():
            raise DataError(f"“{path.name}” is empty.", "Choose a file that has rows in it.")
        if b"\0" in text:
            raise DataError(
                f"“{path.name}” is not a table of text.", "Save it as CSV or JSON lines."
            )
        header = text.decode("utf-8", "replace").splitlines()[0].split(",")
        columns = tuple(header)
        guess = Columns(columns[0], columns[1:2]) if len(columns) > 1 else None
        cards = self.examples("", "train", 0, 3)
        return SimpleNamespace(
            columns=columns,
            guess=guess,
            chosen=guess,
            prompt_choices=columns,
            looked_at=600,
            cards=cards,
            rows=600,
            findings=(self._findings()[1],),
            notes=("It is UTF-8, separated by commas.",),
            reading=reading or ReadAs("utf-8", ",", header=True),
            sheets=(),
            left_out=(),
            used=frozenset(columns[:2]),
            unread="",
            raw=tuple(tuple(f"{c} {n}" for c in columns) for n in range(3)),
            prompts=600,
            whole=True,
            share=0.1,
            tested=lambda share: round(600 * share),
        )

    def add_dataset(
        self,
        path: Any,
        name: str,
        *,
        prompt: str | None = None,
        completions: Sequence[str] = (),
        test_file: Any = None,
        test_share: float | None = None,
        template: str = "{prompt}",
        reading: Any = None,
        source: str | None = None,
        progress: Any = silent,
    ) -> DatasetInfo:
        if any(d.name == name for d in self.datasets()):
            raise AlreadyExists(f"There is a dataset “{name}” already.", "Choose another name.")
        if "/" in name or not name:
            raise InputError(f"“{name}” cannot be a name.", "Leave out slashes.")
        info = replace(
            self._dataset(50 + len(self.added), name),
            source=source or Path(path).name,
            template=template,
        )
        self.added.append(info)
        return info

    def start_import(
        self,
        path: Any,
        name: str,
        *,
        prompt: str | None = None,
        completions: Sequence[str] = (),
        test_file: Any = None,
        test_share: float | None = None,
        template: str = "{prompt}",
        reading: Any = None,
        source: str | None = None,
    ) -> Any:
        def work(progress: Any) -> DatasetInfo:
            return self.add_dataset(path, name, template=template, source=source)

        return self.imports.start(name, work)

    def fetch_data(self, name: str, part: str | None = None, progress: Any = silent) -> Any:
        if name == "private/data":
            raise NotFound("The Hub has no data set “private/data”.", "Check the name.")
        folder = self.home.uploads / "hub"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{part or 'train'}.csv"
        path.write_text(f"{part or 'train'} question,answer\nHello,Hi\n")
        source = f"{name}, {part or 'train'}, 0123abc"
        return FetchedData(name, path, part or "train", ("test", "train"), source)

    def start_fetch(self, name: str, part: str | None = None) -> Any:
        return self.imports.start(name, lambda told: self.fetch_data(name, part, told))

    def import_of(self, import_id: int) -> Any:
        return self.imports.get(import_id)

    def wait_for_import(self, import_id: int, seconds: float) -> Any:
        return self.imports.wait(import_id, seconds)

    def cancel_import(self, import_id: int) -> Any:
        return self.imports.cancel(import_id)

    def paste(self, text: str, folder: Any) -> Path:
        return save_pasted(text, Path(folder))
