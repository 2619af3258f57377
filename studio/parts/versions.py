"""Versions of a dataset as HTML: which one this is, all of them, two of them side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from jobs import ChangedRow, DatasetInfo, VersionDifference
from studio.parts.completions import marked
from studio.parts.frame import address, section
from studio.parts.text import clip, count, esc, several, when

SIDES = {"train": "training", "validation": "validation", "test": "test"}
ONE = ("A row edited", "A row dropped", "A row added")
KINDS = {"dropped": "Dropped", "changed": "Changed", "added": "Added"}


def press(label: str, act: Mapping[str, object], *, kind: str = "") -> str:
    """A button that asks its page for something: the page reads `act` as it reads an address."""
    return (
        f'<button type="button" class="press {kind}" data-do="{esc(address("", act))}">'
        f"{esc(label)}</button>"
    )


def version_choices(names: Sequence[str], chosen: str) -> list[tuple[str, str]]:
    """Datasets to choose from; first the version that a run used, where that is an older one."""
    older = [] if chosen in names else [(f"{chosen}, as this run used it", chosen)]
    return [*older, *((name, name) for name in names)]


def what_changed(info: DatasetInfo) -> str:
    """“3 rows dropped, 1 changed”; nothing where no row is another one, or one that was told of."""
    if info.change in ONE:
        return ""
    told = [(n, kind) for kind, n in info.changes.items() if n]
    return ", ".join(
        f"{several(n, 'row') if i == 0 else count(n)} {kind}" for i, (n, kind) in enumerate(told)
    )


def version_strip(info: DatasetInfo, versions: Sequence[DatasetInfo]) -> str:
    """What this version is and the way back; nothing where there is but one."""
    if len(versions) < 2:
        return ""
    made = info.change or "As it was added"
    rows = what_changed(info)
    told = f"Version {info.version}. {made}{': ' + rows if rows else ''}."
    if not info.current:
        head = next(v for v in versions if v.current)
        link = f'<a href="{esc(address("/data", {"dataset": head.id}))}">'
        words = f"{esc(told)} The current one is {link}version {head.version}</a>."
        return _strip(words, press("Make this the current one", {"act": "use"}))
    back = press("Undo", {"act": "undo"}) if info.parent_id is not None else ""
    return _strip(esc(told), back)


def _strip(words: str, button: str) -> str:
    return f'<div class="strip" role="status"><p>{words}</p>{button}</div>'


def version_rows(info: DatasetInfo, versions: Sequence[DatasetInfo], now: float) -> str:
    """A row a version, with the way to it and to what lies between it and this one."""
    rows = "".join(_version_row(info, v, now) for v in versions)
    return section(
        "Versions",
        '<p class="quiet">A version never changes. Runs and comparisons stay with the one they '
        f'used.</p><ul class="rows versions">{rows}</ul>',
    )


def _version_row(info: DatasetInfo, version: DatasetInfo, now: float) -> str:
    here = version.id == info.id
    name = f"Version {version.version}"
    who = (
        f'<b aria-current="true">{name}</b>'
        if here
        else f'<a href="{esc(address("/data", {"dataset": version.id}))}">{name}</a>'
    )
    versus = address("/data", {"dataset": info.id, "versus": version.version})
    beside = "" if here else f'<a href="{esc(versus)}#difference">Side by side</a>'
    state = " (current)" if version.current else ""
    rows = what_changed(version)
    made = (version.change or "As it was added") + (f": {rows}" if rows else "")
    return (
        f'<li><span class="who">{who}{state}</span><span class="what">{esc(made)}</span>'
        f'<span class="when">{beside} {esc(when(version.created, now))}</span></li>'
    )


def side_by_side(seen: VersionDifference) -> str:
    """Two versions: how many rows differ, and the first of them in two columns."""
    told = (
        f"From version {seen.before.version} to version {seen.after.version}: "
        f"{several(seen.dropped, 'row')} dropped, {count(seen.changed)} changed, "
        f"{count(seen.added)} added."
    )
    if seen.before.template != seen.after.template:
        told += f" The template was “{seen.before.template}”, now “{seen.after.template}”."
    total = seen.dropped + seen.changed + seen.added
    first = f" These are the first {len(seen.rows)}." if total > len(seen.rows) else ""
    rows = "".join(_pair(row, seen) for row in seen.rows)
    return (
        f'<section class="part" id="difference"><h2>Side by side</h2><p>{esc(told)}{first}</p>'
        f"{rows}</section>"
    )


def _pair(row: ChangedRow, seen: VersionDifference) -> str:
    kind = "added" if row.before is None else "dropped" if row.after is None else "changed"
    known = row.after or row.before
    assert known is not None
    columns = "".join(
        f'<div class="answer"><h4>Version {version.version}</h4>{_said(one, other)}</div>'
        for version, one, other in (
            (seen.before, row.before, row.after),
            (seen.after, row.after, row.before),
        )
    )
    where = f"Row {count(known.row)}, {SIDES[row.split]}"
    return (
        f'<article class="row"><header><h3>{KINDS[kind]} · {esc(where)}</h3></header>'
        f'<div class="columns">{columns}</div></article>'
    )


def _said(one: object, other: object) -> str:
    """A row's texts, with what the other version of it does not have marked."""
    if one is None:
        return '<p class="quiet">Not in it.</p>'
    mine = _texts(one)
    others = _texts(other) if other is not None else []
    parts = []
    for i, text in enumerate(mine):
        held = [clip(others[i], 1200)] if i < len(others) else []
        shown = (
            marked(clip(text, 1200), held) if held and held[0] != text else esc(clip(text, 1200))
        )
        parts.append(f'<p class="said" dir="auto">{shown}</p>')
    return "".join(parts)


def _texts(row: object) -> list[str]:
    return [getattr(row, "prompt", ""), *getattr(row, "references", ())]
