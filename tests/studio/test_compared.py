"""The prompts of a comparison: what is said above them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from jobs import Browsed, NeverBegan
from studio.pages import compared
from studio.pages.compared import View, prompts, top
from studio.parts.lists import comparison_rows


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


def test_what_was_not_made_because_its_run_was_stopped_is_no_failure(
    workspace: Any, tmp_path: Any
) -> None:
    error = {"kind": NeverBegan.kind, "what": "This was not made.", "cure": "Resume.", "detail": ""}
    info = replace(workspace.comparison(3), state="stopped", verdict="", error=error)
    run = replace(workspace.run_by_id(4), state="stopped", folder=tmp_path)
    html = top(info, None, None, [run])
    assert 'class="notice note"' in html
    assert 'class="notice error"' not in html
    assert f'href="/runs?run={run.id}"' in html
    assert "as it is" not in html, "there is nothing that could answer"
    (tmp_path / "adapter").mkdir()
    (tmp_path / "adapter" / "adapter_config.json").write_text("{}")
    assert f"run={run.id}" in top(info, None, None, [run]).split("as it is")[0]
    assert "not made, because its run was stopped" in comparison_rows([info], info.created)


@pytest.mark.parametrize(("kind", "leads"), [(NeverBegan.kind, True), ("input", False)])
def test_what_waited_in_vain_leads_to_its_run_however_that_is_worded(
    workspace: Any, kind: str, leads: bool
) -> None:
    error = {"kind": kind, "what": "Its run broke off.", "cure": "Resume.", "detail": ""}
    info = replace(workspace.comparison(3), state="failed", verdict="", error=error)
    run = replace(workspace.run_by_id(4), state="failed")
    assert (f'href="/runs?run={run.id}"' in top(info, None, None, [run])) is leads
