"""The prompts of a comparison: what is said above them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from jobs import Browsed
from studio.pages import compared
from studio.pages.compared import View, prompts


def test_where_nothing_got_worse_it_says_so(workspace: Any, monkeypatch: Any) -> None:
    """The smallest gains stood under “Largest loss”, and looked like losses."""
    info, result = workspace.comparison(3), workspace.result(3)
    found = compared._browse(result, View(sort="loss"), result.variants[-1], 1)
    for lost in (0, 3):
        seen: Browsed = replace(found, lost=lost)
        monkeypatch.setattr(compared, "browse", lambda *_, seen=seen, **__: seen)
        said = "No prompt scored lower" in prompts(info, result, View(sort="loss"))
        assert said is (lost == 0)
        assert "No prompt scored lower" not in prompts(info, result, View(sort="gain"))


def test_a_search_that_finds_nothing_shows_the_way_back(workspace: Any) -> None:
    info, result = workspace.comparison(3), workspace.result(3)
    nothing = prompts(info, result, View(sort="gain", find="zzz"))
    assert "0 prompts" in nothing
    assert 'href="/compare?comparison=3&amp;sort=gain#prompts">Show all prompts' in nothing
    assert "Dotted words" not in nothing
    assert "Show all prompts" not in prompts(info, result, View())
