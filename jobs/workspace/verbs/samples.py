"""The verbs of the samples that come along: the first try on one of them."""

from __future__ import annotations

from jobs.training.forecast import Forecast
from jobs.types import DatasetInfo, RunInfo
from jobs.workspace import training
from jobs.workspace.answers import Sample, TrainRequest
from jobs.workspace.samples import TEST_SHARE, first_try_counts, sample, samples
from jobs.workspace.verbs.runs import RunVerbs


class SampleVerbs(RunVerbs):
    """What can be done with the samples."""

    def samples(self) -> list[Sample]:
        """Every sample; the first one is what `try_sample` takes."""
        return list(samples())

    def try_sample(self) -> RunInfo:
        """A quick LoRA run on the sample, and its comparison; pressed twice, it is still one."""
        with self._bringing:
            dataset = self._bring(samples()[0].name)
            wanted = (dataset.id, "lora", "starter", "quick")
            for job in self.queue():
                if job.run_id is None:
                    continue
                run = self.run_by_id(job.run_id)
                if (run.dataset_id, run.method, run.model, run.effort) == wanted:
                    return run
            return self.train(dataset.name, "lora", compare=True)

    def sample_forecast(self) -> Forecast | None:
        """What `try_sample` would cost here; None until a probe has said how fast this is."""
        device = self.device()
        if device is None:
            return None
        name = samples()[0].name
        if any(dataset.name == name for dataset in self.datasets()):
            return self.forecast(name, "lora")
        counts, request = first_try_counts(), TrainRequest(name, "lora")
        info, rows = self.model(request.model), len(counts["train"])
        return training.forecast_of(self.home, counts, rows, request, info, device)

    def add_sample(self, name: str) -> DatasetInfo:
        """A sample as a dataset, imported where it is not there yet."""
        with self._bringing:
            return self._bring(name)

    def _bring(self, name: str) -> DatasetInfo:
        known = {dataset.name: dataset for dataset in self.datasets()}
        if name in known:
            return known[name]
        chosen = sample(name)
        return self.add_dataset(
            chosen.path,
            name,
            prompt=chosen.prompt,
            completions=(chosen.completion,),
            test_share=TEST_SHARE,
        )
