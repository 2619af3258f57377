"""The work of a question: every variant answers one prompt; the model stays for the next one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jobs.data import Renderer
from jobs.errors import AttuneError
from jobs.evaluation.generate import Answerer, Request
from jobs.home import Home
from jobs.models.source import end_ids
from jobs.models.tokenizer import load_tokenizer
from jobs.queue.local_model import FetchStopped, ensure_local
from jobs.queue.machine import Machine
from jobs.queue.reporter import StoreReporter
from jobs.queue.variants import variant_for
from jobs.queue.work import Ending, Stay
from jobs.store import Store
from jobs.types import Ask, Completion, GenerationSettings, JobInfo, ModelInfo, Variant

LONGEST_ANSWER = 200  # tokens


class AskAll:
    """Answers questions until none comes for a while or other work waits."""

    kind = "ask"

    def run(
        self, job: JobInfo, store: Store, home: Home, reporter: StoreReporter, stay: Stay
    ) -> Ending:
        room = _Room(store, job.device)
        following: JobInfo | None = job
        while following is not None:
            error: Mapping[str, str] | None = None
            ending: Ending = "done"
            try:
                asked = store.asks.get(int(following.payload["ask_id"]))
                ending = room.answer(asked, reporter)
            except FetchStopped:
                ending = "stopped"
            except AttuneError as refused:
                error = _as_row(refused)
            following = stay(ending, error)
        room.close()
        return "done"


work = AskAll()


def _as_row(error: AttuneError) -> dict[str, str]:
    return {"kind": error.kind, "what": error.what, "cure": error.cure, "detail": error.detail}


class _Room:
    """The base model that is loaded, and what has been asked of it."""

    def __init__(self, store: Store, device: str) -> None:
        self._store = store
        self._device = Machine(store).named(device)
        self._info: ModelInfo | None = None
        self._answerer: Answerer | None = None
        self._known: dict[str, Variant] = {}

    def answer(self, asked: Ask, reporter: StoreReporter) -> Ending:
        """Let every variant answer; each answer is kept as it comes."""
        answerer, info = self._loaded(asked.model, reporter)
        renderer = Renderer(
            load_tokenizer(info),
            template=asked.template,
            kind=info.kind,
            extra_end_ids=end_ids(info),
        )
        refused = {name: self._refusal(answerer, name) for name in asked.variants}
        ready = [name for name, refusal in refused.items() if refusal is None]
        for name, refusal in refused.items():
            if refusal is not None and not ready:
                raise refusal
            if refusal is not None:
                self._store.asks.put(asked.id, name, _as_row(refusal))
        prompt = tuple(renderer.prompt_ids(asked.prompt))
        settings = GenerationSettings(LONGEST_ANSWER, self._device.precision, asked.template)
        reporter.phase("Writing answers", total=len(ready))

        def on_done(name: str, _index: int, completion: Completion) -> None:
            self._store.asks.put(asked.id, name, completion)

        whole = answerer.answer(
            [Request(name, 0, prompt) for name in ready],
            settings,
            renderer.end_ids,
            renderer.pad_id,
            on_done,
            reporter.stop_requested,
        )
        return "done" if whole else "stopped"

    def _refusal(self, answerer: Answerer, name: str) -> AttuneError | None:
        """Make a variant known; why it cannot answer, where it cannot."""
        try:
            variant = variant_for(self._store, name, self._device.precision)
        except AttuneError as refused:
            return refused
        if self._known.get(name) != variant:
            answerer.add(variant)
            self._known[name] = variant
        return None

    def close(self) -> None:
        if self._answerer is not None:
            self._answerer.close()

    def _loaded(self, model: str, reporter: StoreReporter) -> tuple[Answerer, ModelInfo]:
        info = ensure_local(model, reporter)
        if self._answerer is None or self._info != info:
            self.close()
            reporter.phase("Loading the model")
            tokenizer: Any = load_tokenizer(info)
            self._answerer = Answerer(info, tokenizer, self._device.name, keep=True)
            self._info, self._known = info, {}
        return self._answerer, info
