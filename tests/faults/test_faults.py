"""The short form: every fault once with a light child, and a power cut over real training.

The full form, `python -m tests.faults --real 100 --light 400`, has in addition real training under
every fault (each loads torch three times), each fault in every phase in which it can strike and at
many moments of it, the variations that are drawn (a stop while the runner is gone, a second fault
upon the resume, the one or the other kind of small volume), and a database that is locked for 20 s
rather than 3. Real training that is stopped and goes on is in `tests/jobs/queue/test_train_work.py`
and `tests/end_to_end`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

SEED = 1
# What takes longest begins first.
LONG = ("stop-unheard", "home-read-only", "crowd", "child-hangs", "power-cut", "server-killed")
AT_ONCE = 6  # they wait more than they work
# Instead of the 20 s of the full form.
LOCKED = "3"

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="processes are started and found as on Linux"
)


def scenarios() -> list[Any]:
    sys.path.append(str(Path(__file__).parents[1]))
    from faults.scenario import Scenario, each

    light = sorted(each(SEED, True), key=lambda s: LONG.index(s.fault) if s.fault in LONG else 99)
    return [Scenario(SEED, False, "power-cut", "checkpointing"), *light]


@pytest.fixture(scope="module")
def outcomes(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Mapping[str, Future[Any]]]:
    """All that were chosen, begun together."""
    chosen = {item.name for item in request.session.items}
    from faults.scenario import environment, make_home, play, with_curve

    with pytest.MonkeyPatch.context() as patch:
        for name, value in (environment() | {"ATTUNE_FAULTS_LOCKED": LOCKED}).items():
            patch.setenv(name, value)
        folder = tmp_path_factory.mktemp("faults")
        begun = make_home(folder)
        light = with_curve(begun, True)

        def played(one: Any) -> Any:
            template = light if one.light else with_curve(begun, False)
            return play(one, folder, {one.light: template})

        with ThreadPoolExecutor(AT_ONCE) as pool:
            yield {
                s.name: pool.submit(played, s)
                for s in scenarios()
                if f"test_nothing_is_lost[{s.name}]" in chosen
            }


@pytest.mark.parametrize("scenario", scenarios(), ids=lambda scenario: scenario.name)
def test_nothing_is_lost(scenario: Any, outcomes: Mapping[str, Future[Any]]) -> None:
    outcome = outcomes[scenario.name].result(timeout=500)
    if outcome.skipped:
        pytest.skip(outcome.skipped)
    assert not outcome.problem, outcome.problem


def test_the_short_form_leaves_out_no_fault_and_no_phase() -> None:
    from faults.scenario import all_faults
    from faults.stage import PHASES

    assert sorted(one.fault for one in scenarios() if one.light) == sorted(all_faults())
    assert [one.fault for one in scenarios() if not one.light] == ["power-cut"]
    assert {one.phase for one in scenarios()} >= {*PHASES}
    assert {*LONG} <= all_faults().keys()


def test_the_suite_sees_what_it_looks_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A world in which nothing was done is not called whole."""
    from faults import truth
    from faults.world import Broken, Template, World
    from jobs.home import Home
    from jobs.store import Store

    world = World(tmp_path / "world", Template(tmp_path, tmp_path, True, {}), 1, "training")
    world.home = Home(world.root).make()
    world.store = Store.open(world.home)
    world.store.jobs.submit("nap", "cpu")
    world.store.jobs.claim("cpu")  # it says running, and nobody holds its lock
    monkeypatch.setattr(truth, "ENDING", 0.1)
    with pytest.raises(Broken, match="says running"):
        truth._states_are_true(world)
    world.store.jobs.finish(1, "failed")
    with pytest.raises(Broken, match="without a word"):
        truth._states_are_true(world)
    assert not truth.same(((1, 0.5),), ((1, 0.6),))
    assert not truth.same(((1, 0.5),), ())
    assert truth.same(((1, 0.5),), ((1, 0.5),))
    assert os.getpid() not in truth.processes(world.root)
    world.store.close()
