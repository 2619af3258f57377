"""Events only grow, and none is lost."""

from jobs.store import Store


def test_batches_by_four_processes_lose_nothing_and_keep_their_order(store, home, together):
    jobs = [store.jobs.submit("nap", "cpu").id for _ in range(4)]
    store.close()

    def write(number):
        mine = Store.open(home)
        for batch in range(20):
            items = [("log", {"text": f"{number}:{batch * 5 + n}"}) for n in range(5)]
            mine.events.append(jobs[number], None, items)

    assert together(write, 4) == [0] * 4
    store = Store.open(home)
    found = [event for event in store.events.after(limit=10_000) if event.kind == "log"]
    assert [event.id for event in found] == sorted({event.id for event in found})
    for number, job_id in enumerate(jobs):
        wanted = "\n".join(f"{number}:{n}" for n in range(100))
        assert store.events.log(job_id=job_id) == wanted


def test_a_reader_that_asks_for_what_came_after_misses_nothing(store):
    job = store.jobs.submit("nap", "cpu")
    seen, texts = 0, []
    for n in range(7):
        store.events.append(job.id, None, [("log", {"text": f"{n}a"}), ("log", {"text": f"{n}b"})])
        while batch := store.events.after(seen, job_id=job.id, limit=3):
            texts += [event.data["text"] for event in batch if event.kind == "log"]
            assert all(event.id > seen for event in batch)
            seen = batch[-1].id
    assert texts == [f"{n}{c}" for n in range(7) for c in "ab"]


def test_ids_are_not_given_again_after_a_delete(store, make_run):
    run = make_run("tone-1")
    job = store.jobs.newest(run.id)
    store.events.append(job.id, run.id, [("log", {"text": "x"})])
    last = store.events.after(run_id=run.id)[-1].id
    store.jobs.request_stop(job.id)
    store.runs.delete("tone-1")
    assert store.events.after() == []
    again = make_run("tone-1")
    assert again.id > run.id
    assert store.events.after()[0].id > last


def metric(step, **values):
    return ("metric", {"step": step, "values": values})


def test_values_of_one_step_are_one_point(store, make_run):
    run = make_run("tone-1")
    job = store.jobs.newest(run.id)
    points = [metric(1, loss=3.0), metric(2, loss=2.0), metric(2, validation_loss=2.5)]
    store.events.append(job.id, run.id, points)
    assert store.events.metrics(run.id) == [
        {"step": 1, "loss": 3.0},
        {"step": 2, "loss": 2.0, "validation_loss": 2.5},
    ]


def test_a_resumed_run_has_one_curve(store, make_run):
    run = make_run("tone-1")
    job = store.jobs.newest(run.id)
    first = [metric(step, loss=float(step)) for step in range(1, 51)]
    store.events.append(job.id, run.id, first, attempt=0)
    store.events.append(job.id, run.id, [metric(41, loss=-41.0)], attempt=1)
    curve = store.events.metrics(run.id)
    assert [point["step"] for point in curve] == list(range(1, 42))
    assert curve[-1]["loss"] == -41.0


def test_log_and_warnings(store, make_run):
    run = make_run("tone-1")
    job = store.jobs.newest(run.id)
    told = [("log", {"text": "one"}), ("warning", {"sentence": "Few rows."})]
    store.events.append(job.id, run.id, [*told, ("log", {"text": "two"}), told[1]])
    store.events.append(job.id, run.id, [])
    assert store.events.log(run.id) == "one\ntwo"
    assert store.events.warnings(run.id) == ["Few rows."]


def test_a_validation_after_a_resume_keeps_the_loss_of_its_step(store, make_run):
    run = make_run("tone-1")
    job = store.jobs.newest(run.id)
    first = [("metric", {"step": s, "values": {"loss": 3.0 - s}}) for s in (1, 2)]
    store.events.append(job.id, run.id, first, attempt=0)
    later = [("metric", {"step": 2, "values": {"validation_loss": 0.5}})]
    store.events.append(job.id, run.id, later, attempt=1)
    assert store.events.metrics(run.id) == [
        {"step": 1, "loss": 2.0},
        {"step": 2, "loss": 1.0, "validation_loss": 0.5},
    ]
