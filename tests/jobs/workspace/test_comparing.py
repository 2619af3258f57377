"""From a list of names to a queued comparison, and back to its result."""

from __future__ import annotations

from typing import Any

import pytest

from jobs.errors import InputError, NotFound, Unavailable
from jobs.evaluation import archive
from jobs.types import ComparisonResult
from jobs.workspace import comparing

BASES = ("base", "base+1")


@pytest.fixture
def trained(bench: Any, tiny: Any) -> Any:
    """A bench with two finished runs on one base."""
    bench.data()
    for name in ("first", "second"):
        bench.end(bench.train(tiny("llama"), name=name))
    return bench


def result_of(verdict: str) -> ComparisonResult:
    return ComparisonResult(
        data="things",
        split="test",
        variants=("base",),
        settings={},
        metric="rougeL",
        examples=(),
        summary={},
        differences=(),
        hit_limit={},
        verdict=verdict,
    )


def test_bases_come_first_and_nothing_twice(trained: Any, tiny: Any) -> None:
    info = trained.workspace.compare("things", ["second", "base", "second", "first", "base@4bit"])
    assert info.variants == ("base", "base@4bit", "second", "first")
    assert info.model == str(tiny("llama"))
    assert info.state == "queued"
    assert trained.workspace.comparison_job(info.id).kind == "compare"
    assert trained.workspace.comparison(info.id) == info


def test_bases_alone_stand_on_the_model_that_is_named(trained: Any, tiny: Any) -> None:
    assert trained.workspace.compare("things", BASES).model == "starter"
    given = trained.workspace.compare("things", BASES, model=str(tiny("gpt2")))
    assert given.model == str(tiny("gpt2"))


@pytest.mark.parametrize(
    ("names", "cure"), [(["first"], "base"), (["first", "first"], "base"), (["base"], "a run")]
)
def test_one_variant_alone_is_refused_before_it_answers(
    trained: Any, names: list[str], cure: str
) -> None:
    with pytest.raises(InputError, match="nothing to compare") as refused:
        trained.workspace.compare("things", names)
    assert f"Name {cure}," in refused.value.cure
    assert trained.workspace.comparisons() == []


def test_runs_of_different_bases_are_grouped_each_with_its_base(trained: Any, tiny: Any) -> None:
    other = str(tiny("gpt2"))
    trained.end(trained.train(other, name="other"))
    info = trained.workspace.compare("things", ["first", "other", "base", "base+2", "second"])
    assert info.model == str(tiny("llama"))
    mine = ("base", "base+2", "first", "second")
    assert info.variants == (*mine, f"base:{other}", f"base+2:{other}", "other")
    each = [f"base:{info.model}", f"base:{other}"]
    named = trained.workspace.compare("things", ["first", "other", *each])
    assert named.variants == ("base", "first", f"base:{other}", "other")
    turned = trained.workspace.compare("things", ["base", "first", "other"], model=other)
    assert turned.variants == ("base", "other", f"base:{tiny('llama')}", "first")


def test_a_run_that_nothing_of_its_model_stands_beside_is_refused(trained: Any, tiny: Any) -> None:
    other = str(tiny("gpt2"))
    trained.end(trained.train(other, name="other"))
    for names in (["first", "other"], ["base:" + str(tiny("llama")), "first", "other"]):
        with pytest.raises(InputError, match=r"Nothing is held against “(first|other)”") as refused:
            trained.workspace.compare("things", names)
        assert "Name its base as well: base:" in refused.value.cure
    assert trained.workspace.comparisons() == []


def test_a_model_that_no_run_stands_on_is_refused(trained: Any, tiny: Any) -> None:
    with pytest.raises(InputError, match="base of none of these runs"):
        trained.workspace.compare("things", ["first"], model=str(tiny("gpt2")))
    assert trained.workspace.comparisons() == []


def test_the_same_request_gives_what_exists(trained: Any) -> None:
    ask = trained.workspace.compare
    first = ask("things", ["base", "first"])
    assert ask("things", ["first", "base", "first"]) == first
    count = trained.workspace.dataset("things").counts["test"]
    assert ask("things", ["base", "first"], limit=count + 5) == first
    others = [
        ask("things", ["base", "second"]),
        ask("things", ["base", "first"], limit=2),
        ask("things", ["base", "first"], dtype="float32"),
        ask("things", ["base", "first"], split="validation"),
    ]
    assert len({first.id, *(other.id for other in others)}) == 5
    assert ask("things", ["base", "first"], limit=2).id == others[1].id


