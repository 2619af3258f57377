"""The verbs that make a new version of a dataset."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from fake_workspace.opened import Opened
from jobs.data import silent
from jobs.errors import InputError, NotFound
from jobs.types import (
    ChangedRow,
    DatasetInfo,
    Example,
    VersionDifference,
)


class VersionVerbs(Opened):
    # A dataset has one version here until it is mended or edited; each is a copy with a number.
    def _next_version(self, name: str, change: str, **changes: int) -> DatasetInfo:
        info = self.dataset(name)
        if not info.current:
            raise InputError(f"This is version {info.version}.", "Change the current one.")
        number = max(v.version for v in self.versions(info.name)) + 1
        made = replace(
            info,
            id=info.id + 1000,
            version=number,
            parent_id=info.id,
            change=change,
            changes={"dropped": 0, "changed": 0, "added": 0} | changes,
        )
        self.chain.setdefault(info.name, [replace(info, version=info.version)]).append(made)
        self.heads[info.name] = number
        return made

    def versions(self, name: str) -> list[DatasetInfo]:
        stem = name.rpartition("@")[0] or name
        known = self.chain.get(stem) or [self.dataset(stem)]
        head = self.heads.get(stem, 1)
        return [replace(v, current=v.version == head) for v in reversed(known)]

    def start_change(self, name: str, work: Any) -> Any:
        return self.imports.start(name, work, what="change")

    def mend(
        self, name: str, code: str, model: str = "starter", *, progress: Any = silent
    ) -> DatasetInfo:
        info = self.dataset(name)
        found = next((f for f in info.findings if f.code == code), None)
        if found is None or not found.mend:
            raise NotFound(f"There is no mend for “{code}”.", "Look at the findings.")
        made = self._next_version(name, "Repeated rows left out", dropped=found.count)
        left = tuple(f for f in info.findings if f.code != code)
        self.chain[made.name][-1] = replace(made, findings=left)
        return self.chain[made.name][-1]

    def edit_row(
        self,
        name: str,
        split: str,
        position: int,
        prompt: str,
        references: Sequence[str],
        *,
        progress: Any = silent,
    ) -> DatasetInfo:
        if not prompt.strip() or not any(r.strip() for r in references):
            raise InputError("A row needs a prompt and a completion.", "Write both.")
        return self._next_version(name, "A row edited", changed=1)

    def drop_row(
        self, name: str, split: str, position: int, *, progress: Any = silent
    ) -> DatasetInfo:
        return self._next_version(name, "A row dropped", dropped=1)

    def add_rows(
        self, name: str, rows: Sequence[Example], *, progress: Any = silent
    ) -> DatasetInfo:
        if not all(row.prompt.strip() and row.references for row in rows):
            raise InputError("A row needs a prompt and a completion.", "Write both.")
        self.rows_added.extend(rows)
        change = "A row added" if len(rows) == 1 else f"{len(rows)} rows added"
        return self._next_version(name, change, added=len(rows))

    def keep_example(self, name: str, prompt: str, completion: str) -> DatasetInfo:
        return self.add_rows(name, [Example(prompt, (completion,) if completion else ())])

    def undo(self, name: str) -> DatasetInfo:
        info = self.dataset(name)
        parent = next((v for v in self.versions(info.name) if v.id == info.parent_id), None)
        if parent is None:
            raise InputError("There is nothing to undo.", "Mend or edit it.")
        return self.use_version(info.name, parent.version)

    def use_version(self, name: str, version: int) -> DatasetInfo:
        self.dataset(f"{name}@{version}")
        self.heads[name] = version
        return self.dataset(name)

    def compare_versions(self, name: str, before: int, after: int) -> VersionDifference:
        rows = self.examples(name, "train", 0, 4)
        changed = (
            ChangedRow("train", rows[0], None),
            ChangedRow("train", rows[1], replace(rows[1], references=("Another answer.",))),
            ChangedRow("test", replace(rows[2], references=("A reply.",)), rows[2]),
            ChangedRow("train", None, rows[3]),
        )
        sides = (self.dataset(f"{name}@{number}") for number in (before, after))
        return VersionDifference(*sides, 1, 2, 1, changed)

    def set_template(self, name: str, template: str) -> DatasetInfo:
        if "{prompt}" not in template:
            raise InputError("The template holds no {prompt}.", "Write {prompt} somewhere.")
        made = self._next_version(name, "Another prompt template")
        self.chain[made.name][-1] = replace(made, template=template)
        return self.chain[made.name][-1]
