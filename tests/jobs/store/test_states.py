"""One table of transitions, applied by compare-and-swap."""

import itertools

import pytest

from jobs.store.states import TRANSITIONS, IllegalTransition, sources

STATES = tuple(TRANSITIONS)
ROAD = {
    "queued": (),
    "running": ("running",),
    "done": ("running", "done"),
    "failed": ("running", "failed"),
    "stopped": ("running", "stopped"),
    "interrupted": ("running", "interrupted"),
}


def put(store, state):
    job = store.jobs.submit("nap", "cpu")
    for step in ROAD[state]:
        if step == "running":
            store.jobs.claim("cpu")
        else:
            store.jobs.finish(job.id, step)
    return job.id


@pytest.mark.parametrize(("before", "after"), [*itertools.product(STATES, STATES)])
def test_every_pair_of_states_is_as_the_table_says(store, before, after):
    job_id = put(store, before)
    allowed = after in TRANSITIONS[before]
    assert allowed == (before in sources(after))
    if allowed:
        store.jobs.finish(job_id, after)
        assert store.jobs.get(job_id).state == after
    else:
        with pytest.raises(IllegalTransition, match=before):
            store.jobs.finish(job_id, after)
        assert store.jobs.get(job_id).state == before


def test_nothing_leads_out_of_done_and_only_resume_out_of_the_other_endings():
    assert TRANSITIONS["done"] == frozenset()
    for state in ("failed", "stopped", "interrupted"):
        assert TRANSITIONS[state] == {"queued"}


def test_of_two_who_end_a_job_one_wins(store, home, together):
    job_id = put(store, "running")
    store.close()

    def end(number):
        from jobs.store import Store

        try:
            Store.open(home).jobs.finish(job_id, ("done", "interrupted")[number])
        except IllegalTransition:
            raise SystemExit(9) from None

    assert sorted(together(end, 2)) == [0, 9]


def test_a_process_of_an_earlier_attempt_has_no_say(store):
    job_id = put(store, "interrupted")
    store.jobs.requeue(job_id)
    store.jobs.claim("cpu")
    with pytest.raises(IllegalTransition, match="anew"):
        store.jobs.finish(job_id, "done", attempt=0)
    with pytest.raises(IllegalTransition, match="anew"):
        store.jobs.start(job_id, 1, 2, "boot", attempt=0)
    assert store.jobs.finish(job_id, "done", attempt=1).state == "done"


def test_each_change_of_state_is_an_event(store):
    job_id = put(store, "failed")
    told = [event.data["state"] for event in store.events.after(job_id=job_id)]
    assert told == ["queued", "running", "failed"]
