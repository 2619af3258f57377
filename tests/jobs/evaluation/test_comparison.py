"""From completions to a result, and what is written beside it."""

from __future__ import annotations

import json
import random

import pytest
import sacrebleu

from jobs.evaluation.comparison import compare
from jobs.evaluation.metrics import metrics
from jobs.evaluation.notes import EASY, advice
from jobs.evaluation.report import to_json
from jobs.types import Completion, Example

WORDS = ["a", "red", "blue", "cat", "dog", "sits", "runs", "on", "mat", "far", "near", "tree"]
SETTINGS = {"max_new_tokens": 64, "dtype": "float32", "template": "{prompt}"}


def examples(count, seed=0):
    draw = random.Random(seed)
    return [Example(f"prompt {n}", (" ".join(draw.choices(WORDS, k=12)),), n) for n in range(count)]


def answers(given, wrong, seed):
    """The references with a share of their words replaced."""
    draw = random.Random(seed)
    return {
        n: Completion(
            " ".join(
                draw.choice(WORDS) if draw.random() < wrong else word
                for word in example.references[0].split()
            ),
            12,
            False,
        )
        for n, example in enumerate(given)
    }


def compared(given, completions, **changes):
    rendered = [f"{example.prompt}\n" for example in given]
    settings = SETTINGS | changes
    return compare(given, rendered, completions, list(completions), settings, "faq", "test")


@pytest.fixture(scope="module")
def result():
    given = examples(60)
    return compared(
        given,
        {
            "base": answers(given, 0.6, 1),
            "lora-1": answers(given, 0.3, 2),
            "pt-1": answers(given, 0.9, 3),
        },
    )


def test_the_result_says_who_won(result):
    assert result.metric == "rougeL"
    assert result.verdict.startswith("“lora-1” is better than the base on")
    assert "“pt-1” is worse" in result.verdict
    assert result.notes == ("The models computed in float32.",)


def test_every_pair_by_every_judging_metric_the_base_as_b(result):
    pairs = {(d.a, d.b) for d in result.differences}
    assert pairs == {("lora-1", "base"), ("pt-1", "base"), ("pt-1", "lora-1")}
    judging = {m.name for m in metrics() if m.judges}
    assert {d.metric for d in result.differences} == judging
    for d in result.differences:
        assert d.wins + d.ties + d.losses == 60
        assert d.low <= d.delta <= d.high
        means = (result.summary[name][d.metric].mean for name in (d.a, d.b))
        assert d.delta == pytest.approx(next(means) - next(means))


def test_the_order_in_which_completions_came_changes_nothing(result):
    given = examples(60)
    turned = {
        name: dict(reversed(list(answers(given, wrong, seed).items())))
        for name, wrong, seed in (("base", 0.6, 1), ("lora-1", 0.3, 2), ("pt-1", 0.9, 3))
    }
    assert compared(given, turned) == result


def test_a_missing_completion_is_no_comparison():
    given = examples(3)
    with pytest.raises(KeyError):
        compared(given, {"base": {0: Completion("a", 1, False)}})


def test_empty_answers_limits_and_missing_scores_are_said():
    """Traps 28 and 31: they are counted and shown."""
    given = [*examples(39), Example("dots", ("...",), 39)]
    good = answers(given, 0.3, 1)
    texts = ["" if n < 3 else f"a {n}" for n in range(40)]
    bad = {n: Completion(texts[n], 2, hit_limit=n % 4 == 0) for n in range(40)}
    found = compared(given, {"base": good | {39: Completion("!!!", 1, False)}, "x": bad})
    assert found.hit_limit == {"base": 0.0, "x": 0.25}
    assert found.notes == (
        "“x” ran into the limit of 64 tokens in 10 of 40 answers, which are cut off there.",
        "“x” answered nothing to 3 of 40 prompts: score 0.",
        "1 prompt has no word overlap for some variant: there is no word to compare.",
        "The models computed in float32.",
    )
    assert found.examples[0].scores["x"]["rougeL"].value == 0.0
    assert found.summary["base"]["rougeL"].count == 39
    assert found.summary["x"]["rougeL"].count == 39
    assert found.summary["x"]["hit_limit"].mean == 0.25
    scored = [d for d in found.differences if d.metric == "rougeL"]
    assert scored[0].wins + scored[0].ties + scored[0].losses == 39


def test_repetition_is_hinted_at():
    """It raises recall at no cost."""
    given = examples(60)
    plain = answers(given, 0.5, 1)
    twice = {n: Completion(" ".join([c.text] * 3), 36, False) for n, c in plain.items()}
    found = compared(given, {"base": plain, "parrot": twice})
    said = [note for note in found.notes if "repeats itself" in note]
    assert len(said) == 1
    assert said[0].startswith("“parrot” repeats itself: ")
    assert "look at precision and F" in said[0]
    parts = found.examples[0].scores["parrot"]["rouge1"].parts
    assert parts["recall"] > parts["precision"]


def test_bleu_and_chrf_are_those_of_the_whole_test_set(result):
    judges = {"bleu": sacrebleu.BLEU(), "chrf": sacrebleu.CHRF()}
    references = [[e.references[0] for e in result.examples]]
    for name, judge in judges.items():
        for variant in result.variants:
            texts = [e.completions[variant].text for e in result.examples]
            interval = result.summary[variant][name]
            wanted = judge.corpus_score(texts, references).score / 100
            assert interval.mean == pytest.approx(wanted, abs=1e-9)
            assert interval.low < interval.mean < interval.high
    d = next(d for d in result.differences if (d.a, d.b, d.metric) == ("lora-1", "base", "bleu"))
    assert d.low > 0
    assert d.wins + d.ties + d.losses == 60