def test_a_failed_request_is_made_anew(trained: Any) -> None:
    first = trained.workspace.compare("things", ["base", "first"])
    trained.store.jobs.finish(trained.store.jobs.claim("cpu").id, "failed")
    assert trained.workspace.compare("things", ["base", "first"]).id != first.id


def test_what_cannot_be_compared(trained: Any, tiny: Any) -> None:
    ask = trained.workspace.compare
    trained.end(trained.train(tiny("llama"), name="broken"), "failed")
    for variants, more, part in (
        (["broken"], {}, "Resume it"),
        ([], {}, "base"),
        (["base", "nobody"], {}, "nobody"),
        (["base", "base+6"], {}, "base+5"),
        (["base+0"], {}, "base+1"),
        (["base"], {"limit": 0}, "at least 1"),
        (["base"], {"split": "rehearsal"}, "rehearsal"),
        (["base"], {"dtype": "float8"}, "float32"),
    ):
        with pytest.raises(InputError) as caught:
            ask("things", variants, **more)
        assert part in str(caught.value)
    with pytest.raises(NotFound):
        ask("nothing", ["base"])
    assert trained.workspace.comparisons() == []


def test_a_run_under_way_is_waited_for(trained: Any, tiny: Any) -> None:
    run = trained.train(tiny("llama"), name="third")
    trained.train(tiny("llama"), name="fourth")
    info = trained.workspace.compare("things", ["base", "first", "third"])
    training = trained.store.jobs.claim("cpu")
    assert training.run_id == run.id
    assert trained.store.jobs.claim("cpu").kind == "train"  # the fourth goes before it
    assert trained.store.jobs.claim("cpu") is None
    trained.store.jobs.finish(training.id, "done")
    assert trained.store.jobs.claim("cpu").id == info.job_id


def test_a_run_that_fails_takes_its_comparison_along(trained: Any, tiny: Any) -> None:
    trained.train(tiny("llama"), name="third")
    info = trained.workspace.compare("things", ["base", "third"])
    trained.store.jobs.finish(trained.store.jobs.claim("cpu").id, "failed")
    assert trained.store.jobs.claim("cpu") is None
    ended = trained.workspace.comparison(info.id)
    assert ended.state == "failed"
    assert ended.error["what"]


def test_a_run_that_somebody_stops_takes_its_comparison_along_as_stopped(
    trained: Any, tiny: Any
) -> None:
    run = trained.train(tiny("llama"), name="third")
    info = trained.workspace.compare("things", ["base", "third"])
    trained.workspace.stop("third")
    ended = trained.workspace.comparison(info.id)
    assert ended.state == "stopped"
    assert "“third”" in ended.error["what"]
    assert trained.workspace.comparison_job(info.id).stop_requested is False
    trained.workspace.resume(run.name)
    assert trained.workspace.comparison(info.id).state == "queued"


def test_a_run_in_a_waiting_comparison_is_kept(trained: Any) -> None:
    trained.workspace.compare("things", ["base", "first"])
    with pytest.raises(Unavailable, match="comparison"):
        trained.workspace.delete("first")


def test_the_comparison_that_says_most_of_a_run(trained: Any) -> None:
    """A finished one first, then one with the base, then a whole split, then the newest."""
    told = trained.workspace.comparison_of
    assert told("first") is None
    with_base = trained.workspace.compare("things", ["base", "first"])
    trained.workspace.compare("things", ["first", "second"])
    trained.workspace.compare("things", ["base", "first"], limit=2)
    assert told("first") == with_base
    newer = trained.workspace.compare("things", ["base", "base@4bit", "first"])
    assert told("first") == newer
    job = trained.store.jobs.claim("cpu")
    trained.store.jobs.finish(job.id, "done")
    assert told("first").id == with_base.id


