"""The form that brings examples in: what it offers once a file is known."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest

from jobs import ENOUGH_PROMPTS, FetchedData, InputError, Misread, ReadAs, encodings
from jobs.data import preview
from studio.pages.bring import kept_back
from studio.pages.hub_source import _moved, hub_source
from studio.pages.looking import leaving_out


def test_the_share_follows_columns_that_nobody_could_guess(tmp_path: Path) -> None:
    file = tmp_path / "anfragen.csv"
    rows = "".join(f"{n};Anliegen {n};Guten Tag {n}\n" for n in range(200))
    file.write_text("Nummer;Anliegen;Text\n" + rows, encoding="utf-8")
    before = preview(file)
    assert before.guess is None
    seen = preview(file, prompt="Anliegen", completions=("Text",))
    share = kept_back(before, seen, 10)
    assert (seen.tested(share / 100) or 0) >= ENOUGH_PROMPTS
    assert kept_back(None, seen, 10) == share
    assert kept_back(seen, seen, 10) == 10  # the person's own word stands


@pytest.mark.parametrize(
    ("codec", "text"),
    [
        ("utf-8", "Größe"),
        ("utf-8-sig", "Größe"),  # what Excel calls “CSV UTF-8”
        ("utf-16", "Größe"),
        ("utf-16-le", "Größe"),
        ("utf-16-be", "Größe"),
        ("utf-32", "Größe"),
        ("cp1252", "Größe"),
        ("gbk", "我的包裹在哪里"),
        ("shift_jis", "荷物はどこですか"),
        ("cp1253", "Πού είναι το δέμα μου"),
    ],
)
def test_what_was_found_out_can_be_sent_back(tmp_path: Path, codec: str, text: str) -> None:
    """Gradio refuses the whole form where a value is none of its field's choices."""
    file = tmp_path / "rows.csv"
    rows = "".join(f"{text} {n},{text}\n" for n in range(30))
    file.write_bytes(f"prompt,completion\n{rows}".encode(codec))
    seen = preview(file)
    assert seen.cards[0].prompt == f"{text} 0"
    assert seen.reading.encoding in dict(encodings(seen.reading.encoding))
    again = preview(file, reading=ReadAs(encoding=seen.reading.encoding))
    assert again.cards == seen.cards


def test_the_way_out_tells_how_many_where_all_was_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "rows.csv"
    file.write_text("prompt,completion\n" + "a,b\n" * 30 + "one\n" + "a,b\n" * 30 + "two\n")
    left = ReadAs(leave_out=True)
    assert (
        leaving_out(preview(file, reading=left), "line")
        == "Leave out the 2 lines that cannot be read"
    )
    monkeypatch.setattr("jobs.data.previews.WHOLE_FILE", 0)
    monkeypatch.setattr("jobs.data.previews.HEAD", 40)
    assert (
        leaving_out(preview(file, reading=left), "line")
        == "Leave out the lines that cannot be read"
    )


def test_lines_and_rows_that_cannot_be_read_are_counted_apart(tmp_path: Path) -> None:
    file = tmp_path / "chats.jsonl"
    good = {"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}
    lines = [json.dumps(good)] * 40
    lines[4], lines[8] = "oops", json.dumps({"messages": [{"role": "alien", "content": "a"}]})
    lines[9] = lines[8]
    file.write_text("\n".join(lines))
    seen = preview(file, reading=ReadAs(leave_out=True))
    assert hash(seen)  # the page remembers it, and asks so whether it changed
    assert leaving_out(seen, "line") == "Leave out the 1 line and the 2 rows that cannot be read"


def test_a_fetch_that_brought_what_cannot_be_read_is_over(tmp_path: Path) -> None:
    """The clock that looks after it stops, and the button is free again."""
    here = FetchedData("owner/name", tmp_path, "train", ("train",), "owner/name, train, 0123abc")
    workspace: Any = SimpleNamespace(
        import_of=lambda _: SimpleNamespace(state="done", fetched=here, error=None)
    )

    def looked(_: FetchedData) -> dict[Any, Any]:
        raise InputError("Line 7 cannot be read.", "Mend it.")

    with gr.Blocks():
        source, problem = hub_source(), gr.HTML()
    page = _moved(workspace, source, problem, looked, 1)
    assert page[source.timer]["active"] is False
    assert page[source.fetch]["interactive"] is True
    assert "Line 7 cannot be read." in page[problem]


@pytest.mark.parametrize(
    ("name", "content", "wrong", "right"),
    [
        ("a.txt", b"one ~~ two\nthree ~~ four\n", ReadAs(), ReadAs(separator="~~")),
        (
            "a.csv",
            b"prompt#completion\n" + b"a, b, c#d\n" * 30,
            ReadAs(leave_out=True),  # as the page asks, once a line of it could not be read
            ReadAs(separator="#"),
        ),
        (
            "a.csv",
            "prompt,completion\na,é\nb,c\n".encode("cp437"),
            ReadAs(encoding="utf-8"),
            ReadAs(encoding="cp437"),
        ),
    ],
)
def test_a_text_that_was_misread_can_be_read_as_somebody_says(
    tmp_path: Path, name: str, content: bytes, wrong: ReadAs, right: ReadAs
) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(Misread):
        preview(file, reading=wrong)
    assert preview(file, reading=right).raw
