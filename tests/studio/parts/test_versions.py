"""Versions as HTML: buttons that say what they ask for, two versions side by side."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from jobs.types import Example, Finding
from studio.pages.data_view import dataset_view
from studio.pages.examples_view import examples_view
from studio.parts.cards import example_cards
from studio.parts.notices import findings
from studio.parts.reading import reading_note, reading_view
from studio.parts.versions import press, side_by_side, version_strip, what_changed

NASTY = '<img src=x onerror="window.pwned=1">'


def test_a_button_holds_what_it_asks_for() -> None:
    assert press("Go <b>", {"act": "mend", "code": 'a"b&c'}) == (
        '<button type="button" class="press " data-do="?act=mend&amp;code=a%22b%26c">'
        "Go &lt;b&gt;</button>"
    )


def test_findings_have_a_button_only_where_a_press_mends_them() -> None:
    found = [
        Finding("a", "warning", 2, "Two <b>rows</b>.", (1, 2), "It matters.", "Mend them"),
        Finding("b", "note", 1, "One row.", (3,)),
    ]
    assert "button" not in findings(found)
    shown = findings(found, lambda finding: press(finding.mend, {"code": finding.code}))
    assert shown.count("<button") == 1
    assert "It matters." in shown
    assert "<b>rows" not in shown


def test_one_version_is_not_talked_about(workspace: Any) -> None:
    info = workspace.datasets()[0]
    assert version_strip(info, workspace.versions(info.name)) == ""
    assert "Undo" not in dataset_view(workspace, info)


def test_a_mended_version_offers_undo_and_an_old_one_the_way_back(workspace: Any) -> None:
    first = workspace.datasets()[0]
    second = workspace.mend(first.name, "duplicates")
    assert what_changed(second) == "3 rows dropped"
    versions = workspace.versions(first.name)
    strip = version_strip(workspace.dataset(first.name), versions)
    assert "Version 2. Repeated rows left out: 3 rows dropped." in strip
    assert "?act=undo" in strip
    old = next(v for v in versions if v.version == 1)
    assert "?act=use" in version_strip(old, versions)
    shown = dataset_view(workspace, old)
    assert "act=mend" not in shown  # what is old is not changed
    assert "act=drop" not in examples_view(workspace, old, "train", 1)


def test_side_by_side_marks_what_differs(workspace: Any) -> None:
    name = workspace.datasets()[0].name
    workspace.mend(name, "duplicates")
    seen = workspace.compare_versions(name, 1, 2)
    shown = side_by_side(replace(seen, rows=(*seen.rows, *_nasty(seen))))
    assert "1 row dropped, 2 changed, 1 added" in shown
    assert "These are the first" not in shown
    assert shown.count("Not in it.") == 2
    assert "<mark>" in shown
    assert NASTY not in shown


def _nasty(seen: Any) -> list[Any]:
    changed = seen.rows[1]
    return [replace(changed, before=Example(NASTY, (NASTY,)), after=Example(NASTY, ("x",)))]


def test_rows_have_places_counted_from_one(workspace: Any) -> None:
    info = workspace.datasets()[0]
    shown = examples_view(workspace, info, "test", 2)
    assert "act=edit&amp;split=test&amp;row=13" in shown
    assert "row=12&" not in shown


def test_cards_without_feet_are_as_they_were() -> None:
    rows = [Example("p", ("c",), 1), Example("q", ("d",), 2)]
    assert example_cards(rows, ["<i>foot</i>"]).count("<li") == 2
    assert "foot" not in example_cards(rows)


@pytest.mark.parametrize(
    ("template", "chat", "words"),
    [
        ("{prompt}", True, ("Nothing is put around", "own chat template")),
        ("Say: {prompt}", False, ("of your own",)),
        ("User: {prompt}\nAssistant:", None, ("“Chat”", "when it is downloaded")),
    ],
)
def test_what_the_model_reads_is_told(template: str, chat: Any, words: tuple[str, ...]) -> None:
    from jobs import Reading

    read = Reading((template.replace("{prompt}", NASTY),), template, chat)
    for word in words:
        assert word in reading_note(read)
    assert NASTY not in reading_view(read)


def test_one_page_speaks_of_one_limit(workspace: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    info = workspace.datasets()[0]
    limit = workspace.lengths(info.spec).limit
    asked: list[Any] = []
    mask = workspace.mask

    def masked(*args: Any, **named: Any) -> Any:
        asked.append(named.get("options"))
        return mask(*args, **named)

    monkeypatch.setattr(workspace, "mask", masked)
    shown = dataset_view(workspace, info)
    assert asked == [None]  # the page shows what a run reads unless it is set to another
    assert f"the {limit:,} tokens that a run reads unless you set more" in shown
    assert f"limit {limit:,}" in shown
    assert f"a run reads up to {limit:,} unless you set more, the model can read 2,048" in shown
