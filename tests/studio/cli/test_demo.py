"""The demo goes on with its own runs, and with no other's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jobs import JobInfo, Workspace
from jobs.home import Home
from jobs.store import Store
from studio.cli.demo import _finished


class NobodyWorks:
    """An executor that lets three jobs wait; for a fourth the demo would wait for ever."""

    left = 3

    def wake(self, device: str) -> None:
        self.left -= 1
        assert self.left >= 0


def test_a_run_on_another_base_or_with_other_options_is_not_the_demo_s(
    tiny: Any, tmp_path: Path
) -> None:
    home = Home(tmp_path / "home").make()
    store = Store.open(home)
    workspace = Workspace(home, store, NobodyWorks())
    data = workspace.add_sample(workspace.samples()[0].name).name

    def done(**more: Any) -> JobInfo:
        workspace.train(data, "lora", **more)
        job = store.jobs.claim(workspace.queue()[0].device)
        assert job is not None
        return store.jobs.finish(job.id, "done")

    done(model=str(tiny("llama")))
    own = done()
    done(options={"epochs": 0.5})
    assert _finished(workspace, data, "lora").id == own.run_id
    store.close()
