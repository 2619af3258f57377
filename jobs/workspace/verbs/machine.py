"""The verbs of models, methods and the machine."""

from __future__ import annotations

from jobs.models.source import resolve
from jobs.types import DeviceInfo, ModelInfo
from jobs.workspace import checkup, models, training
from jobs.workspace.answers import CheckUp, MethodChoice, ModelChoice
from jobs.workspace.verbs.opened import Opened


class MachineVerbs(Opened):
    """What there is to train with."""

    def models(self) -> list[ModelChoice]:
        """The starter and a short list of small open models, with whether each fits here."""
        return models.choices(self._machine.guess())

    def model(self, spec: str) -> ModelInfo:
        """What a model is, without loading it."""
        return resolve(spec)

    def methods(self, model: str = "starter") -> list[MethodChoice]:
        """Every tuning method, with whether it can run here."""
        return training.method_choices(self.model(model), self._machine.guess())

    def device(self) -> DeviceInfo | None:
        """The device that work goes to; None until a probe has answered."""
        self._machine.probe_in_background()
        return self._machine.known()

    def probe(self) -> DeviceInfo:
        """The device that work goes to; waits for the probe, which takes some seconds once."""
        return self._machine.probe()

    def doctor(self, *, afresh: bool = False) -> list[CheckUp]:
        """The machine's check-up; `afresh` probes it again, for a driver that was mended."""
        device = self._machine.probe_again() if afresh else self._machine.probe()
        return checkup.check_up(self.home, device)
