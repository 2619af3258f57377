"""A run taken away: all or nothing, no trace of this machine, and a card whose code runs."""

from __future__ import annotations

import dataclasses
import json
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from tiny_models import CHAT_TEMPLATE, begin_every_text, change_json

from jobs import export as export_module
from jobs.card import base_name, card, loading_code
from jobs.errors import AlreadyExists, DiskFull, Unavailable
from jobs.evaluation import archive
from jobs.evaluation.comparison import compare
from jobs.models.source import resolve
from jobs.types import Completion, Example

TEXTS = {".json", ".md", ".txt", ".jinja"}
ROOT = Path(__file__).parents[2]


@pytest.fixture
def finished(bench: Any, tiny: Any) -> Any:
    """A run with an adapter, without any training."""
    bench.data(template="Say: {prompt}")
    run = bench.train(tiny("llama"), name="mine")
    bench.end(run)
    adapter = run.folder / "adapter"
    adapter.mkdir(parents=True)
    config = {"base_model_name_or_path": str(tiny("llama")), "peft_type": "LORA"}
    (adapter / "adapter_config.json").write_text(json.dumps(config))
    (adapter / "adapter_model.safetensors").write_bytes(b"weights")
    return bench


def no_trace_of_this_machine(folder: Path, bench: Any) -> None:
    places = {str(bench.workspace.home.root), str(ROOT), str(Path.home()), "/tmp/"}
    for path in folder.rglob("*"):
        if path.suffix in TEXTS and path.is_file():
            text = path.read_text(encoding="utf-8")
            assert not [place for place in places if place in text], path


def test_adapter_card_and_story(finished: Any, tmp_path: Path, tiny: Any) -> None:
    folder = finished.workspace.export("mine", tmp_path / "deep" / "out")
    names = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    assert names == {
        *("README.md", "attune.json"),
        *("adapter/adapter_config.json", "adapter/adapter_model.safetensors"),
    }
    told = json.loads((folder / "attune.json").read_text(encoding="utf-8"))
    assert (told["method"], told["data"]) == ("lora", "things")
    assert told["base_model"] == tiny("llama").name
    assert told["prompt"]["template"] == "Say: {prompt}"
    card = (folder / "README.md").read_text(encoding="utf-8")
    assert "Not compared with the base yet." in card
    assert "(LoRA)." in card
    assert f"put its own folder, “{tiny('llama').name}”, beside this file" in card
    assert "base_model:" not in card  # the Hub would read a model of its own in it
    no_trace_of_this_machine(folder, finished)


def test_a_card_names_a_base_of_the_hub_to_the_hub(finished: Any, tiny: Any) -> None:
    store = finished.store
    run = store.runs.get("mine")
    info = dataclasses.replace(resolve(str(tiny("llama"))), spec="owner/model")
    dataset = store.datasets.get(run.dataset)
    head = "---\nbase_model: owner/model\nlibrary_name: peft"
    assert card(run, info, dataset, "").startswith(head)