def test_rows_that_were_learnt_from_say_least_and_of_a_part_the_larger_says_more(
    trained: Any,
) -> None:
    def ended(**more: Any) -> Any:
        info = trained.workspace.compare("things", ["base", "first"], **more)
        trained.store.jobs.finish(trained.store.jobs.claim("cpu").id, "done")
        return trained.workspace.comparison(info.id)

    told = trained.workspace.comparison_of
    learnt = ended(split="train")
    assert told("first") == learnt
    other = ended(split="validation", limit=1)
    assert told("first") == other
    large = ended(limit=3)
    ended(limit=2)
    ended(split="train", limit=5)
    assert told("first") == large
    whole = ended()
    ended(limit=4)
    assert told("first") == whole


def test_two_runs_on_the_test_say_more_than_the_base_on_rows_that_were_learnt_from(
    trained: Any,
) -> None:
    trained.workspace.compare("things", ["first", "second"])
    trained.workspace.compare("things", ["base", "first"], split="train")
    while (job := trained.store.jobs.claim("cpu")) is not None:
        trained.store.jobs.finish(job.id, "done")
    assert trained.workspace.comparison_of("first").split == "test"


def test_what_can_be_compared(trained: Any, tiny: Any) -> None:
    trained.data("others")
    trained.end(trained.train(tiny("gpt2"), name="other", data="others"))
    trained.train(tiny("llama"), name="waiting")
    bases = ["base", "base@4bit", "base+3"]
    assert trained.workspace.variants() == [*bases, "other", "second", "first"]
    assert trained.workspace.variants(model=str(tiny("gpt2"))) == [*bases, "other"]
    assert trained.workspace.variants(data="things") == [*bases, "second", "first"]
    assert trained.workspace.variants(limit=1) == [*bases, "other"]
    assert trained.workspace.variants(words="S ec") == [*bases, "second"]
    assert trained.workspace.variants(words="%") == bases


def test_runs_that_can_answer_are_found_behind_many_that_cannot(
    trained: Any, tiny: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comparing, "PORTION", 2)
    for number in range(5):
        trained.train(tiny("llama"), name=f"waiting-{number}")
    found = trained.workspace.find_runs(limit=1)
    assert [run.name for run in found] == ["second"]
    assert [run.name for run in trained.workspace.find_runs()] == ["second", "first"]
    assert trained.workspace.find_runs("waiting") == []


def test_a_result_is_none_until_it_is_scored_then_read_once(trained: Any) -> None:
    info = trained.workspace.compare("things", BASES)
    assert trained.workspace.result(info.id) is None
    path = trained.workspace.home.comparison(info.id)
    archive.save(result_of("Better."), path)
    found = trained.workspace.result(info.id)
    assert found.verdict == "Better."
    assert trained.workspace.result(info.id) is found


def test_the_results_at_hand_do_not_grow_without_end(trained: Any) -> None:
    asked = [trained.workspace.compare("things", BASES, limit=n).id for n in range(1, 10)]
    for number in asked:
        archive.save(result_of(str(number)), trained.workspace.home.comparison(number))
        assert trained.workspace.result(number).verdict == str(number)
    assert len(trained.workspace._results) <= 8
    assert trained.workspace.result(asked[0]).verdict == str(asked[0])


def test_a_comparison_that_is_gone_has_no_result(trained: Any) -> None:
    """Deleted with its dataset: neither a row nor a file is left."""
    trained.data("others")
    info = trained.workspace.compare("others", BASES)
    trained.store.jobs.finish(trained.store.jobs.claim("cpu").id, "done")
    path = trained.workspace.home.comparison(info.id)
    archive.save(result_of("Better."), path)
    assert trained.workspace.result(info.id) is not None
    trained.workspace.delete_dataset("others")
    assert not path.exists()
    with pytest.raises(NotFound):
        trained.workspace.result(info.id)


def test_runs_that_read_prompts_differently_are_not_compared(bench: Any, tiny: Any) -> None:
    bench.data()
    bench.data("others", template="Say it: {prompt}")
    bench.end(bench.train(tiny("llama"), name="first"))
    bench.end(bench.train(tiny("llama"), name="second", data="others"))
    with pytest.raises(InputError, match="templates"):
        bench.workspace.compare("things", ["base", "first", "second"])
