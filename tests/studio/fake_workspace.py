"""A workspace of believable rows without a database: every state, long names, HTML, Unicode."""

from __future__ import annotations

import functools
import math
import random
import time
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from fake_questions import FakeQuestions

from jobs.data import ReadAs, save_pasted, silent
from jobs.data.templates import TEMPLATES, PromptTemplate
from jobs.errors import AlreadyExists, DataError, InputError, NotFound, Unavailable
from jobs.evaluation.comparison import compare
from jobs.evaluation.forgetting import Forgotten, forgotten
from jobs.evaluation.metrics import described
from jobs.evaluation.votes import Duel, Tally, next_duel, tally
from jobs.home import Home
from jobs.methods.soft_prompt import Near, SoftPrompt, VirtualToken
from jobs.options import OptionInfo
from jobs.types import (
    Ask,
    ChangedRow,
    Columns,
    ComparedExample,
    ComparisonInfo,
    ComparisonResult,
    Completion,
    DatasetInfo,
    DeviceInfo,
    Difference,
    Example,
    Finding,
    Interval,
    JobInfo,
    ModelInfo,
    RunInfo,
    Score,
    VersionDifference,
    Vote,
)
from jobs.workspace.answers import FetchedData, Forgetting, MaskedExample, MaskedToken
from jobs.workspace.disk import DatasetRemoval, Removal
from jobs.workspace.imports import Imports

NASTY = '<img src=x onerror="window.pwned=1"><script>window.pwned=1</script> ${1+1} {{value}} `x`'
LONG = "house-style-for-the-customer-service-team-in-the-north-second-attempt-with-more-rows-v2"

PROMPTS = (
    "Summarize this chat.\nAmina: The parcel to Ghent has not moved since Monday.\n"
    "Support: I am sorry. It waits at customs; I have sent them the invoice.",
    "Describe: name[The Blue Heron], food[Thai], area[riverside], price[moderate]",
    "Rewrite politely: Send me the report now.",
    "Beschreibe: Name[Straße der Brücken], Küche[österreichisch], Gebiet[Fluss]",
    "总结:客户的包裹自周一以来没有移动。客服已把发票发给海关。",
    NASTY,
    "لخّص: الطرد لم يتحرك منذ يوم الاثنين.",
)
REFERENCES = (
    "The parcel to Ghent is held at customs; support has sent the invoice.",
    "The Blue Heron is a moderately priced Thai place by the riverside.",
    "Could you please send me the report when you have a moment?",
    "Straße der Brücken ist ein österreichisches Lokal am Fluss.",
    "包裹在海关,客服已发送发票。",
    "A cell of <b>markup</b> stays text.",
    "الطرد عند الجمارك.",
)

TRAINING = (
    OptionInfo(
        "epochs",
        "Epochs",
        "How many times the model reads all examples.",
        float,
        3.0,
        low=0.1,
        high=100,
    ),
    OptionInfo(
        "learning_rate",
        "Learning rate",
        "How big a step the model takes from each "
        "example. Too big and it forgets, too small and it learns nothing.",
        float,
        2e-3,
        low=1e-6,
        high=1.0,
    ),
    OptionInfo(
        "batch_size",
        "Batch size",
        "How many examples it looks at before it takes a step.",
        int,
        16,
        low=1,
        high=512,
    ),
    OptionInfo(
        "gradient_accumulation",
        "Gradient accumulation",
        "How many batches are put together for one step.",
        int,
        1,
        low=1,
        high=1024,
    ),
    OptionInfo(
        "max_length",
        "Longest example",
        "Tokens of prompt and completion together.",
        int,
        None,
        optional=True,
        low=16,
        high=8192,
    ),
    OptionInfo(
        "schedule",
        "Schedule",
        "How the learning rate falls over the run.",
        str,
        "cosine",
        choices=("linear", "cosine", "constant"),
    ),
)
LORA = (
    OptionInfo(
        "rank",
        "Rank",
        "How much room the adapter has. More room learns more and costs more.",
        int,
        16,
        low=1,
        high=256,
    ),
    OptionInfo(
        "dropout",
        "Dropout",
        "Share of the adapter left out at random in each step.",
        float,
        0.0,
        low=0.0,
        high=0.9,
    ),
    OptionInfo(
        "target_modules",
        "Target modules",
        "Which layers get an adapter; empty is every linear layer.",
        tuple,
        (),
    ),
)
PROMPT = (
    OptionInfo(
        "virtual_tokens",
        "Virtual tokens",
        "How many learnt tokens stand before the prompt.",
        int,
        20,
        low=1,
        high=200,
    ),
    OptionInfo(
        "init_text", "Start from text", "The words that the virtual tokens start as.", str, ""
    ),
)


SHIFTS = {"rouge1": 0.05, "rouge2": -0.1}  # of a metric's mean from ROUGE-L's


def fake_soft_prompt(count: int = 20) -> SoftPrompt:
    """Vectors that went far, among words in many scripts."""
    rng, words = random.Random(5), ("Read", "the", "总结", "لخّص", NASTY, "best", "␣")
    tokens = []
    for n in range(count):
        near = [Near(words[(n + k) % 7], round(0.42 - 0.04 * k - 0.01 * n, 2)) for k in range(5)]
        ends = [(rng.gauss(0, 3), rng.gauss(0, 1.5)), (rng.gauss(0, 0.4), rng.gauss(0, 0.4))]
        tokens.append(VirtualToken(words[n % 7], tuple(near), 3.1, 0.3, 3.4, *ends))
    return SoftPrompt(tuple(tokens), 0.43, 0.31, 4092)


