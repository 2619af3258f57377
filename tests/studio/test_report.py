"""A comparison as a file: the report opens anywhere, the table is safe to open, JSON is whole."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from jobs import Score
from jobs.home import Home
from studio.pages.compared import View, prompts, top
from studio.report import MOST_ROWS, page, written
from studio.server import create_app


@pytest.fixture(scope="module")
def client(fakes: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    workspace = fakes.FakeWorkspace(Home(tmp_path_factory.mktemp("home")).make())
    with TestClient(create_app(workspace), base_url="http://127.0.0.1:7860") as client:
        yield client


def test_the_report_is_one_document_that_fetches_nothing(workspace: Any) -> None:
    info, result = workspace.comparison(3), workspace.result(3)
    text = "".join(page(info, result))
    assert text.startswith("<!DOCTYPE html>")
    assert "<script" not in text
    assert not re.search(r"(?:src|href)=\"(?:https?:|/)", text.replace('href="#', ""))
    assert "@import" not in text
    assert "url(" not in text
    assert result.verdict.split(";")[0][:30] in text.replace("&#x27;", "'")
    assert text.count('<article class="row"') == 120
    assert "window.pwned=1</script>" not in text
    assert '<details class="more">' not in text  # nothing is folded on paper


def test_the_precision_is_told_with_the_settings_alone(workspace: Any) -> None:
    told = "The models computed in bfloat16: a few answers in a hundred may differ."
    info, result = workspace.comparison(3), workspace.result(3)
    text = "".join(page(info, replace(result, notes=("A variant repeats itself.", told))))
    assert text.count(told) == 1
    assert text.index("A variant repeats itself.") < text.index("<h2>Scores</h2>")
    assert text.index("Settings used") < text.index(told) < text.index("<h2>Prompts</h2>")


def test_a_long_report_says_where_the_rest_is(workspace: Any) -> None:
    info, result = workspace.comparison(3), workspace.result(3)
    every = tuple(result.examples) * 20
    text = "".join(page(info, replace(result, examples=every)))
    assert text.count('<article class="row"') == MOST_ROWS
    assert "The first 2,000 are here" in text


def test_the_table_has_a_line_a_prompt_and_no_formulas(workspace: Any) -> None:
    info, result = workspace.comparison(3), workspace.result(3)
    first = replace(result.examples[0], prompt='=HYPERLINK("http://x")', references=("-1", "b"))
    result = replace(result, examples=(first, *result.examples[1:]))
    text = "".join(written("csv", info, result))
    assert text.startswith("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert len(rows) == 120
    assert rows[0]["prompt"] == '\'=HYPERLINK("http://x")'
    assert rows[0]["reference"] == "'-1"
    assert rows[0]["reference 2"] == "b"
    variant = result.variants[1]
    assert rows[7][variant] == result.examples[7].completions[variant].text
    assert (
        float(rows[7][f"{variant}: rougeL"]) == result.examples[7].scores[variant]["rougeL"].value
    )
    assert rows[4][f"{variant}: rougeL"] == ""


def test_the_json_is_that_of_the_command_line(workspace: Any) -> None:
    document = json.loads("".join(written("json", workspace.comparison(3), workspace.result(3))))
    assert document["comparison"] == 3
    assert document["verdict"] == workspace.result(3).verdict
    assert len(document["examples"]) == 120


def test_what_people_chose_blind_goes_along(fakes: Any, tmp_path: Path) -> None:
    workspace = fakes.FakeWorkspace(Home(tmp_path / "home").make())
    with TestClient(create_app(workspace), base_url="http://127.0.0.1:7860") as client:
        assert client.get("/report/3.json").json()["votes"] == []
        assert "What the votes say" not in client.get("/report/3.html").text
        duel = workspace.duel(3, "Anna")
        workspace.vote(3, "Anna", duel.position, duel.left, duel.right, "left")
        (told,) = client.get("/report/3.json").json()["votes"]
        report = client.get("/report/3.html").text
    assert {told["a"], told["b"]} == {duel.left, duel.right}
    assert (told["votes"], told["voters"]) == (1, ["Anna"])
    assert "What the votes say" in report
    assert "Anna" not in report, "what was chosen is told, not by whom"


@pytest.mark.parametrize(
    ("kind", "start"), [("html", "<!DOCTYPE"), ("csv", "\ufeff"), ("json", "{")]
)
def test_the_server_gives_them_as_downloads(client: TestClient, kind: str, start: str) -> None:
    answer = client.get(f"/report/3.{kind}")
    assert answer.status_code == 200
    assert f"comparison-3.{kind}" in answer.headers["content-disposition"]
    assert answer.content.decode().startswith(start)


def test_what_was_forgotten_is_a_download_too(client: TestClient) -> None:
    table = client.get("/forgotten/4/4004.csv")
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    assert "forgotten-4004.csv" in table.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(table.content.decode().removeprefix("\ufeff"))))
    found = client.get("/forgotten/4/4004.json").json()
    assert [row["task"] for row in rows] == found["task_of"]
    assert [row["prompt"] for row in rows] == [e["prompt"] for e in found["comparison"]["examples"]]
    assert found["whole"]["score"]["low"] is not None


@pytest.mark.parametrize(
    "path", ["/forgotten/4/9.csv", "/forgotten/999/4004.csv", "/forgotten/4/4004.exe"]
)
def test_what_was_not_found_is_no_download(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    "path", ["/report/999.html", f"/report/{9 * 10**40}.csv", "/report/3.exe", "/report/x.html"]
)
def test_what_is_not_there_is_said(client: TestClient, path: str) -> None:
    assert client.get(path).status_code in (404, 422)


def test_other_hosts_get_no_report(client: TestClient) -> None:
    assert client.get("/report/3.json", headers={"host": "evil.example"}).status_code >= 400


def test_all_that_is_shown_stands_in_the_address(workspace: Any) -> None:
    info, result = workspace.comparison(3), workspace.result(3)
    view = View.of({"sort": "loss", "find": " Ghent ", "page": "2", "by": "nobody"})
    assert view == View("loss", "nobody", "Ghent", 2)
    assert View.of({"sort": "<b>", "page": "-1"}) == View()
    html = prompts(info, result, view)
    assert 'aria-current="true">Largest loss' in html
    assert "sort=loss" in html
    assert "find=Ghent" in html
    assert "Page 2 of 2" in html
    assert 'value="Ghent"' in html
    assert prompts(info, result, replace(view, page=99)).count("<article") > 0
    nothing = prompts(info, result, View(find="zzz<script>"))
    assert "0 prompts with “zzz&lt;script&gt;”" in nothing


def test_where_it_got_worse_is_one_press_away(workspace: Any) -> None:
    info, result = workspace.comparison(3), workspace.result(3)
    html = top(info, None, result)
    where = "/compare?comparison=3&amp;sort=loss&amp;by={}#prompts"
    assert f'href="{where.format("recall-prompt-tuning-1")}">Where did it get worse?' in html
    for kind in ("html", "csv", "json"):
        assert f'href="/report/3.{kind}"' in html


def test_where_nothing_got_worse_nobody_is_asked_where(workspace: Any) -> None:
    result = workspace.result(3)
    gains = tuple(replace(d, losses=0) for d in result.differences)
    assert "get worse" not in top(workspace.comparison(3), None, replace(result, differences=gains))


def test_what_a_run_forgot_is_one_press_away_from_its_verdict(workspace: Any) -> None:
    """A verdict tells of what was learnt alone."""
    info, result = workspace.comparison(3), workspace.result(3)
    way = 'href="#forgotten-here">What did it forget?'
    assert way in top(info, None, result)
    assert way not in top(replace(info, variants=("base", "base+3")), None, result)


def test_best_of_row_is_no_praise_for_next_to_nothing(workspace: Any) -> None:
    from studio.parts.completions import winner

    example = workspace.result(3).examples[0]
    a, b = list(example.scores)[:2]

    def crowned(first: float | None, second: float | None) -> str | None:
        scores = {a: {"rougeL": Score(first)}, b: {"rougeL": Score(second)}}
        return winner(replace(example, scores=scores), "rougeL")

    assert crowned(0.05, 0.0) is None
    assert crowned(0.5, 0.4) == a
    assert crowned(0.505, 0.5) is None
    assert crowned(0.5, None) == a
    assert crowned(None, None) is None
