"""What all pages share: panels of HTML, going to another page, and errors in words."""

from __future__ import annotations

import contextlib
import functools
import logging
import traceback
from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from urllib.parse import parse_qsl

import gradio as gr

from jobs import (
    AttuneError,
    ComparisonInfo,
    DatasetInfo,
    InputError,
    NotFound,
    RunInfo,
    Workspace,
)
from studio.parts.notices import bug_notice, closable, error_notice

_log = logging.getLogger(__name__)
_Row = TypeVar("_Row")

# Every handler is the page's own: not in an API, not in a queue (they answer at once), and
# without Gradio's grey veil over what is being redrawn.
QUIET: Mapping[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}

# Of a field: what it holds last is answered, where it moved while an answer was on its way.
FIELD: Mapping[str, Any] = {**QUIET, "trigger_mode": "always_last"}

_GO = """
watch('value', () => {
  const to = String(props.value || '');
  if (to.startsWith('/') && !to.startsWith('//')) window.location.assign(to);
  if (to.startsWith('?')) window.history.replaceState(null, '', window.location.pathname + to);
});
"""
_CLOSE = """
element.addEventListener('click', (event) => {
  if (event.target.closest('button.close')) props.value = '';
});
"""
_CHOICE = """
element.addEventListener('change', (event) => {
  if (event.target.type === 'radio') { props.value = event.target.value; trigger('input'); }
});
"""


def panel(
    value: str = "", *, id: str | None = None, visible: bool = True, kind: str = ""
) -> gr.HTML:
    """A place for HTML made on the server."""
    return gr.HTML(
        value,
        elem_id=id,
        visible=visible,
        elem_classes=[kind] if kind else None,
        apply_default_css=False,
        js_on_load=None,
    )


def notice_panel() -> gr.HTML:
    """Where a page says what went wrong: read aloud, in sight wherever the page is scrolled to."""
    return gr.HTML("", elem_id="notice", apply_default_css=False, js_on_load=_CLOSE)


def mover() -> gr.HTML:
    """Set it to "/runs?run=7" to go there, to "?page=2" to change the address in place."""
    return gr.HTML("", html_template="", js_on_load=_GO, apply_default_css=False, elem_id="mover")


def choice(value: str | None, cards: str, *, id: str) -> gr.HTML:
    """Radio buttons as cards (`choice_cards`); its value is the chosen one's."""
    return gr.HTML(
        value,
        html_template="${cards}",
        js_on_load=_CHOICE,
        apply_default_css=False,
        elem_id=id,
        cards=cards,
    )


def opening() -> None:
    """What each page begins with: Gradio's own list of pages stays hidden, ours is in the shell."""
    gr.Navbar(visible=False)