@functools.cache
def fake_forgotten(run: str, each: int = 50) -> Forgotten:
    """Twelve tasks of which three got worse, with text in many scripts."""
    rng = random.Random(8)
    some, more = ("support", "dialogue", "describe", "extract", "question", NASTY), ("tone", "copy")
    tasks = (*some, *more, "classify", "order", "mail", "tense")
    names = [task for task in tasks for _ in range(each)]
    examples, sides = [], {"base": {}, run: {}}
    for index, task in enumerate(names):
        wanted = REFERENCES[index % 7]
        lost = rng.random() < {"tone": 0.8, "order": 0.4, "copy": 0.5}.get(task, 0.02)
        said = REFERENCES[(index + 1) % 7] if lost else wanted
        nats = rng.uniform(4, 9)
        sides["base"][index] = Completion(wanted, 12, False, nll=nats, reference_tokens=12)
        sides[run][index] = Completion(said, 12, False, nll=nats + 1.5, reference_tokens=12)
        examples.append(Example(f"{task} {index}: {PROMPTS[index % 7]}", (wanted,), index + 1))
    told = {"dtype": "float32", "max_new_tokens": 80}
    read = [e.prompt for e in examples]
    result = compare(examples, read, sides, ("base", run), told, "general questions", "general")
    return forgotten(result, run, "base", "general questions", names)


@dataclass
class Moving:
    """A run that trains for `train` seconds and is compared for `compare` seconds."""

    run: RunInfo
    started: float
    train: float = 2.5
    compare: float = 1.5


