"""What the server remembers of each page that is open in a browser, and of how many.

Gradio remembers up to 10,000 page views, each with a copy of every element's configuration on
every page: half a megabyte to a megabyte a view, which no closed tab gives back.
"""

from __future__ import annotations

import datetime
import math
from copy import copy
from typing import Any

from gradio.blocks import Blocks
from gradio.components import CheckboxGroup, Dropdown
from gradio.exceptions import Error
from gradio.state_holder import SessionState, StateHolder

MOST = 200  # page views; a tab that is still open goes only when all of them are


class Tab(SessionState):
    """One page view: what its handlers keep, and the elements that they changed.

    The configuration of all elements would serve deep links alone, which are closed here.
    """

    def __init__(self, blocks: Blocks) -> None:
        self.blocks_config = copy(blocks.default_config)
        self.config_values: dict[int, Any] = {}
        self.state_data: dict[int, Any] = {}
        self._state_ttl: dict[int, tuple[float | None, datetime.datetime]] = {}
        self.is_closed = False
        # Gradio forgets what a tab kept an hour after its line broke: a computer that slept over
        # lunch would find its forms without their memory.
        self.STATE_TTL_WHEN_CLOSED = math.inf

    def __getitem__(self, key: int) -> Any:
        part = super().__getitem__(key)
        # What a page offers from its list is filled in when it opens. Of a page that was forgotten
        # nobody knows what that was: any words pass, and the verb that gets them looks at them.
        return _open(part) if isinstance(part, CheckboxGroup | Dropdown) else part

    def __setitem__(self, key: int, value: Any) -> None:
        super().__setitem__(key, value)
        self.config_values.clear()

    def _update_config(self, key: int) -> None:
        """Nobody asks for it."""

    def _update_value_in_config(self, key: int, value: Any) -> None:
        """Nobody asks for it."""


def _open(part: CheckboxGroup | Dropdown) -> CheckboxGroup | Dropdown:
    """The same, for any words where it offers nothing; itself where it does."""
    if part.choices:
        return part
    several = isinstance(part, CheckboxGroup) or bool(part.multiselect)

    def words(given: Any) -> Any:
        told = given if several and isinstance(given, list) else [given]
        if given is None or all(isinstance(word, str) for word in told):
            return given
        raise Error("This page is old. Load it again.")

    opened = copy(part)
    vars(opened)["preprocess"] = words
    return opened


class Tabs(StateHolder):
    """The newest page views; of tabs that were closed the one unused for longest goes first."""

    def __init__(self, blocks: Blocks) -> None:
        super().__init__()
        self.set_blocks(blocks)
        self.capacity = MOST

    def __getitem__(self, session_id: str) -> SessionState:
        with self.lock:
            if session_id not in self.session_data:
                self.session_data[session_id] = Tab(self.blocks)
            tab = self.session_data[session_id]
        tab.is_closed = False  # its computer slept, and it is back
        self.update(session_id)
        return tab

    def update(self, session_id: str) -> None:
        """It is in use: others go before it."""
        with self.lock:
            if session_id in self.session_data:
                self.session_data.move_to_end(session_id)
            while len(self.session_data) > self.capacity:
                closed = (key for key, tab in self.session_data.items() if tab.is_closed)
                del self.session_data[next(closed, next(iter(self.session_data)))]


def bound(app: Any, blocks: Blocks) -> None:
    """Let the Gradio app that is mounted in `app` remember no more than this."""
    from gradio.routes import App

    for route in app.routes:
        if isinstance(mounted := getattr(route, "app", None), App):
            mounted.state_holder = Tabs(blocks)
            return
    raise LookupError("no Gradio app is mounted here")