def telling(
    notice: gr.HTML, *, failed: Mapping[Any, Any] | None = None, quiet: bool = False
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A handler that returns a dict of updates; an error in words goes to `notice` instead.

    `failed` is what else changes where it fails. A `quiet` handler, one that a clock calls, leaves
    what stands in `notice` alone while all is well.
    """

    def wrap(handler: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(handler)
        def told(*args: Any) -> dict[Any, Any]:
            try:
                updates = handler(*args)
            except AttuneError as error:
                return {notice: closable(error_notice(error)), **(failed or {})}
            except Exception as error:  # noqa: BLE001 - the edge: else the page would say nothing
                _log.exception("%s", error)
                said = bug_notice(error, traceback.format_exc())
                return {notice: closable(said), **(failed or {})}
            return updates if quiet else {notice: "", **updates}

        return told

    return wrap


def query(request: gr.Request, name: str, default: str = "") -> str:
    """A value of the page's address."""
    value = dict(request.query_params or {}).get(name, default)
    return str(value)[:200]


def page_number(request: gr.Request) -> int:
    """`?page=3`, at least 1."""
    return whole(query(request, "page", "1"))


def find_run(workspace: Workspace, key: str) -> RunInfo:
    """A run by its name, or by the number that links use."""
    return _found(key, workspace.run_by_id, workspace.run)


def find_dataset(workspace: Workspace, key: str) -> DatasetInfo:
    """A dataset by its name, or a version of it by the number that links use."""
    return _found(key, workspace.dataset_by_id, workspace.dataset)


def _found(key: str, by_number: Callable[[int], _Row], by_name: Callable[[str], _Row]) -> _Row:
    """A number may be a name as well."""
    number = row_id(key)
    if number is not None:
        with contextlib.suppress(NotFound):
            return by_number(number)
    return by_name(key)


def find_comparison(workspace: Workspace, key: str) -> ComparisonInfo:
    """A comparison by its number."""
    number = row_id(key)
    if number is None:
        what = f"There is no comparison “{key}”." if key else "The address names no comparison."
        raise NotFound(what, "Choose one from the list.")
    return workspace.comparison(number)


def row_id(key: str) -> int | None:
    """The number that an address names a row by; None where it can be none."""
    return int(key) if key.isascii() and key.isdigit() and len(key) < 19 else None


_SOFT = """
element.addEventListener('click', (event) => {
  const a = event.target.closest('a[data-soft], .pager a, .tabs a');
  if (!a || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  trigger('click', { search: a.search });
});
watch('value', () => {
  if (document.activeElement === document.body) return;
  element.querySelector('h2')?.scrollIntoView({ block: 'start' });
});
// An address may name the panel (the element has an id of Gradio's own, its parent the panel's).
// Its text comes with the page or after it, and what stands above has its height a little later.
if (location.hash && location.hash === '#' + element.parentElement?.closest('[id]')?.id) {
  const arrive = () => {
    if (element.arrived || !element.querySelector('h2')) return;
    element.arrived = true;
    const show = () => element.scrollIntoView({ block: 'start' });
    requestAnimationFrame(() => setTimeout(show, 100));
  };
  arrive();
  watch('value', arrive);
}
"""
# Buttons made on the server (`parts/versions.py`): what they ask for is told like an address. One
# that was pressed waits a while for its answer, so that two quick presses are one.
_ACT = """
element.addEventListener('click', (event) => {
  const button = event.target.closest('button[data-do]');
  if (!button || button.getAttribute('aria-busy') === 'true') return;
  button.setAttribute('aria-busy', 'true');
  setTimeout(() => button.removeAttribute('aria-busy'), 3000);
  trigger('click', { search: button.dataset.do });
});
"""


def soft_panel(id: str) -> gr.HTML:
    """A panel whose tabs and pages change in place; as plain links they work all the same."""
    return gr.HTML("", elem_id=id, apply_default_css=False, js_on_load=_SOFT)


def acting_panel(id: str) -> gr.HTML:
    """A soft panel that holds buttons as well."""
    return gr.HTML("", elem_id=id, apply_default_css=False, js_on_load=_SOFT + _ACT)


def followed(event: gr.EventData) -> tuple[str, dict[str, str]]:
    """The address that was pressed in a soft panel, and its query."""
    told = event._data if isinstance(event._data, dict) else {}  # who asks may send anything
    search = str(told.get("search", ""))[:500]
    return search, dict(parse_qsl(search.removeprefix("?")))


def whole(text: str, default: int = 1) -> int:
    """A number from an address, at least 1; what is none becomes the default."""
    number = row_id(text)
    return default if number is None else max(1, min(number, 10_000_000))


def prompt_limit(text: Any) -> int | None:
    """A number of prompts from a field; None, which is all, where it is empty or was never shown.

    Raises InputError for what is no number.
    """
    wanted = str(text or "").strip()
    if wanted and not (wanted.isdecimal() and len(wanted) < 10):
        raise InputError(f"“{wanted[:60]}” is not a number of prompts.", "Leave it empty for all.")
    return int(wanted) if wanted else None