@dataclass
class FakeWorkspace:
    home: Home
    empty: bool = False
    clock: Any = time.time
    train_seconds: float = 2.5
    moving: list[Moving] = field(default_factory=list)
    added: list[DatasetInfo] = field(default_factory=list)
    rows_added: list[Example] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)
    stopped: set[str] = field(default_factory=set)
    ended: set[int] = field(default_factory=set)  # comparisons that were stopped
    order: list[int] = field(default_factory=list)  # ids of jobs that were moved, in their order
    paused: bool = False
    imports: Imports = field(default_factory=Imports)
    chain: dict[str, list[DatasetInfo]] = field(default_factory=dict)
    heads: dict[str, int] = field(default_factory=dict)
    studying: set[int] = field(default_factory=set)
    talking: FakeQuestions = field(default_factory=lambda: FakeQuestions(time.time))
    given: list[Vote] = field(default_factory=list)
    looked: dict[str, float] = field(default_factory=dict)  # runs asked what they forgot, and when

    # --- data -----------------------------------------------------------------------------------

    def preview(
        self,
        path: Any,
        *,
        prompt: str | None = None,
        completions: Sequence[str] = (),
        reading: Any = None,
    ) -> Any:
        path = Path(path)
        text = path.read_bytes()
        if not text.strip():
            raise DataError(f"“{path.name}” is empty.", "Choose a file that has rows in it.")
        if b"\0" in text:
            raise DataError(
                f"“{path.name}” is not a table of text.", "Save it as CSV or JSON lines."
            )
        header = text.decode("utf-8", "replace").splitlines()[0].split(",")
        columns = tuple(header)
        guess = Columns(columns[0], columns[1:2]) if len(columns) > 1 else None
        cards = self.examples("", "train", 0, 3)
        return SimpleNamespace(
            columns=columns,
            guess=guess,
            chosen=guess,
            prompt_choices=columns,
            looked_at=600,
            cards=cards,
            rows=600,
            findings=(self._findings()[1],),
            notes=("It is UTF-8, separated by commas.",),
            reading=reading or ReadAs("utf-8", ",", header=True),
            sheets=(),
            prompts=600,
            whole=True,
            share=0.1,
            tested=lambda share: round(600 * share),
        )

    def add_dataset(
        self,
        path: Any,
        name: str,
        *,
        prompt: str | None = None,
        completions: Sequence[str] = (),
        test_file: Any = None,
        test_share: float = 0.1,
        template: str = "{prompt}",
        reading: Any = None,
        source: str | None = None,
        progress: Any = silent,
    ) -> DatasetInfo:
        if any(d.name == name for d in self.datasets()):
            raise AlreadyExists(f"There is a dataset “{name}” already.", "Choose another name.")
        if "/" in name or not name:
            raise InputError(f"“{name}” cannot be a name.", "Leave out slashes.")
        info = replace(
            self._dataset(50 + len(self.added), name),
            source=source or Path(path).name,
            template=template,
        )
        self.added.append(info)
        return info

    def start_import(
        self,
        path: Any,
        name: str,
        *,
        prompt: str | None = None,
        completions: Sequence[str] = (),
        test_file: Any = None,
        test_share: float = 0.1,
        template: str = "{prompt}",
        reading: Any = None,
        source: str | None = None,
    ) -> Any:
        def work(progress: Any) -> DatasetInfo:
            return self.add_dataset(path, name, template=template, source=source)

        return self.imports.start(name, work)

    def fetch_data(self, name: str, part: str | None = None, progress: Any = silent) -> Any:
        if name == "private/data":
            raise NotFound("The Hub has no data set “private/data”.", "Check the name.")
        folder = self.home.uploads / "hub"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{part or 'train'}.csv"
        path.write_text(f"{part or 'train'} question,answer\nHello,Hi\n")
        source = f"{name}, {part or 'train'}, 0123abc"
        return FetchedData(name, path, part or "train", ("test", "train"), source)

    def start_fetch(self, name: str, part: str | None = None) -> Any:
        return self.imports.start(name, lambda told: self.fetch_data(name, part, told))

    def import_of(self, import_id: int) -> Any:
        return self.imports.get(import_id)

    def wait_for_import(self, import_id: int, seconds: float) -> Any:
        return self.imports.wait(import_id, seconds)

    def cancel_import(self, import_id: int) -> Any:
        return self.imports.cancel(import_id)

    def paste(self, text: str, folder: Any) -> Path:
        return save_pasted(text, Path(folder))

    def _findings(self) -> tuple[Finding, ...]:
        return (
            Finding(
                "unseen_characters",
                "warning",
                7,
                "7 rows hold characters that cannot be seen.",
                (12, 40, 41, 77, 90, 102, 512),
                "Nobody sees them, but the model reads them and may learn to write them.",
                "Take these characters out",
            ),
            Finding(
                "duplicates",
                "note",
                3,
                "3 rows repeat an earlier prompt and completion.",
                (5, 6, 9),
                "What stands there twice is learnt twice.",
                "Keep each once",
            ),
        )

    def _dataset(self, number: int, name: str) -> DatasetInfo:
        return DatasetInfo(
            number,
            name,
            self.clock() - 86400 * number,
            "tickets.csv",
            Columns("ticket", ("summary",)),
            "{prompt}",
            {"train": 480, "validation": 60, "test": 120},
            "f" * 64,
            self._findings(),
            210_000,
            intake={"read": 672, "empty_prompt": 2, "empty_completion": 1, "folded": 9},
        )

    def datasets(self) -> list[DatasetInfo]:
        if self.empty:
            return list(self.added)
        rows = [
            self._dataset(1, "recall-sample"),
            self._dataset(2, "house-style-sample"),
            self._dataset(3, LONG),
            self._dataset(4, "Übung <b>mit</b> 表"),
        ]
        kept = [d for d in [*self.added[::-1], *rows] if d.name not in self.gone]
        return [
            next(v for v in self.chain[d.name] if v.version == self.heads[d.name])
            if d.name in self.chain
            else d
            for d in kept
        ]

    def dataset(self, name: str) -> DatasetInfo:
        for info in self.datasets():
            if info.name == name:
                return info
        stem, _, number = name.rpartition("@")
        for version in self.versions(stem) if stem and number.isdecimal() else ():
            if version.version == int(number):
                return version
        raise NotFound(f"There is no dataset “{name}”.", "Look at the list of datasets.")

    def examples(
        self, name: str, split: str = "train", offset: int = 0, limit: int = 20
    ) -> list[Example]:
        total = 480 if split == "train" else 120
        span = range(offset, min(offset + limit, total))
        n = len(PROMPTS)
        return [
            Example(PROMPTS[i % n], (REFERENCES[i % n],) * (1 + (i % 3 == 2)), i + 1) for i in span
        ]

    def lengths(self, name: str, model: str = "starter") -> Any:
        rng = random.Random(1)
        tokens = {
            s: tuple(int(min(1400, max(9, rng.lognormvariate(5, 0.6)))) for _ in range(n))
            for s, n in (("train", 480), ("validation", 60), ("test", 120))
        }
        return SimpleNamespace(
            tokens=tokens,
            limit=1024,
            over=sum(n > 1024 for part in tokens.values() for n in part),
            finding=Finding(
                "too_long",
                "warning",
                3,
                "3 rows are longer than the model can read, 1,024 tokens: 812 tokens would be cut "
                "out of the middle of the prompts and 1 row would be left out, for want of room "
                "for a prompt.",
                (12, 40, 41),
                "The model answers to what it has not read.",
            ),
        )

    # A dataset has one version here until it is mended or edited; each is a copy with a number.
    def _next_version(self, name: str, change: str, **changes: int) -> DatasetInfo:
        info = self.dataset(name)
        if not info.current:
            raise InputError(f"This is version {info.version}.", "Change the current one.")
        number = max(v.version for v in self.versions(info.name)) + 1
        made = replace(
            info,
            id=info.id + 1000,
            version=number,
            parent_id=info.id,
            change=change,
            changes={"dropped": 0, "changed": 0, "added": 0} | changes,
        )
        self.chain.setdefault(info.name, [replace(info, version=info.version)]).append(made)
        self.heads[info.name] = number
        return made

    def versions(self, name: str) -> list[DatasetInfo]:
        stem = name.rpartition("@")[0] or name
        known = self.chain.get(stem) or [self.dataset(stem)]
        head = self.heads.get(stem, 1)
        return [replace(v, current=v.version == head) for v in reversed(known)]

    def dataset_by_id(self, dataset_id: int) -> DatasetInfo:
        for info in self.datasets():
            for version in self.versions(info.name):
                if version.id == dataset_id:
                    return version
        raise NotFound(f"There is no dataset {dataset_id}.", "It may have been deleted.")

    def mend(self, name: str, code: str, model: str = "starter") -> DatasetInfo:
        info = self.dataset(name)
        found = next((f for f in info.findings if f.code == code), None)
        if found is None or not found.mend:
            raise NotFound(f"There is no mend for “{code}”.", "Look at the findings.")
        made = self._next_version(name, "Repeated rows left out", dropped=found.count)
        left = tuple(f for f in info.findings if f.code != code)
        self.chain[made.name][-1] = replace(made, findings=left)
        return self.chain[made.name][-1]

    def place_of(self, name: str, row: int, split: str | None = None) -> tuple[Any, int]:
        if not 1 <= row <= 480:
            raise NotFound(f"There is no row {row} in this data.", "It may have been left out.")
        return "train" if split is None else split, row - 1

    def edit_row(
        self, name: str, split: str, position: int, prompt: str, references: Sequence[str]
    ) -> DatasetInfo:
        if not prompt.strip() or not any(r.strip() for r in references):
            raise InputError("A row needs a prompt and a completion.", "Write both.")
        return self._next_version(name, "A row edited", changed=1)

    def drop_row(self, name: str, split: str, position: int) -> DatasetInfo:
        return self._next_version(name, "A row dropped", dropped=1)

    def add_rows(self, name: str, rows: Sequence[Example]) -> DatasetInfo:
        if not all(row.prompt.strip() and row.references for row in rows):
            raise InputError("A row needs a prompt and a completion.", "Write both.")
        self.rows_added.extend(rows)
        change = "A row added" if len(rows) == 1 else f"{len(rows)} rows added"
        return self._next_version(name, change, added=len(rows))

    def keep_example(self, name: str, prompt: str, completion: str) -> DatasetInfo:
        return self.add_rows(name, [Example(prompt, (completion,) if completion else ())])

    def undo(self, name: str) -> DatasetInfo:
        info = self.dataset(name)
        parent = next((v for v in self.versions(info.name) if v.id == info.parent_id), None)
        if parent is None:
            raise InputError("There is nothing to undo.", "Mend or edit it.")
        return self.use_version(info.name, parent.version)

    def use_version(self, name: str, version: int) -> DatasetInfo:
        self.dataset(f"{name}@{version}")
        self.heads[name] = version
        return self.dataset(name)

    def study_of(self, name: str) -> JobInfo | None:
        info = self.dataset(name)
        if info.studied or info.id not in self.studying:
            return None
        return self._job(
            4000 + info.id, "study", "running", phase="Looking for near duplicates", done=3, total=9
        )

    def compare_versions(self, name: str, before: int, after: int) -> VersionDifference:
        rows = self.examples(name, "train", 0, 4)
        changed = (
            ChangedRow("train", rows[0], None),
            ChangedRow("train", rows[1], replace(rows[1], references=("Another answer.",))),
            ChangedRow("test", replace(rows[2], references=("A reply.",)), rows[2]),
            ChangedRow("train", None, rows[3]),
        )
        sides = (self.dataset(f"{name}@{number}") for number in (before, after))
        return VersionDifference(*sides, 1, 2, 1, changed)

    def templates(self) -> list[PromptTemplate]:
        return list(TEMPLATES)

    def set_template(self, name: str, template: str) -> DatasetInfo:
        if "{prompt}" not in template:
            raise InputError("The template holds no {prompt}.", "Write {prompt} somewhere.")
        made = self._next_version(name, "Another prompt template")
        self.chain[made.name][-1] = replace(made, template=template)
        return self.chain[made.name][-1]

    def reading(
        self, data: str, model: str = "starter", template: str | None = None, limit: int = 2
    ) -> Any:
        shape = self.dataset(data).template if template is None else template
        texts = [shape.replace("{prompt}", prompt) for prompt in PROMPTS[:limit]]
        return SimpleNamespace(texts=tuple(texts), template=shape, chat=False)

    def dataset_removal(self, name: str) -> DatasetRemoval:
        found = self.dataset(name)
        on = [c for c in self.comparisons() if c.data == found.name]
        return DatasetRemoval(12_400_000, 2, sum(found.counts.values()), len(on))

    def reading_of(
        self, prompts: Sequence[str], model: str = "starter", template: str = "{prompt}"
    ) -> Any:
        if "{prompt}" not in template:
            raise InputError("The template holds no {prompt}.", "Write {prompt} somewhere.")
        self.model(model)
        texts = tuple(template.replace("{prompt}", prompt) for prompt in prompts)
        if model != "starter":
            texts = tuple(f"<|user|>{text}<|end|><|assistant|>" for text in texts)
        return SimpleNamespace(texts=texts, template=template, chat=model != "starter")

    def delete_dataset(self, name: str) -> None:
        self.gone.add(name)
        self.added = [d for d in self.added if d.name != name]

    # --- models, methods, machine ---------------------------------------------------------------

    def models(self) -> list[Any]:
        def choice(spec: str, title: str, size: int, fits: bool = True) -> Any:
            return SimpleNamespace(
                spec=spec,
                title=title,
                licence="Apache-2.0",
                parameters=size,
                bytes=2 * size,
                what="A small model that follows instructions in English.",
                fits=fits,
                reason="" if fits else "It needs about 12 GB of memory and 8 GB are free.",
                local=spec == "starter",
            )

        return [
            choice("starter", "Practice model", 6_900_000),
            choice("HuggingFaceTB/SmolLM2-135M-Instruct", "SmolLM2 135M", 134_515_008),
            choice("Qwen/Qwen2.5-1.5B-Instruct", "Qwen2.5 1.5B", 1_543_714_304, False),
        ]

    def model(self, spec: str) -> ModelInfo:
        if spec == "nowhere/none":
            raise NotFound("There is no model “nowhere/none”.", "Check its spelling.")
        return ModelInfo(
            spec,
            "Practice model",
            "causal",
            "llama",
            6_900_000,
            8,
            256,
            704,
            8,
            4,
            4096,
            1024,
            None,
            "Apache-2.0",
        )

    def methods(self, model: str = "starter") -> list[Any]:
        def method(name: str, title: str, what: str, when: str, options: Any, **more: Any) -> Any:
            base = {"available": True, "reason": "", "recommended": False, "front": True}
            return SimpleNamespace(
                name=name,
                title=title,
                what=what,
                when=when,
                options=TRAINING + options,
                **{**base, **more},
            )

        return [
            method(
                "lora",
                "LoRA",
                "Adds small trained layers beside the model’s own.",
                "Right for most things: new styles, formats and facts.",
                LORA,
                recommended=True,
            ),
            method(
                "qlora",
                "QLoRA",
                "LoRA over a base squeezed into 4 bits.",
                "When the model is too large for the memory at hand.",
                LORA,
                available=False,
                reason="The 4-bit kernels do not run on this machine’s processor.",
            ),
            method(
                "prompt-tuning",
                "Prompt tuning",
                "Learns a few invisible words that stand before every prompt.",
                "When the model can do the task and only has to be told.",
                PROMPT,
            ),
            method(
                "p-tuning",
                "P-tuning",
                "Prompt tuning in which a small network writes the prompt’s numbers.",
                "When prompt tuning learns too slowly.",
                PROMPT,
                front=False,
            ),
        ]

    def device(self) -> DeviceInfo | None:
        return DeviceInfo("cpu", "A processor with 2 cores", 16 << 30, 11 << 30, False, None)

    def probe(self) -> DeviceInfo:
        device = self.device()
        assert device
        return device

    # --- training -------------------------------------------------------------------------------

    def defaults(
        self, data: str, method: str, model: str = "starter", effort: str = "quick"
    ) -> dict[str, Any]:
        epochs = {"quick": 3.0, "standard": 6.0, "thorough": 12.0}[effort]
        choice = next(m for m in self.methods() if m.name == method)
        values = {o.name: o.default for o in choice.options}
        values |= {"epochs": epochs, "max_length": 1024}
        return values | ({"learning_rate": 0.3} if method == "prompt-tuning" else {})

    def forecast(
        self,
        data: str,
        method: str,
        model: str = "starter",
        effort: str = "quick",
        options: Mapping[str, Any] | None = None,
    ) -> Any:
        options = {**self.defaults(data, method, model, effort), **(options or {})}
        if float(options["batch_size"]) < 1:
            raise InputError(
                "“Batch size” (batch_size) is 0, which is out of bounds.", "Give at least 1."
            )
        steps = math.ceil(480 / float(options["batch_size"])) * float(options["epochs"])
        batch, nearest, too_large = int(float(options["batch_size"])), None, ()
        if batch > 256:
            change = {"batch_size": 256, "gradient_accumulation": math.ceil(batch / 256)}
            nearest = SimpleNamespace(method=method, options=change, sentence="Batches of 256.")
            too_large = ("This needs about 30 GB of memory, and 11.0 GB are free.",)
        problems = ("With 12 steps it will hardly learn anything; choose more epochs.",)
        return SimpleNamespace(
            steps=int(steps),
            seconds=steps * 0.4,
            peak_memory=int(1.3e9),
            memory_available=11 << 30,
            disk=12_000_000,
            trainable_parameters=311_296,
            total_parameters=6_911_296,
            problems=(problems if steps < 30 else ()) + too_large,
            nearest=nearest,
        )

    def mask(
        self,
        data: str,
        method: str = "lora",
        model: str = "starter",
        effort: str = "quick",
        options: Any = None,
        limit: int = 3,
        longest: int = 0,
    ) -> list[Any]:
        rows = []
        for i in range(limit + longest):
            words = [MaskedToken(w + " ", "read") for w in PROMPTS[i].split()]
            told = [MaskedToken(w + " ", "learnt") for w in REFERENCES[i].split()]
            cut = [MaskedToken(w + " ", "cut") for w in PROMPTS[5].split()]
            cut.append(MaskedToken("", "cut", 1234))
            words += [*(cut if i >= limit else []), *told, MaskedToken("<|end|>", "learnt")]
            lost = len(cut) + 1233 if i >= limit else 0
            rows.append(MaskedExample(i + 1, tuple(words), 300 + lost, lost))
        return rows

    def train(
        self,
        data: str,
        method: str,
        *,
        model: str = "starter",
        name: str | None = None,
        effort: str = "quick",
        options: Any = None,
        seed: int = 0,
        compare: bool = False,
    ) -> RunInfo:
        self.dataset(data)
        number = 100 + len(self.moving)
        name = name or f"{data}-{method}-{len(self.moving) + 1}"
        if any(r.name == name for r in self.runs()):
            raise AlreadyExists(f"There is a run “{name}” already.", "Choose another name.")
        run = self._run(
            number,
            name,
            "queued",
            method=method,
            dataset=data,
            effort=effort,
            options={**self.defaults(data, method, model, effort), **(options or {})},
        )
        self.moving.append(Moving(run, self.clock(), self.train_seconds))
        return run

    def _run(self, number: int, name: str, state: Any, **more: Any) -> RunInfo:
        done = state == "done"
        known = {info.name: info.id for info in self.datasets()}
        base: dict[str, Any] = {
            "created": self.clock() - 3600 * (8 - min(number, 7)),
            "dataset_id": known.get(more.get("dataset", "house-style-sample"), 2),
            "dataset": "house-style-sample",
            "model": "starter",
            "method": "lora",
            "effort": "quick",
            "options": {"epochs": 3.0, "learning_rate": 2e-3, "rank": 16},
            "seed": 0,
            "template": "{prompt}",
            "device": "cpu",
            "folder": self.home.run(number),
            "step": 90 if done else 0,
            "steps": 90,
            "forecast": {"seconds": 34, "peak_memory": 1_300_000_000},
            "result": {
                "steps": 90,
                "step": 90,
                "seconds": 31.4,
                "trainable_parameters": 311_296,
                "total_parameters": 6_911_296,
                "peak_memory": 1_180_000_000,
                "best_step": 72,
                "validation_loss": 0.412,
            }
            if done
            else {},
        }
        return RunInfo(id=number, name=name, state=state, **{**base, **more})

    def _still(self) -> list[RunInfo]:
        if self.empty:
            return []
        memory = {
            "kind": "memory",
            "what": "The machine ran out of memory at step 14.",
            "cure": "Try again with half the batch size and twice the accumulation.",
            "detail": "Traceback (most recent call last):\n  RuntimeError: can’t allocate",
        }
        gone = {
            "kind": "interrupted",
            "what": "The process ended before its work did.",
            "cure": "Resume it; it goes on from step 40.",
            "detail": "",
        }
        return [
            self._run(7, "house-style-lora-2", "running", step=38),
            self._run(6, LONG, "queued", method="prompt-tuning"),
            self._run(5, "recall-prompt-tuning-1", "done", method="prompt-tuning"),
            self._run(4, "house-style-lora-1", "done"),
            self._run(3, "too-big-1", "failed", error=memory, step=14),
            self._run(2, "night-run <i>x</i>", "interrupted", error=gone, step=40),
            self._run(1, "half-way", "stopped", step=45),
        ]

    def _moved(self, moving: Moving) -> RunInfo:
        share = (self.clock() - moving.started) / moving.train
        if moving.run.name in self.stopped:
            return replace(moving.run, state="stopped", step=int(min(share, 0.99) * 90))
        if share >= 1:
            return self._run(
                moving.run.id,
                moving.run.name,
                "done",
                method=moving.run.method,
                dataset=moving.run.dataset,
                created=moving.run.created,
            )
        state = "queued" if share < 0.1 else "running"
        return replace(moving.run, state=state, step=int(max(share, 0) * 90), steps=90)

    def runs(
        self, limit: int | None = None, offset: int = 0, *, ended: bool = False
    ) -> list[RunInfo]:
        rows = [self._moved(m) for m in reversed(self.moving)] + self._still()
        rows = [replace(r, state="stopped") if r.name in self.stopped else r for r in rows]
        rows = [r for r in rows if r.name not in self.gone]
        rows = [r for r in rows if not ended or r.state not in ("queued", "running")]
        return rows[offset : None if limit is None else offset + limit]

    def count_runs(self, *, ended: bool = False) -> int:
        return len(self.runs(ended=ended))

    def run_by_id(self, run_id: int) -> RunInfo:
        for run in self.runs():
            if run.id == run_id:
                return run
        raise NotFound(f"There is no run {run_id}.", "Look at the list of runs.")

    def run(self, name: str) -> RunInfo:
        for run in self.runs():
            if run.name == name:
                return run
        raise NotFound(f"There is no run “{name}”.", "Look at the list of runs.")

    def _job(self, number: int, kind: str, state: Any, **more: Any) -> JobInfo:
        now = self.clock()
        base: dict[str, Any] = {
            "run_id": None,
            "comparison_id": None,
            "payload": {},
            "created": now - 60,
            "started": now - 40,
            "device": "cpu",
        }
        return JobInfo(id=number, kind=kind, state=state, **{**base, **more})

    def job(self, run_name: str) -> JobInfo:
        run = self.run(run_name)
        left = (90 - run.step) * 0.35 if run.state == "running" else None
        return self._job(
            1000 + run.id,
            "train",
            run.state,
            run_id=run.id,
            phase="Training",
            done=run.step,
            total=90,
            seconds_left=left,
            error=run.error,
        )

    def metrics(self, name: str) -> list[dict[str, Any]]:
        run = self.run(name)
        rng, rows = random.Random(run.id), []
        for step in range(1, run.step + 1):
            loss = 0.3 + 2.4 * math.exp(-step / 18) + rng.uniform(-0.06, 0.06)
            row = {"step": step, "loss": loss, "learning_rate": 2e-3, "seconds": step * 0.35}
            if step % 9 == 0:
                row["validation_loss"] = (
                    0.42 + 2.2 * math.exp(-step / 20) + max(0, step - 72) * 0.004
                )
            rows.append(row)
        return rows

    def log(self, name: str) -> str:
        return "\n".join(f"step {i}  loss {2.4 / i:.3f}" for i in range(1, 40)) + f"\n{NASTY}\n"

    def warnings(self, name: str) -> list[str]:
        return ["7 examples did not fit and were shortened."] if name.startswith("house") else []

    def forget(self, name: str, *, data: str | None = None, limit: int | None = None) -> JobInfo:
        run = self.run(name)
        self.looked.setdefault(name, self.clock())
        return self._job(4000 + run.id, "forget", "queued", run_id=run.id)

    def forgettings(self, name: str) -> list[Forgetting]:
        run = self.run(name)
        if run.id == 4:  # it was looked at long ago
            done = self._job(4004, "forget", "done", run_id=4)
            return [Forgetting(done, None, fake_forgotten(run.name))]
        if name not in self.looked:
            return []
        share = (self.clock() - self.looked[name]) / 1.5
        state = "done" if share >= 1 else "running"
        more = {"phase": "Writing completions", "done": int(min(share, 1) * 1200), "total": 1200}
        job = self._job(4000 + run.id, "forget", state, run_id=run.id, **more)
        return [Forgetting(job, None, fake_forgotten(name) if state == "done" else None)]

    def soft_prompt(self, name: str) -> SoftPrompt | None:
        run = self.run(name)
        if run.method != "prompt-tuning":
            return None
        if run.state != "done":
            raise Unavailable("Its soft prompt is not trained yet.", "Wait for its end.")
        return fake_soft_prompt()

    def checkpoints(self, name: str) -> list[Any]:
        return []

    def stop(self, name: str) -> None:
        self.run(name)
        self.stopped.add(name)

    def resume(self, name: str) -> RunInfo:
        self.stopped.discard(name)
        run = self.run(name)
        self.moving.append(Moving(replace(run, state="queued"), self.clock()))
        return run

    def delete(self, name: str) -> None:
        self.removal(name)
        self.gone.add(name)

    def ended_early(self, limit: int = 20) -> list[JobInfo]:
        early = ("stopped", "failed", "interrupted")
        return [self.job(run.name) for run in self.runs() if run.state in early][:limit]

    def queue(self) -> list[JobInfo]:
        jobs = [self.job(r.name) for r in reversed(self.runs()) if r.state in ("queued", "running")]
        jobs += [
            self.comparison_job(c.id)
            for c in self.comparisons()
            if c.state in ("queued", "running")
        ]
        rank = {job_id: place for place, job_id in enumerate(self.order)}
        return sorted(jobs, key=lambda j: (j.state != "running", rank.get(j.id, -1)))

    def job_by_id(self, job_id: int) -> JobInfo:
        for run in self.runs():
            if self.job(run.name).id == job_id:
                return self.job(run.name)
        for info in self.comparisons():
            if info.job_id == job_id:
                return self.comparison_job(info.id)
        raise NotFound(f"There is no job {job_id}.", "Look at the queue again.")

    def memory(self, job: JobInfo) -> int | None:
        return 612_000_000 if job.state == "running" else None

    def taken(self, run: RunInfo) -> int:
        return 4_300_000 + 700_000 * run.id

    def removal(self, name: str) -> Removal:
        run = self.run(name)
        if run.state in ("queued", "running"):
            raise Unavailable(f"The run “{name}” is {run.state}.", "Stop it first.")
        named = tuple(c for c in self.comparisons() if name in c.variants)
        return Removal(self.taken(run), 2, named)

    def again(self, name: str) -> RunInfo:
        run = self.run(name)
        return self.train(run.dataset, run.method, compare=True)

    def stop_job(self, job_id: int) -> JobInfo:
        job = self._queued_or_running(job_id)
        if job.run_id is not None:
            self.stopped.add(next(r.name for r in self.runs() if r.id == job.run_id))
        else:
            self.ended.add(int(job.comparison_id or 0))
        return replace(job, state="stopped")

    def resume_job(self, job_id: int) -> JobInfo:
        for run in self.runs():
            if self.job(run.name).id == job_id:
                return replace(self.job(self.resume(run.name).name), state="queued")
        for comparison in self.comparisons():
            if comparison.job_id == job_id:
                self.ended.discard(comparison.id)
                return replace(self.comparison_job(comparison.id), state="queued")
        raise NotFound(f"There is no job {job_id}.", "Look at the queue again.")

    def move_job(self, job_id: int, to: str) -> list[JobInfo]:
        if to not in ("first", "up", "down", "last"):
            raise InputError(f"A job cannot be moved “{to}”.", "Use first, up, down or last.")
        if self._queued_or_running(job_id).state != "queued":
            raise InputError(f"Job {job_id} is running.", "Only what waits has a place.")
        order = [job.id for job in self.queue() if job.state == "queued"]
        place = order.index(job_id)
        order.remove(job_id)
        new = {"first": 0, "up": max(0, place - 1), "down": place + 1, "last": len(order)}
        order.insert(new[to], job_id)
        self.order = order
        return self.queue()

    def queue_paused(self) -> bool:
        return self.paused

    def pause_queue(self) -> None:
        self.paused = True

    def continue_queue(self) -> None:
        self.paused = False

    def _queued_or_running(self, job_id: int) -> JobInfo:
        for job in self.queue():
            if job.id == job_id:
                return job
        raise NotFound(f"There is no job {job_id}.", "Look at the queue again.")

    # --- comparing ------------------------------------------------------------------------------

    def compare(
        self,
        data: str,
        variants: Sequence[str],
        *,
        split: str = "test",
        limit: int | None = None,
        dtype: str = "auto",
        model: str | None = None,
    ) -> ComparisonInfo:
        if len(variants) < 2:
            raise InputError("A comparison needs two variants.", "Choose one more.")
        return self.comparison(3)

    def _comparison(
        self, number: int, state: Any, variants: tuple[str, ...], **more: Any
    ) -> ComparisonInfo:
        verdict = (
            (
                "“house-style-lora-1” is better than the base on 98 of 120 prompts; ROUGE-L "
                "0.21 to 0.68, difference 0.47 (0.43 to 0.51)."
            )
            if state == "done"
            else ""
        )
        return ComparisonInfo(
            number,
            self.clock() - 600,
            self.dataset("house-style-sample").id,
            "house-style-sample",
            "starter",
            "test",
            None,
            variants,
            {"max_new_tokens": 96, "precision": "float32", "temperature": 0.0},
            state,
            2000 + number,
            verdict,
            "better" if verdict else "",
            **more,
        )

    def comparisons(self, limit: int | None = None, offset: int = 0) -> list[ComparisonInfo]:
        return self._comparisons()[offset : None if limit is None else offset + limit]

    def _comparisons(self) -> list[ComparisonInfo]:
        rows = []
        for m in reversed(self.moving):
            t = self.clock() - m.started - m.train
            state = "queued" if t < 0 else "running" if t < m.compare else "done"
            state = "stopped" if m.run.id in self.ended else state
            rows.append(self._comparison(m.run.id, state, ("base", m.run.name)))
        if self.empty:
            return rows
        failed = {
            "kind": "model",
            "what": "The base model’s folder is gone.",
            "cure": "Put it back, then compare again.",
            "detail": "",
        }
        return [
            *rows,
            self._comparison(
                4, "stopped" if 4 in self.ended else "running", ("base", "recall-prompt-tuning-1")
            ),
            self._comparison(3, "done", ("base", "house-style-lora-1", "recall-prompt-tuning-1")),
            self._comparison(2, "failed", ("base", "house-style-lora-1"), error=failed),
        ]

    def comparison(self, id: int) -> ComparisonInfo:
        for info in self.comparisons():
            if info.id == id:
                return info
        raise NotFound(f"There is no comparison {id}.", "Look at the list of comparisons.")

    def comparison_job(self, id: int) -> JobInfo:
        info = self.comparison(id)
        return self._job(
            info.job_id,
            "compare",
            info.state,
            comparison_id=id,
            phase="Answering the prompts",
            done=52,
            total=240,
            seconds_left=9.0,
        )

    def result(self, id: int) -> ComparisonResult | None:
        info = self.comparison(id)
        if info.state != "done":
            return None
        rng = random.Random(4)
        quality = {v: 0.2 if v == "base" else 0.7 if "lora" in v else 0.22 for v in info.variants}
        examples = []
        for i in range(120):
            ref = REFERENCES[i % len(REFERENCES)]
            completions, scores = {}, {}
            for v in info.variants:
                keep = quality[v] + rng.uniform(-0.15, 0.2)
                words = [w if rng.random() < keep else "something" for w in ref.split()]
                text = "" if i == 11 and v == "base" else " ".join(words)
                if i == 5:
                    text += NASTY
                completions[v] = Completion(text, len(words), i == 3, 0.2)
                value = None if i == 4 else max(0.0, min(1.0, keep))
                s = Score(value, "" if value is not None else "Nothing to score.")
                scores[v] = {m.name: s for m in described()}
            examples.append(
                ComparedExample(
                    i,
                    PROMPTS[i % len(PROMPTS)],
                    "rendered",
                    (ref, "Another way to say it.")[: 1 + i % 2],
                    completions,
                    scores,
                )
            )
        summary = {
            v: {
                m.name: Interval(
                    q + SHIFTS.get(m.name, 0.0),
                    q + SHIFTS.get(m.name, 0.0) - 0.03,
                    q + SHIFTS.get(m.name, 0.0) + 0.035,
                    120,
                )
                for m in described()
            }
            for v, q in quality.items()
        }
        a = next(v for v in info.variants if v != "base")
        differences = tuple(
            Difference(
                v,
                "base",
                m.name,
                quality[v] - 0.2,
                quality[v] - 0.24,
                quality[v] - 0.15,
                98 if v == a else 40,
                4,
                18 if v == a else 76,
                quality[v],
                0.2,
                sign_test=0.0004,
                p=0.0002 if v == a else 0.31,
                holm=0.0004 if v == a else 0.31,
                detectable=0.05,
            )
            for m in described()
            if m.judges
            for v in info.variants
            if v != "base"
        )
        return ComparisonResult(
            info.data,
            info.split,
            info.variants,
            info.settings,
            "rougeL",
            tuple(examples),
            summary,
            differences,
            dict.fromkeys(info.variants, 0.01),
            info.verdict,
            info.outcome,
            ("One prompt has nothing that can be scored.",),
            parts={
                v: {m: {"precision": q - 0.02, "recall": q + 0.03} for m in ("rouge1", "rougeL")}
                for v, q in quality.items()
            },
        )

    def duel(self, comparison_id: int, voter: str) -> Duel | None:
        if not voter.strip():
            raise InputError("A vote needs a name that it is kept under.", "Give one.")
        return next_duel(self._finished(comparison_id), self.given, voter)

    def vote(
        self, comparison_id: int, voter: str, position: int, left: str, right: str, choice: Any
    ) -> None:
        self._finished(comparison_id)
        self.given.append(Vote(self.clock(), voter, position, left, right, choice))

    def undo_vote(self, comparison_id: int, voter: str) -> bool:
        mine = [vote for vote in self.given if vote.voter == voter]
        if mine:
            self.given.remove(mine[-1])
        return bool(mine)

    def votes(self, comparison_id: int) -> tuple[Tally, ...]:
        return tally(self._finished(comparison_id), self.given)

    def _finished(self, comparison_id: int) -> ComparisonResult:
        result = self.result(comparison_id)
        if result is None:
            raise NotFound("The comparison is under way.", "Wait for its end.")
        return result

    def comparison_of(self, run_name: str) -> ComparisonInfo | None:
        return next((c for c in self.comparisons() if run_name in c.variants), None)

    def variants(
        self,
        model: str | None = None,
        data: str | None = None,
        *,
        words: str = "",
        limit: int | None = None,
    ) -> list[str]:
        done = [r.name for r in self.runs() if r.state == "done" and self._has(r, words)]
        return ["base", "base@4bit", "base+3", *done[:limit]]

    def find_runs(self, words: str = "", limit: int = 50) -> list[RunInfo]:
        done = [r for r in self.runs() if r.state == "done" and self._has(r, words)]
        return done[:limit]

    @staticmethod
    def _has(run: RunInfo, words: str) -> bool:
        return all(word in run.name for word in words.split())

    def count_comparisons(self) -> int:
        return len(self.comparisons())

    def ask(
        self,
        variants: Sequence[str],
        prompt: str,
        *,
        model: str | None = None,
        template: str | None = None,
        data: str | None = None,
        temperature: Any = 0.0,
        top_p: Any = 1.0,
        seed: Any = 0,
        length: Any = 200,
    ) -> int:
        sampling = {"temperature": temperature, "top_p": top_p, "seed": seed, "length": length}
        shape = {"model": model, "template": template, "data": data}
        return self.talking.ask(variants, prompt, {**shape, **sampling})

    def answers(self, ask_id: int) -> Ask:
        return self.talking.answers(ask_id)

    def follow(self, ask_id: int, every: float = 0.1) -> Iterator[Ask]:
        return self.talking.follow(ask_id, every)

    def stop_ask(self, ask_id: int) -> Ask:
        return self.talking.stop(ask_id)

    def asked(self, limit: int = 10) -> list[Ask]:
        return self.talking.newest(limit)

    # --- using, first try -----------------------------------------------------------------------

    def export(self, name: str, to: Any) -> Path:
        return Path(to)

    def loading_code(self, name: str) -> str:
        return f"from peft import PeftModel  # {self.run(name).name}"

    def export_zip(self, name: str) -> Path:
        self.home.exports.mkdir(parents=True, exist_ok=True)
        path = self.home.exports / f"{self.run(name).id}.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("README.md", f"# {name}")
        return path

    def samples(self) -> list[Any]:
        return [
            SimpleNamespace(
                name="house-style-sample",
                title="A house style",
                prompt="ticket",
                completion="summary",
                path=self.home.root / "house.csv",
                what="Support tickets, summed up the way one team writes them.",
            )
        ]

    def try_sample(self) -> RunInfo:
        for m in self.moving:
            if m.run.name.startswith("sample") and self._moved(m).state in ("queued", "running"):
                return self._moved(m)
        if self.empty and not self.added:
            self.added.append(self._dataset(1, "house-style-sample"))
        return self.train("house-style-sample", "lora", name=f"sample-{len(self.moving) + 1}")

    def add_sample(self, name: str) -> DatasetInfo:
        if all(dataset.name != name for dataset in self.datasets()):
            self.added.append(self._dataset(50 + len(self.added), name))
        return self.dataset(name)

    def doctor(self, *, afresh: bool = False) -> list[Any]:
        return [SimpleNamespace(title="Memory", ok=True, sentence="11 of 16 GB are free.", cure="")]
