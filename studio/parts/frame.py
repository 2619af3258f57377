"""The frame of each page: heading, sections, lists of facts, links between pages of a list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

from studio.parts.text import count, esc


def heading(title: str, sentence: str = "", *, back: tuple[str, str] | None = None) -> str:
    """The page's name and what it is for, in one sentence."""
    way = f'<p class="back"><a href="{esc(back[0])}">← {esc(back[1])}</a></p>' if back else ""
    lead = f'<p class="lead">{esc(sentence)}</p>' if sentence else ""
    return f'<div class="heading">{way}<h1>{esc(title)}</h1>{lead}</div>'


def section(title: str, body: str, *, kind: str = "") -> str:
    """A part of a page with a heading of its own; `body` is HTML."""
    return f'<section class="part {kind}"><h2>{esc(title)}</h2>{body}</section>'


def facts(rows: Iterable[tuple[str, str]]) -> str:
    """Names and values as a definition list."""
    items = "".join(f"<div><dt>{esc(k)}</dt><dd>{esc(v)}</dd></div>" for k, v in rows)
    return f'<dl class="facts">{items}</dl>'


def link(path: str, label: str, **query: object) -> str:
    """A link inside the studio; its query is encoded, its label escaped."""
    return f'<a href="{esc(address(path, query))}">{esc(label)}</a>'


def address(path: str, query: Mapping[str, object]) -> str:
    """`/runs?run=7`; what is None or empty is left out."""
    kept = {k: v for k, v in query.items() if v not in (None, "")}
    return f"{path}?{urlencode(kept)}" if kept else path


def pager(path: str, query: Mapping[str, object], page: int, pages: int) -> str:
    """Links to the page before and the page after; nothing where there is only one."""
    if pages <= 1:
        return ""
    before = address(path, {**query, "page": page - 1})
    after = address(path, {**query, "page": page + 1})
    left = f'<a rel="prev" href="{esc(before)}">← Previous</a>' if page > 1 else "<span></span>"
    right = f'<a rel="next" href="{esc(after)}">Next →</a>' if page < pages else "<span></span>"
    here = f"<span>Page {count(page)} of {count(pages)}</span>"
    return f'<nav class="pager" aria-label="Pages">{left}{here}{right}</nav>'


def tabs(
    path: str,
    query: Mapping[str, object],
    name: str,
    choices: Mapping[str, str],
    chosen: str,
    label: str,
) -> str:
    """Links of which one is the present one."""
    items = []
    for value, text in choices.items():
        here = ' aria-current="true"' if value == chosen else ""
        where = address(path, {**query, name: value})
        items.append(f'<a href="{esc(where)}"{here}>{esc(text)}</a>')
    return f'<nav class="tabs" aria-label="{esc(label)}">{"".join(items)}</nav>'