def test_several_variants_are_corrected_for_and_one_is_not(result):
    against = [d for d in result.differences if d.b == "base"]
    assert all(d.holm is not None and d.holm >= d.p for d in against)
    assert all(d.holm is None for d in result.differences if d.b != "base")
    given = examples(60)
    two = compared(given, {"base": answers(given, 0.6, 1), "x": answers(given, 0.3, 2)})
    assert all(d.holm is None for d in two.differences)


def test_beside_others_a_nearly_perfect_run_is_still_better():
    given = examples(50)
    right, silent = answers(given, 0, 1), Completion("zzz", 1, False)
    found = compared(
        given,
        {
            "base": dict.fromkeys(right, silent),
            "base+3": dict.fromkeys(right, silent),
            "lora-1": right | {7: Completion("a red zzz", 3, False)},
        },
    )
    assert found.verdict.startswith("“lora-1” is better than the base on 49 of 50 prompts")


def test_each_base_model_has_a_limit_of_its_own():
    given = examples(20)
    cut = {n: Completion("a red", 2, True) for n in range(20)}
    found = compared(
        given,
        {"base": cut, "base:B": cut},
        max_new_tokens=40,
        models={"base": "A", "base:B": "B"},
        max_new_tokens_of={"A": 40, "B": 120},
    )
    assert "The base ran into the limit of 40 tokens in 20 of 20" in found.notes[0]
    assert any("The base of B ran into the limit of 120 tokens" in note for note in found.notes)


def test_a_tenth_at_the_limit_is_not_worth_a_note():
    given = examples(40)
    some = {n: Completion(f"a {n}", 1, hit_limit=n < 4) for n in range(40)}
    assert compared(given, {"base": some}).notes == ("The models computed in float32.",)


def test_one_answer_to_everything_is_said():
    """Better than a base that never knew what was asked is not saying much."""
    given = examples(60)
    right, same = answers(given, 0.9, 1), Completion("What  should I do\nwith this text?", 6, False)
    mostly = {**dict.fromkeys(range(40), same), **{n: right[n] for n in range(40, 60)}}

    def told(names):
        result = compared(given, names)
        return [n for n in result.notes if "one and the same" in n], advice(result)

    said = "gave one and the same answer to 40 of 60 prompts: “What should I do with this text?”."
    for base in ("base", "base@4bit", "base:org/y"):
        (note,), advised = told({base: mostly, "x": right})
        assert note.endswith(said)
        assert advised == (EASY,)
    assert told({"base": mostly, "base+3": right, "x": right}) == ([f"The base {said}"], ())
    assert told({"base": right, "x": mostly}) == ([f"“x” {said}"], ())
    half = {**dict.fromkeys(range(29), same), **{n: right[n] for n in range(29, 60)}}
    assert told({"base": half, "x": right}) == ([], ())
    assert told({"base": dict.fromkeys(range(60), Completion("", 0, False))}) == ([], ())


def test_the_usual_label_is_no_fault_where_it_is_usual():
    given = [Example(f"p{n}", ("no" if n % 3 else "yes",), n) for n in range(60)]
    always = {n: Completion("no", 1, False) for n in range(60)}
    assert not [n for n in compared(given, {"base": always}).notes if "one and the same" in n]


def test_half_precision_is_said():
    given = examples(2)
    found = compared(given, {"base": answers(given, 0.3, 1)}, dtype="bfloat16")
    assert "bfloat16" in found.notes[-1]


def test_short_references_are_judged_by_exact_match():
    given = [Example(f"p{n}", ("yes" if n % 2 else "no",), n) for n in range(60)]
    right = {n: Completion("yes" if n % 2 else "no", 1, False) for n in range(60)}
    always = {n: Completion("no", 1, False) for n in range(60)}
    found = compared(given, {"base": always, "lora-1": right})
    assert found.metric == "exact_match"
    assert "better than the base on 30 of 60 prompts; exact match 0.50 → 1.00" in found.verdict


def test_the_json_is_the_contract(result):
    document = json.loads(json.dumps(to_json(result), allow_nan=False))
    fields = {"data", "split", "settings", "examples", "summary", "differences", "verdict"}
    assert fields <= set(document)
    assert (document["data"], document["split"]) == ("faq", "test")
    assert document["settings"]["max_new_tokens"] == 64
    first = document["examples"][0]
    assert first["prompt"] == "prompt 0"
    assert first["rendered_prompt"] == "prompt 0\n"
    assert set(first["completions"]) == {"base", "lora-1", "pt-1"}
    judging = {m.name for m in metrics() if m.judges}
    assert all(set(scores) == judging for scores in first["scores"].values())
    for by_metric in document["summary"].values():
        assert set(by_metric) == judging
        assert all({"mean", "low", "high"} <= set(one) for one in by_metric.values())
    wanted = {"a", "b", "metric", "delta", "low", "high", "wins", "ties", "losses"}
    assert all(wanted <= set(one) for one in document["differences"])
    assert document["verdict"] == result.verdict
    assert document["outcome"] == result.outcome == "better"


def test_a_score_that_is_none_is_null_with_its_reason():
    given = [Example("p", ("...",), 0)]
    document = to_json(compared(given, {"base": {0: Completion("!", 1, False)}}))
    example = document["examples"][0]
    assert example["scores"]["base"]["rougeL"] is None
    assert "word" in example["unscored"]["base"]["rougeL"]
    assert document["summary"]["base"]["rougeL"]["mean"] is None


def test_numbers_that_are_none_never_reach_the_json():
    given = examples(1)
    found = compared(given, {"base": answers(given, 0, 1)}, odd=float("nan"), far=float("inf"))
    assert to_json(found)["settings"]["odd"] is None
    assert to_json(found)["settings"]["far"] is None
