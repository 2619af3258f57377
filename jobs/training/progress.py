"""Where a run stands, and how fast it goes; all that a checkpoint keeps beside tensors."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from statistics import median

NOTICED = 0.01  # nats a token; a hundredth more of doubt about each token
RECENT = 32  # steps that the time left is taken from
WAITED = 3.0  # times the usual seconds a token: what a step took beyond them, it waited


@dataclass
class Progress:
    """The state of a run after `step` optimizer steps."""

    step: int = 0
    seconds: float = 0.0
    rows_at_once: int = 0
    best_step: int = 0
    best_loss: float | None = None
    checks: list[tuple[int, float]] = field(default_factory=list)  # step, validation loss
    warned_rising: bool = False
    # Summed loss and labels since the last point of the curve, and since the last validation.
    point: tuple[float, int] = (0.0, 0)
    stretch: tuple[float, int] = (0.0, 0)
    stretches: list[float] = field(default_factory=list)  # mean training loss between validations

    def checked(self, step: int) -> bool:
        return any(s == step for s, _ in self.checks)

    def add(self, loss: float, labels: int) -> None:
        """Count a step's summed loss over its labels."""
        self.point = (self.point[0] + loss, self.point[1] + labels)
        self.stretch = (self.stretch[0] + loss, self.stretch[1] + labels)

    def take_point(self) -> float:
        """Mean loss since the last point of the curve, which this one now is."""
        (loss, labels), self.point = self.point, (0.0, 0)
        return loss / max(1, labels)

    def look(self, loss: float) -> None:
        """Note a validation loss; that of step 0 is the untuned model's and never the best."""
        self.checks.append((self.step, loss))
        if not self.step:
            return
        (total, labels), self.stretch = self.stretch, (0.0, 0)
        self.stretches.append(total / max(1, labels))
        if self.best_loss is None or loss < self.best_loss:
            self.best_step, self.best_loss = self.step, loss

    def since_best(self) -> list[float]:
        """Validation losses after the lowest one."""
        return [loss for step, loss in self.checks if self.best_step and step > self.best_step]

    def rising(self) -> bool:
        """Whether the model begins to learn by heart: twice in a row clearly above the best
        validation loss, while the training loss fell.

        Clearly: by a hundredth of it and by `NOTICED`, for a loss near nothing wavers.
        """
        after = self.since_best()
        if self.best_loss is None or len(after) < 2 or len(self.stretches) < 3:
            return False
        clearly = self.best_loss + max(0.01 * self.best_loss, NOTICED)
        return self.stretches[-1] < self.stretches[-3] and min(after[-2:]) > clearly


@dataclass
class Pace:
    """How fast the last steps of this process were, and what a validation takes, for the time left.

    Not all steps: what has slowed a run for a while may be over. Nor one alone: a step may have
    waited for something that has nothing to do with it.
    """

    steps: deque[tuple[int, float]] = field(default_factory=lambda: deque(maxlen=RECENT))
    check: float = 0.0
    probe: float | None = None  # seconds a token of the batch that was tried before all

    def add(self, tokens: int, seconds: float) -> None:
        self.steps.append((tokens, seconds))

    def left(self, tokens: float, checks: int) -> float | None:
        """Seconds for `tokens` more and `checks` more validations; None while nothing was tried."""
        if not self.steps:
            return None if self.probe is None else tokens * self.probe + checks * self.check
        most = WAITED * median(seconds / read for read, seconds in self.steps)
        seconds = sum(min(seconds, most * read) for read, seconds in self.steps)
        return tokens * seconds / sum(read for read, _ in self.steps) + checks * self.check