def test_a_whole_model_goes_with_its_tokenizer_and_without_a_base(
    bench: Any, tiny: Any, tmp_path: Path
) -> None:
    bench.data()
    run = bench.train(tiny("llama"), method="full", name="mine")
    bench.end(run)
    (run.folder / "adapter").mkdir(parents=True)
    for name in ("config.json", "model.safetensors"):
        shutil.copyfile(tiny("llama") / name, run.folder / "adapter" / name)
    folder = bench.workspace.export("mine", tmp_path / "out")
    names = {p.name for p in (folder / "model").iterdir()}
    assert names >= {"config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"}
    assert {p.name for p in folder.iterdir()} == {"README.md", "attune.json", "model"}
    again = resolve(str(folder / "model"))  # as the Use page says: a base model for another Attune
    assert (again.kind, again.path) == ("causal", folder / "model")
    card = (folder / "README.md").read_text(encoding="utf-8")
    assert "A model made of" in card
    assert "(Full fine-tuning)." in card
    assert "beside this file" not in card
    code = re.search(r"```python\n(.*?)```", card, re.DOTALL)
    assert code is not None
    asked = code.group(1).replace("=200", "=2")
    done = subprocess.run(
        [sys.executable, "-P", "-c", asked], cwd=folder, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    no_trace_of_this_machine(folder, bench)


def test_a_whole_model_stops_where_it_was_taught_to(bench: Any, tiny: Any, tmp_path: Path) -> None:
    """Trap 2: the configuration that it got from its base does not list the end of a turn."""
    from transformers import GenerationConfig

    model = shutil.copytree(tiny("llama"), tmp_path / "another-end")
    change_json(model / "generation_config.json", eos_token_id=7)
    bench.data()
    run = bench.train(model, method="full", name="mine")
    bench.end(run)
    (run.folder / "adapter").mkdir(parents=True)
    for name in ("config.json", "generation_config.json", "model.safetensors"):
        shutil.copyfile(model / name, run.folder / "adapter" / name)
    folder = bench.workspace.export("mine", tmp_path / "out") / "model"
    assert GenerationConfig.from_pretrained(folder).eos_token_id == [2, 7]


def _answers(said: dict[str, str]) -> dict[str, dict[int, Completion]]:
    """What each variant says to 60 prompts, with the prompt's number in it."""
    return {
        v: {n: Completion(words.format(n), 3, False, 0.1) for n in range(60)}
        for v, words in said.items()
    }


def test_the_card_has_the_verdict(finished: Any, tmp_path: Path) -> None:
    info = finished.workspace.compare("things", ["base", "mine"])
    finished.store.comparisons.set_verdict(info.id, "It is better.", "better")
    folder = finished.workspace.export("mine", tmp_path / "out")
    assert "It is better." in (folder / "README.md").read_text(encoding="utf-8")


def test_the_card_speaks_of_its_own_run_and_says_by_which_comparison(
    finished: Any, tmp_path: Path, tiny: Any
) -> None:
    """The verdict leads with the best run, which is another; a warning is of the run itself."""
    model = str(tiny("llama"))
    other = finished.train(model, name="other")
    finished.end(other)
    (other.folder / "adapter").mkdir(parents=True)
    variants = ["base", "mine", "other"]
    info = finished.workspace.compare("things", variants, model=model)
    examples = [Example(f"ask {n}", (f"one two three four {n}",), n) for n in range(60)]
    said = {"base": "one two", "mine": "one \ufffd two", "other": "one two three four {}"}
    answers = _answers(said)
    asked = [example.prompt for example in examples]
    result = compare(examples, asked, answers, variants, {}, "things", "test")
    assert result.verdict.startswith("“other” is better")
    archive.save(result, finished.workspace.home.comparison(info.id))
    finished.store.comparisons.set_verdict(info.id, result.verdict, result.outcome)
    which = f"(comparison {info.id}: the base, “mine” and “other” on 60 test prompts of “things”"
    helped = "**Did it help?**"
    for name, told in (
        ("mine", f"{helped} No difference to be seen: “mine” and the base score the same on each"),
        ("other", f"{helped} “other” is better than the base on 60 of 60 prompts"),
    ):
        (finished.store.runs.get(name).folder / "adapter" / "adapter_config.json").write_text("{}")
        folder = finished.workspace.export(name, tmp_path / name)
        card = (folder / "README.md").read_text(encoding="utf-8")
        assert told in card
        assert which in card
        exact = {"mine": "0 after", "other": "all 60 after"}[name]
        assert f"0 of 60 before, {exact}" in card
        warned = "Warning: 60 of 60 answers of “mine” hold broken characters"
        assert (warned in card) is (name == "mine")
        assert "word overlap" in card
        assert "Word overlap is ROUGE-L, from 0 to 1." in card
        own = finished.workspace.helped(name)
        assert f"{helped} {own.sentence} (" in card
        assert own.outcome == ("better" if name == "other" else "same")
        no_trace_of_this_machine(folder, finished)


def test_of_two_runs_each_is_told_from_its_own_side(finished: Any, tiny: Any) -> None:
    """Without a base one of them is held against the other."""
    finished.end(finished.train(str(tiny("llama")), name="other"))
    info = finished.workspace.compare("things", ["mine", "other"])
    examples = [Example(f"ask {n}", (f"one two three four {n}",), n) for n in range(60)]
    said = {"mine": "one two three four {}", "other": "nothing of it"}
    answers = _answers(said)
    asked = [example.prompt for example in examples]
    result = compare(examples, asked, answers, list(said), {}, "things", "test")
    archive.save(result, finished.workspace.home.comparison(info.id))
    finished.store.comparisons.set_verdict(info.id, result.verdict, result.outcome)
    mine, other = map(finished.workspace.helped, said)
    assert (mine.outcome, other.outcome) == ("better", "worse")
    assert mine.sentence.startswith("“mine” is better than “other” on 60 of 60 prompts; word over")
    assert "0.00 → 1.00, difference 1.00" in mine.sentence


@pytest.mark.parametrize("split", ["train", "test"])
def test_what_was_learnt_from_proves_nothing(finished: Any, tmp_path: Path, split: str) -> None:
    """Nearly all of it is remembered: a plain “better” on the card would be believed."""
    info = finished.workspace.compare("things", ["base", "mine"], split=split)
    examples = [Example(f"ask {n}", (f"one two three four {n}",), n) for n in range(60)]
    said = {"base": "one two", "mine": "one two three four {}"}
    answers = _answers(said)
    asked, learnt = [example.prompt for example in examples], split == "train"
    result = compare(
        examples, asked, answers, list(said), {}, "things", split, learnt=["mine"] * learnt
    )
    warned = "“mine” learnt from these very prompts"
    assert (warned in result.verdict) is learnt
    assert result.outcome == ("unclear" if learnt else "better")
    archive.save(result, finished.workspace.home.comparison(info.id))
    finished.store.comparisons.set_verdict(info.id, result.verdict, result.outcome)
    own = finished.workspace.helped("mine")
    assert (warned in own.sentence, own.outcome) == (learnt, result.outcome)
    (finished.store.runs.get("mine").folder / "adapter" / "adapter_config.json").write_text("{}")
    card = (finished.workspace.export("mine", tmp_path / "out") / "README.md").read_text()
    assert (warned in card) is learnt


def test_a_whole_model_names_the_base_that_it_was_made_of(tiny: Any) -> None:
    info = resolve("starter")
    assert (base_name(info, "full"), base_name(info, "lora")) == ("starter", "base")
    info = resolve(str(tiny("llama")))
    assert {base_name(info, "full"), base_name(info, "lora")} == {tiny("llama").name}


@pytest.mark.parametrize("template", ["{prompt}", 'Say "{prompt}" {{twice}}\n'])
@pytest.mark.parametrize("method", ["lora", "qlora", "prompt-tuning", "full"])
@pytest.mark.parametrize("family", ["llama", "t5"])
def test_the_code_is_python_for_every_kind(
    finished: Any, tiny: Any, family: str, method: str, template: str
) -> None:
    info = finished.workspace.model(str(tiny(family)))
    run = finished.workspace.run("mine")
    run = dataclasses.replace(run, method=method, template=template, model=info.spec)
    code = loading_code(run, info)
    compile(code, "card", "exec")
    assert ("load_in_4bit" in code) == (method == "qlora")
    assert ("peft" in code) == (method != "full")
    assert ("Seq2Seq" in code) == (family == "t5")


@pytest.mark.parametrize("chat", [True, False])
def test_the_code_reads_a_prompt_as_training_did(
    finished: Any, tiny: Any, tmp_path: Path, chat: bool
) -> None:
    """Trap 3: the beginning token comes from the chat template, or from the tokenizer."""
    model = shutil.copytree(tiny("llama"), tmp_path / "begins")
    begin_every_text(model)
    (model / "chat_template.jinja").unlink()
    if chat:
        (model / "chat_template.jinja").write_text(f"<s>{CHAT_TEMPLATE}", encoding="utf-8")
    run = dataclasses.replace(finished.workspace.run("mine"), model=str(model))
    code = loading_code(run, resolve(str(model)))
    assert f"add_special_tokens={not chat}" in code


def test_every_end_of_an_answer_is_told(
    bench: Any, tiny: Any, tmp_path: Path, finished: Any
) -> None:
    """Trap 2: the model's own configuration lists more of them than the tokenizer."""
    model = tmp_path / "two-ends"
    shutil.copytree(tiny("llama"), model)
    (model / "generation_config.json").write_text(json.dumps({"eos_token_id": [2, 7]}))
    run = bench.train(model, name="other")
    bench.end(run)
    shutil.copytree(bench.workspace.run("mine").folder / "adapter", run.folder / "adapter")
    folder = bench.workspace.export("other", tmp_path / "out")
    assert '"eos_token_id": [2, 7]' in (folder / "README.md").read_text(encoding="utf-8")
    told = json.loads((folder / "attune.json").read_text(encoding="utf-8"))
    assert told["prompt"]["end_ids"] == [2, 7]


def test_an_empty_folder_is_filled_and_a_full_one_refused(finished: Any, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    assert finished.workspace.export("mine", empty) == empty
    assert (empty / "README.md").is_file()
    full = tmp_path / "full"
    full.mkdir()
    (full / "mine.txt").write_text("kept")
    for taken in (full, full / "mine.txt"):
        with pytest.raises(AlreadyExists, match="not empty"):
            finished.workspace.export("mine", taken)
    assert [p.name for p in full.iterdir()] == ["mine.txt"]


FULL = OSError(28, "No space left on device")
IN_A_LIST = shutil.Error([("a", "b", "[Errno 28] No space left on device")])  # of `copytree`


@pytest.mark.parametrize("error", [FULL, IN_A_LIST], ids=["plain", "in a list"])
def test_all_or_nothing(
    finished: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: OSError
) -> None:
    def broken(*_: Any) -> str:
        raise error

    monkeypatch.setattr(export_module, "card", broken)
    with pytest.raises(DiskFull, match="too little room for the export of “mine”"):
        finished.workspace.export("mine", tmp_path / "there" / "out")
    assert list((tmp_path / "there").iterdir()) == []
    with pytest.raises(DiskFull, match="too little room"):
        finished.workspace.export_zip("mine")
    home = finished.workspace.home
    assert list(home.temporary.iterdir()) == [home.uploads]


def test_a_zip_that_finds_no_room_leaves_nothing_and_the_old_one_stays(
    finished: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = finished.workspace.export_zip("mine")
    before = first.read_bytes()

    def broken(*_: Any) -> None:
        raise FULL

    monkeypatch.setattr(zipfile.ZipFile, "write", broken)
    with pytest.raises(DiskFull, match="too little room"):
        finished.workspace.export_zip("mine")
    assert [p.name for p in first.parent.iterdir()] == ["mine.zip"]
    assert first.read_bytes() == before


def test_a_place_that_cannot_be_written_to_is_refused(finished: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("kept")
    for place in (tmp_path / "file" / "out", tmp_path / ("long" * 100)):
        with pytest.raises(Unavailable, match="cannot be written") as refused:
            finished.workspace.export("mine", place)
        assert refused.value.cure == "Name another folder."
    assert not [p for p in tmp_path.iterdir() if p.name.startswith((".", "long"))]


def test_a_home_that_cannot_be_written_to_gives_no_zip(finished: Any) -> None:
    home = finished.workspace.home
    home.temporary.rename(home.root / "aside")
    home.temporary.write_text("in the way")
    with pytest.raises(Unavailable, match="cannot be written") as refused:
        finished.workspace.export_zip("mine")
    assert refused.value.cure == "Make the home folder writable."


def test_the_zip_holds_the_folder_under_the_run_s_name(finished: Any) -> None:
    first = finished.workspace.export_zip("mine")
    assert first.is_relative_to(finished.workspace.home.exports)
    assert finished.workspace.export_zip("mine") == first
    with zipfile.ZipFile(first) as packed:
        assert packed.testzip() is None
        assert {"mine/README.md", "mine/adapter/adapter_config.json"} <= set(packed.namelist())
    assert [p.name for p in first.parent.iterdir()] == ["mine.zip"]
    home = finished.workspace.home
    assert list(home.temporary.iterdir()) == [home.uploads]  # a folder of the home's own
    assert list(home.uploads.iterdir()) == []


@pytest.mark.parametrize("method", ["lora", "qlora", "prompt-tuning"])
def test_the_card_s_code_runs_where_there_is_only_the_export(
    bench: Any, tmp_path: Path, method: str
) -> None:
    """A child interpreter in the exported folder, which has no way to this checkout."""
    bench.data()
    run = bench.train("starter", method, options={"learning_rate": 1e-3})
    bench.work()
    assert bench.workspace.run(run.name).state == "done"
    folder = bench.workspace.export(run.name, tmp_path / "out")
    no_trace_of_this_machine(folder, bench)
    assert not [p for p in (folder / "base").rglob("*") if p.suffix in (".py", ".jsonl")]
    card = (folder / "README.md").read_text(encoding="utf-8")
    code = re.search(r"```python\n(.*?)```", card, re.DOTALL)
    assert code is not None
    prompt = bench.workspace.examples("things", limit=1)[0].prompt
    asked = code.group(1).replace("your text", prompt, 1).replace("=200", "=12")
    done = subprocess.run(
        [sys.executable, "-P", "-c", asked],
        cwd=folder,
        env={"OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1", "PATH": "", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=200,
    )
    assert done.returncode == 0, done.stderr
    bench.workspace.ask([run.name], prompt)
    bench.work()
    answer = bench.workspace.answers(1).answers[run.name].text
    assert answer.strip().startswith(done.stdout.strip()[:20])
