"""The pieces that pages are put together from, on rows that somebody may well bring."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest
from fake_workspace.forgetting import fake_forgotten

from jobs.errors import DataError, Excerpt
from jobs.evaluation.votes import Duel, Tally
from jobs.types import ComparedExample, Completion, Finding, Interval, Score
from studio.parts.cards import example_cards, mask_cards
from studio.parts.choices import Choice, choice_cards
from studio.parts.colours import GREY, OKABE_ITO, colour, title, titles
from studio.parts.completions import compared_row, completion_text, marked, winner
from studio.parts.curve import loss_curve
from studio.parts.curves import overlaid
from studio.parts.forgetting import forgotten_view, with_ends
from studio.parts.frame import address, pager
from studio.parts.histogram import lengths_picture
from studio.parts.intervals import scores_picture
from studio.parts.notices import error_notice, findings
from studio.parts.outlook import outlook
from studio.parts.scale import spread, ticks
from studio.parts.score_tables import differences_table, few_scores_table, more, more_scores_table
from studio.parts.scrolling import scrolling
from studio.parts.states import badge, progress
from studio.parts.verdict import banner, meaning, sign
from studio.parts.votes import duel_cards, tallies
from studio.parts.votes import sentence as votes_sentence

NASTY = '<img src=x onerror="window.pwned=1"><script>window.pwned=1</script>'


class _Tags(HTMLParser):
    """The tags of a piece, and whether each that was opened is closed."""

    VOID = frozenset({"input", "br", "circle", "rect", "path", "polyline"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.seen.append(tag)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self.open.pop() == tag

    def handle_startendtag(self, tag: str, attrs: Any) -> None:
        self.seen.append(tag)


def tags(html: str) -> list[str]:
    parser = _Tags()
    parser.feed(html)
    parser.close()
    assert parser.open == []
    return parser.seen


def compared(**completions: str) -> ComparedExample:
    return ComparedExample(
        0,
        NASTY,
        NASTY,
        ("the red house",),
        {v: Completion(t, 3, False) for v, t in completions.items()},
        {v: {"rougeL": Score(len(t) / 20)} for v, t in completions.items()},
    )


def test_cells_with_markup_are_shown_as_text(workspace: Any) -> None:
    for html in (
        example_cards(workspace.examples("x", "train", 0, 9)),
        mask_cards(workspace.mask("x")),
        compared_row(compared(base=NASTY, tuned="the red house"), ("base", "tuned"), "rougeL"),
        findings([Finding("x", "warning", 1, NASTY, (1,))]),
        error_notice({"what": NASTY, "cure": NASTY, "detail": NASTY}),
        error_notice(DataError(NASTY, NASTY, excerpt=Excerpt(NASTY, NASTY, NASTY))),
        badge(NASTY),
        choice_cards("m", NASTY, [Choice("v", NASTY, (NASTY,), why=NASTY)], "v"),
        marked(NASTY, ["a reference"]),
    ):
        assert {"img", "script"}.isdisjoint(tags(html))


def test_terms_are_explained_wherever_in_the_verdict_they_stand() -> None:
    said = (
        "“x” learnt from these very prompts.\n“x” is better; word overlap 0.1 → 0.5 (0.3 to 0.5)."
    )
    assert "Word overlap (ROUGE-L) says" in banner(said, "unclear")
    assert "hold the true difference" in banner(said, "unclear")


def test_what_a_token_is_stands_where_tokens_are_first_seen(workspace: Any) -> None:
    assert "each token: a word, or a piece of one." in mask_cards(workspace.mask("x"))


def test_an_error_shows_the_line_that_it_speaks_of() -> None:
    html = error_notice(DataError("It broke.", "Mend it.", excerpt=Excerpt("a ", "b", " c")))
    assert '<pre class="excerpt">a <mark>b</mark> c</pre>' in html
    assert "<mark>" not in error_notice(DataError("It broke.", "", excerpt=Excerpt("all of it")))
    assert "<pre" not in error_notice(DataError("It broke.", "Mend it."))


def test_what_differs_is_marked_and_what_is_shared_is_not() -> None:
    html = marked("the blue house", ["the red house"])
    assert html == "the <mark>blue</mark> house"


def test_the_nearest_reference_counts() -> None:
    assert "<mark>" not in marked("a cat sat", ["dogs bark loudly", "a cat sat"])


def test_scripts_without_spaces_are_marked_sign_by_sign() -> None:
    assert marked("包裹在家", ["包裹在海关"]) == "包裹在<mark>家</mark>"


def test_empty_and_cut_answers_are_said_in_words() -> None:
    assert "empty answer" in completion_text(Completion(" \n", 1, False))
    assert "length limit" in completion_text(Completion("on and on", 9, True))
    assert "No answer yet" in completion_text(None)


def test_a_row_has_one_winner_or_none() -> None:
    assert winner(compared(base="a", tuned="abc"), "rougeL") == "tuned"
    assert winner(compared(base="abc", tuned="abc"), "rougeL") is None


def test_the_highest_score_of_a_row_is_not_called_right() -> None:
    row = compared_row(compared(base="a", tuned="abc"), ("base", "tuned"), "rougeL")
    assert row.count('<span class="crown">highest score here</span>') == 1
    assert "✓" not in row


def test_the_base_is_grey_and_variants_keep_their_order() -> None:
    variants = ("base", "base@4bit", "one", "two")
    assert [colour(v, variants) for v in variants] == [GREY, GREY, *OKABE_ITO[:2]]
    assert title("base@4bit") == "Untuned base in 4 bits"
    assert titles(["base"]) == "Untuned base"
    assert titles(["base", "a", "b"]) == "Untuned base, a and b"


def test_a_run_that_ended_before_its_first_step_waits_for_no_curve() -> None:
    assert "begins with the first step" in loss_curve([])
    ended = loss_curve([], moving=False)
    assert "ended before its first step" in ended
    assert "plot" not in ended


def test_curves(workspace: Any) -> None:
    html = loss_curve(workspace.metrics("house-style-lora-1"), steps=90, best=72)
    assert tags(html).count("polyline") == 2
    assert "best, kept" in html
    assert 'role="img" aria-label="After 90 steps: training loss' in html


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [{"step": 1, "loss": 2.0}],
        [{"step": 1, "validation_loss": 2.0}],
        [{"step": 1, "loss": float("nan")}, {"step": 2, "loss": float("inf")}],
        [{"step": 1, "loss": 0.0}, {"step": 2, "loss": 0.0}],
        [{"step": i, "loss": 1e9 / i} for i in range(1, 5000)],
    ],
)
def test_curves_of_few_strange_and_many_points(rows: list[dict[str, float]]) -> None:
    html = loss_curve(rows)
    tags(html)
    assert len(html) < 120_000
    assert "nan" not in html.lower().replace("finance", "")


def test_a_small_loss_has_figures_on_its_axis_and_in_its_sentence() -> None:
    rows = [{"step": n, "loss": 0.00004 / n, "validation_loss": 0.00002 + 0.00001 / n}
            for n in range(1, 9)]  # fmt: skip
    html = loss_curve(rows)
    assert "training loss 0.000040 → 0.0000050" in html
    named = re.findall(r'class="y"[^>]*><i>([^<]*)</i>', html)
    assert len(set(named)) >= 3
    assert all(re.fullmatch(r"0|0\.0000[1-9]", name) for name in named)


def test_a_validation_loss_that_was_measured_once_goes_from_nowhere_to_nowhere() -> None:
    rows = [{"step": 1, "loss": 3.0}, {"step": 1200, "loss": 2.0, "validation_loss": 2.5}]
    assert "3.00 → 2.00, validation loss 2.50 at step 1,200. Lower" in loss_curve(rows)
    rows.append({"step": 1300, "validation_loss": 2.25})
    assert "validation loss 2.50 → 2.25. Lower" in loss_curve(rows)


def test_a_forecast_is_called_a_bound_of_the_disk_alone(workspace: Any) -> None:
    ahead = workspace.forecast("house-style-sample", "lora")
    for free in (ahead.memory_available, 0):  # or nobody knows how much is free
        ahead.memory_available = free
        named = re.findall("<dt>(.*?)</dt>", outlook(ahead))
        assert [name for name in named if "," in name] == [
            *("Time, about", "On the disk, at most", "Memory, about")
        ]


def test_a_forecast_names_the_run_that_did_the_same(workspace: Any) -> None:
    ahead = workspace.forecast("house-style-sample", "lora")
    assert "same training" not in outlook(ahead)
    run = replace(workspace.run("house-style-lora-1"), name=NASTY)
    run = replace(run, result={**run.result, "seconds": 75.0, "peak_memory": 835e6})
    html = outlook(ahead, run)
    tags(html)
    assert NASTY not in html
    assert f'href="/runs?run={run.id}"' in html
    assert "took 1 min 15 s and 835 MB of memory" in html


def test_pictures_have_a_sentence(workspace: Any) -> None:
    result = workspace.result(3)
    html = scores_picture(result, "rougeL")
    assert 'role="img" aria-label="Word overlap (ROUGE-L): Untuned base 0.20 (0.17 to 0.24)' in html
    assert html.count("base-line") == 3
    more = {"rougeL": Interval(0.6, 0.5, 0.7, 40)}

    def beside(name: str) -> str:
        summary = {name: more, **result.summary}
        new = replace(result, variants=(name, *result.variants), summary=summary)
        return scores_picture(new, "rougeL")

    line = re.search(r'base-line" style="left:[0-9.]+%', html)
    assert line is not None
    assert line[0] in beside("base+3"), "it is the plain base's mean"
    assert "base-line" not in beside("base:other"), "whose would it be"
    tags(html + more_scores_table(result) + differences_table(result, "rougeL"))
    assert '<th scope="col">Against Untuned base</th>' in differences_table(result, "rougeL")
    small = replace(result.differences[0], metric="rougeL", delta=0.004, low=0.003, high=0.006)
    told = differences_table(replace(result, differences=(small,)), "rougeL")
    assert "+0.004" in told
    assert "+0.003 to +0.006" in told
    assert [with_ends(small), with_ends(replace(small, delta=-0.001, low=-0.01, high=0.01))] == [
        "+0.004 (+0.003 to +0.006)", "0.00 (−0.01 to +0.01)",
    ]  # fmt: skip
    lone = replace(result.differences[0], b="house-style-lora-1", a="recall-prompt-tuning-1")
    mixed = replace(result, differences=(*result.differences, replace(lone, metric="rougeL")))
    table = differences_table(mixed, "rougeL")
    assert "recall-prompt-tuning-1 against house-style-lora-1</th>" in table
    assert "house-style-lora-1 against Untuned base</th>" in table
    lengths = workspace.lengths("x")
    html = lengths_picture(lengths.tokens["train"], 1024, 1024)
    tags(html)
    assert "; the model can read 1,024. " in html
    html = lengths_picture(lengths.tokens["train"], 1024, 2048)
    assert "; a run reads up to 1,024 unless you set more, the model can read 2,048. " in html
    assert "limit 1,024</i>" in html
    html = lengths_picture(lengths.tokens["train"], 1024)
    assert "; a run reads up to 1,024 unless you set more. " in html
    assert 'class="limit"' in lengths_picture((100, 2000), 1024)
    assert 'class="limit early"' in lengths_picture((100, 4400), 1024)  # its words would not fit
    assert "nothing to measure" in lengths_picture((), 1024)
    tags(lengths_picture((5,), 4))


def test_a_loss_near_nothing_stands_over_a_0_that_is_labelled() -> None:
    """Where the axis began at 0.14 without a word, 0.7 passed for the floor."""
    floor = '<span class="y" style="top:100.00%"><i>0</i></span>'
    fell = [{"step": step, "loss": 0.7 + 9.3 * 0.9**step} for step in range(60)]
    assert floor in loss_curve(fell)
    assert floor in overlaid({"one": fell, "two": fell}, {"one": "/1", "two": "/2"})
    high = [{"step": step, "loss": 2.5 - 0.01 * step} for step in range(60)]
    assert floor not in loss_curve(high)  # what it fell by fills the height


@pytest.mark.parametrize(
    ("outcome", "said"),
    [("better", "better"), ("worse", "worse"), ("same", "unclear"), ("unclear", "unclear")],
)
def test_the_sign_takes_the_side_that_the_sentence_takes(outcome: str, said: str) -> None:
    assert sign(outcome) == said
    tags(banner("A sentence.", sign(outcome)))


def test_a_verdict_is_read_without_knowing_its_terms() -> None:
    told = "A is better than the base on 9 of 90 prompts; ROUGE-L 0.2 → 0.5, difference 0.3"
    assert "how many words an answer shares" in meaning(told)
    assert "95 times in 100" not in meaning(told)
    assert "95 times in 100" in meaning(f"{told} (0.2 to 0.4).")
    assert meaning(told.replace("ROUGE-L", "word overlap")) == meaning(told)  # stored earlier
    for word in ("exact match", "Exact match"):
        assert "letter for letter" in meaning(f"{word} 0.2 → 0.4.")
    assert meaning("It is trained. Whether it helped, only a comparison can tell.") == ""
    assert meaning(told) in banner(told)


@pytest.mark.parametrize("term", ["word overlap", "exact match", "nats a token"])
def test_the_reference_has_one_name_and_a_verdict_says_what_it_is(term: str) -> None:
    assert "the reference, the answer you wished for" in meaning(f"{term} 0.2 → 0.4.")


def test_a_vote_calls_the_reference_what_the_comparison_does(workspace: Any) -> None:
    one, duel = workspace.result(3).examples[0], Duel(0, "base", "base", 0, 1)
    for references, name in ((("a",), "Reference"), (("a", "b"), "References")):
        example = replace(one, references=references)
        assert f"<summary>{name}: what you wished for<" in duel_cards(duel, example)
        assert f"<h4>{name}</h4>" in compared_row(example, ["base"], "rougeL")


def test_what_a_verdict_leaves_open_stands_below_it_and_is_not_explained_anew() -> None:
    shown = banner("A is better; word overlap 0.2 → 0.4.\nWord for word the reference: 3 of 90.")
    tags(shown)
    assert '<span class="beside">Word for word the reference: 3 of 90.</span>' in shown
    assert shown.index("0.4.<") < shown.index("Word for word") < shown.index("how many words")
    assert "beside" not in banner("A is better; word overlap 0.2 → 0.4.")


def test_what_spoils_a_verdict_stands_out_below_it() -> None:
    shown = banner("A is better.\nWarning: 50 of 52 are <broken>.\nWord for word: 3 of 90.")
    tags(shown)
    warned = '<span class="beside warned"><strong>Warning.</strong> 50 of 52 are &lt;broken&gt;.'
    assert f"{warned}</span>" in shown
    assert '<span class="beside">Word for word: 3 of 90.</span>' in shown


def test_progress_says_what_and_how_long(workspace: Any) -> None:
    html = progress(workspace.job("house-style-lora-2"), unit="steps")
    assert 'role="progressbar"' in html
    assert "Training · 38 of 90 steps · about 18 s left" in html


def test_links_and_pages() -> None:
    assert address("/runs", {"run": 7, "page": None}) == "/runs?run=7"
    assert address("/data", {"name": "a&b=c"}) == "/data?name=a%26b%3Dc"
    assert pager("/data", {}, 1, 1) == ""
    assert 'rel="next"' in pager("/data", {}, 1, 2)


def test_axes() -> None:
    assert ticks(0, 1) == [0, 0.25, 0.5, 0.75, 1.0]
    assert ticks(3, 3) == [3]
    assert spread([50, 51], 9, 0, 100) == [50, 59]
    assert spread([99, 99], 9, 0, 100) == [91, 100]


def test_rows_of_a_finding_are_links_where_they_lead_somewhere() -> None:
    found = [Finding("a", "note", 1, "One.", (7,)), Finding("b", "note", 3, "Three.", (8, 9))]
    shown = findings(found, at=lambda finding, row: f"/x?row={row}" if finding.code == "a" else "")
    assert 'Row <a href="/x?row=7">7</a></p>' in shown
    assert "Rows 8, 9 and more</p>" in shown


def test_the_scores_that_people_need_stand_alone_and_each_says_what_it_is(workspace: Any) -> None:
    result = workspace.result(3)
    few = few_scores_table(result)
    rows = re.findall(r'<th scope="row">([^<]+)<span class="means">([^<]+)</span>', few)
    assert [name for name, _ in rows] == ["Exact match", "Length", "Cut off"]
    assert "precision" not in few
    by_exact = few_scores_table(replace(result, metric="exact_match"))
    named = re.findall(r'<th scope="row">([^<]+)<', by_exact)
    assert named == ["Length", "Cut off"]
    others = more_scores_table(result)
    told = re.findall(r'<th scope="row">([^<]+)<span class="means">', others)
    assert len(told) == others.count('<th scope="row">') > 9
    assert told[:2] == ["Precision of word overlap (ROUGE-L)", "Recall of word overlap (ROUGE-L)"]
    assert told[2:5] == ["ROUGE-1", "precision", "recall"]
    assert not {"Exact match", "Length", "Cut off", "Word overlap (ROUGE-L)"} & set(told)
    assert {one.title for one in more(result)} <= set(told)


def test_a_table_is_described_by_its_caption() -> None:
    table = scrolling("Differences in ROUGE-L", "On the same prompts", "<tr></tr>", "")
    (name,) = re.findall(r'aria-describedby="([^"]*)"', table)
    assert f'id="{name}"' in table
    assert " " not in name  # which would be several names


def test_a_p_says_what_it_is_wherever_one_stands(workspace: Any) -> None:
    none = Interval(None, None, None, 0)
    votes = Tally("run", "base", 2, 1, 1, 0, 0, 2, ("me",), none, 1.0, none, none)
    for html in (
        differences_table(workspace.result(3), "rougeL"),
        forgotten_view(fake_forgotten("run")),
        tallies([votes]),
    ):
        (caption,) = re.findall(r'<p class="caption"[^>]*>([^<]*)', html)
        assert re.search(r'<th scope="col">(Sign test )?p\b', html)
        assert re.search(r"\bp( among the tasks)?: how often luck alone would do as much", caption)


def test_votes_without_a_winner_stand_in_one_column_each() -> None:
    none = Interval(None, None, None, 0)
    html = tallies([Tally("run", "base", 5, 2, 1, 1, 1, 5, ("me",), none, 1.0, none, none)])
    head = re.findall(r'<th scope="col">([^<]*)', html)
    figures = re.findall(r"<td>([^<]*)", html)
    assert head[1:5] == ["Won", "Lost", "Equal", "Both bad"]
    assert figures[:4] == ["2", "1", "1", "1"]
    assert "Each prompt counts once" in html


@pytest.mark.parametrize(
    ("wins", "losses", "p", "said"),
    [
        (0, 0, 1.0, "nobody took a side yet."),
        (2, 1, 1.0, "too few votes to tell; it was chosen on 2 of 3 prompts with a winner."),
        (5, 0, 0.0625, "too few votes to tell"),
        (6, 0, 0.03125, "this person prefers it"),
        (0, 6, 0.03125, "this person prefers the other"),
        (4, 3, 1.0, "no preference to be seen"),
    ],
)
def test_few_votes_are_no_answer(wins: int, losses: int, p: float, said: str) -> None:
    none = Interval(None, None, None, 0)
    found = Tally(
        *("run", "base", wins + losses, wins, losses, 0, 0, wins + losses, ("me",)),
        *(none, p, none, none),
    )
    assert f"by 1 person: {said}" in votes_sentence(found)
