"""What the commands print, and how they wait."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from jobs import JobInfo
from jobs.methods import methods
from studio.cli import main, show, wait


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, "–"),
        (0, "0 s"),
        (59.4, "59 s"),
        (59.6, "1 min 0 s"),
        (80, "1 min 20 s"),
        (3599.7, "1 h 0 min"),
        (7500, "2 h 5 min"),
    ],
)
def test_duration(seconds: float | None, text: str) -> None:
    assert show.duration(seconds) == text


@pytest.mark.parametrize(
    ("amount", "text"),
    [(0, "0 MB"), (12e6, "12 MB"), (999.4e6, "999 MB"), (999.9e6, "1.0 GB"), (3.2e9, "3.2 GB")],
)
def test_size(amount: float, text: str) -> None:
    assert show.size(amount) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (7, "7"),
        (12_345, "12,345"),
        (7_900_000, "7.9 million"),
        (999_990_000, "1.0 billion"),
        (1_240_000_000, "1.2 billion"),
    ],
)
def test_count(number: int, text: str) -> None:
    assert show.count(number) == text


def test_a_document_refuses_numbers_that_json_has_no_word_for() -> None:
    with pytest.raises(ValueError, match="JSON"):
        show.document({"loss": float("nan")})


def test_names_are_text_never_markup(capsys: pytest.CaptureFixture[str]) -> None:
    show.table(("[b]name[/b]",), [("[red]mine[/red]",)])
    show.say("[bold]plain[/bold]")
    out = capsys.readouterr().out
    assert "[b]name[/b]" in out
    assert "[red]mine[/red]" in out
    assert "[bold]plain[/bold]" in out


@pytest.mark.parametrize(
    "words",
    [
        ("--json", "runs"),
        ("runs", "--json"),
        ("--json", "data", "list"),
        ("data", "list", "--json"),
    ],
)
def test_json_before_and_after_the_command(attune: Any, words: tuple[str, ...]) -> None:
    status, out, err = attune(*words)
    assert (status, json.loads(out), err) == (0, [], "")


@pytest.mark.parametrize("first", [True, False])
def test_home_before_and_after_the_command(attune: Any, tmp_path: Path, first: bool) -> None:
    home = ("--home", str(tmp_path / "other"))
    words = (*home, "runs") if first else ("runs", *home)
    assert attune(*words)[0] == 0
    assert (tmp_path / "other" / "attune.db").is_file()
    assert not (tmp_path / "home" / "attune.db").exists()


def test_without_json_a_person_is_told_what_to_do(attune: Any) -> None:
    assert "attune data add" in attune("data", "list")[1]
    assert "attune train" in attune("runs")[1]


def test_the_help_of_train_names_every_method(attune: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    told = attune("train", "--help")[1]
    assert [m.name for m in methods() if m.name not in told] == []


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (("runs", "show", "nobody"), "no run yet"),
        (("runs", "inside", "nobody"), "no run yet"),
        (("forget", "nobody"), "no run yet"),
        (("nonsense",), "attune --help"),
        (("train", "--method", "lora"), "--data"),
        (("train", "--data", "a", "--method", "lora", "--set", "epochs"), "KEY=VALUE"),
        (("data", "add", "f", "--name", "n", "--test-file", "t", "--test-share", "0.1"), "exclude"),
        (("queue", "stop", "9" * 30), "too large"),
        (("--home", "/dev/null/there", "runs"), "cannot be a home folder"),
    ],
)
def test_bad_input_is_one_sentence_and_status_2(
    attune: Any, words: tuple[str, ...], part: str
) -> None:
    status, out, err = attune(*words)
    assert (status, out) == (2, "")
    assert len(err.strip().splitlines()) == 1
    assert part in err


def job(state: Any, **more: Any) -> JobInfo:
    return JobInfo(1, "train", state, "cpu", 1, None, {}, 0.0, **more)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wait, "POLL", 0.0)


def test_waiting_follows_a_job_to_its_end(
    impatient: None, capsys: pytest.CaptureFixture[str]
) -> None:
    states = iter(
        [
            job("queued"),
            job("running", phase="Training", done=1, total=2, seconds_left=3.0),
            job("failed", done=1, total=2),
        ]
    )
    ended = wait.until_ended(lambda: next(states), "[mine]")
    assert ended is not None
    assert ended.state == "failed"
    told = capsys.readouterr()
    assert told.out == ""  # standard output belongs to the document
    assert "[mine]: failed" in told.err


def test_without_a_terminal_each_phase_is_one_line(
    impatient: None, capsys: pytest.CaptureFixture[str]
) -> None:
    states = iter(
        [
            job("queued"),
            job("queued"),
            job("running", phase="Training", done=1, total=2),
            job("running", phase="Training", done=2, total=2),
            job("done", done=2, total=2),
        ]
    )
    wait.until_ended(lambda: next(states), "mine")
    assert capsys.readouterr().err.splitlines() == [
        "mine: waits for its turn in the queue",
        "mine: Training",
        "mine: done",
    ]


def test_a_paused_queue_is_said(impatient: None, capsys: pytest.CaptureFixture[str]) -> None:
    states = iter([job("queued"), job("queued"), job("done")])
    pauses = iter([True, False])
    wait.until_ended(lambda: next(states), "mine", lambda: next(pauses))
    first, second, _ = capsys.readouterr().err.splitlines()
    assert "the queue is paused; “attune queue continue”" in first
    assert "its turn" in second


def test_a_terminal_gets_a_bar(impatient: None, monkeypatch: pytest.MonkeyPatch) -> None:
    from rich.console import Console

    screen = Console(file=io.StringIO(), force_terminal=True, width=80)
    monkeypatch.setattr(show, "err", lambda: screen)
    states = iter([job("running", phase="Training", done=1, total=2), job("done", done=2, total=2)])
    wait.until_ended(lambda: next(states), "mine")
    assert "100%" in screen.file.getvalue()  # type: ignore[attr-defined]


def test_ctrl_c_lets_go_and_the_job_goes_on(
    impatient: None, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[int] = []

    def look() -> JobInfo:
        asked.append(1)
        if len(asked) == 3:
            raise KeyboardInterrupt
        return job("running")

    assert wait.until_ended(look, "mine") is None
    told = capsys.readouterr()
    assert told.out == ""
    assert "goes on in the background" in told.err


def test_an_error_while_waiting_is_not_swallowed(impatient: None) -> None:
    def gone() -> JobInfo:
        raise LookupError("deleted meanwhile")

    with pytest.raises(LookupError):
        wait.until_ended(gone, "mine")


def test_a_password_is_set_and_removed(tmp_path: Path, monkeypatch: Any, capsys: Any) -> None:
    import io

    from studio.passwords import Passwords

    kept = Passwords(tmp_path / "login")

    def attune(*words: str, said: str = "") -> int:
        monkeypatch.setattr("sys.stdin", io.StringIO(said))
        monkeypatch.setattr("sys.argv", ["attune", "--home", str(tmp_path), *words])
        with pytest.raises(SystemExit) as ended:
            main()
        return int(ended.value.code or 0)

    assert attune("password", said="short\n") == 2
    assert "8 characters" in capsys.readouterr().err
    assert not kept.known()
    assert attune("password", said="long enough for this\n") == 0
    assert kept.matches("long enough for this")
    told = capsys.readouterr()
    assert "long enough" not in told.out + told.err
    assert attune("password", "--remove") == 0
    assert not kept.known()


def test_another_address_is_refused_without_a_password(
    tmp_path: Path, monkeypatch: Any, capsys: Any
) -> None:
    words = ["attune", "ui", "--home", str(tmp_path), "--host", "0.0.0.0", "--no-browser"]
    monkeypatch.setattr("sys.argv", words)
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert "attune password" in capsys.readouterr().err


def test_a_password_from_the_environment_is_kept_hashed_and_not_handed_down(
    tmp_path: Path, monkeypatch: Any
) -> None:
    from types import SimpleNamespace

    from studio.cli import password
    from studio.passwords import Passwords

    context: Any = SimpleNamespace(obj={"home": str(tmp_path)})
    kept = Passwords(tmp_path / "login")
    for given in ("from the environment", "another one of it"):
        monkeypatch.setenv(password.VARIABLE, given)
        password.from_environment(context)
        assert password.VARIABLE not in os.environ
        assert kept.matches(given)
        mark = kept.mark()
        monkeypatch.setenv(password.VARIABLE, given)
        password.from_environment(context)
        assert kept.mark() == mark, "the same one again signs nobody out"
    password.from_environment(context)
    assert kept.matches("another one of it")


@pytest.mark.parametrize("words", [("dta",), ("runs", "shw"), ("runs", "--jsn"), ("train",)])
def test_what_is_misspelt_is_told_in_whole_sentences(attune: Any, words: tuple[str, ...]) -> None:
    status, out, err = attune(*words)
    assert (status, out) == (2, "")
    assert "?." not in err
    assert ".." not in err
    assert ". See “attune" in err or "? See “attune" in err


def test_ctrl_c_while_the_modules_are_read_is_no_traceback() -> None:
    broken = (
        "import sys\n"
        "class Pressed:\n"
        "    def find_spec(self, name, *more):\n"
        "        if name == 'studio.cli.main': raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Pressed())\n"
        "import studio.cli\n"
    )
    ended = subprocess.run([sys.executable, "-P", "-c", broken], capture_output=True, timeout=60)
    assert (ended.returncode, ended.stdout, ended.stderr) == (130, b"", b"")


@pytest.mark.parametrize("words", [("runs", "show", "nope"), ("runs",), ("--json", "models")])
def test_an_output_that_lacks_some_signs_is_written_to_all_the_same(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    command = [sys.executable, "-P", "-m", "studio.cli", "--home", str(tmp_path / "hôme"), *words]
    narrow = {**os.environ, "PYTHONIOENCODING": "ascii:strict"}
    ended = subprocess.run(command, capture_output=True, env=narrow, timeout=60)
    assert b"Traceback" not in ended.stderr
    assert (ended.stdout + ended.stderr).isascii()
    if "--json" in words:
        assert json.loads(ended.stdout)


@pytest.mark.parametrize("words", [("data", "list"), ("--json", "models"), ("--help",)])
def test_a_reader_who_has_heard_enough_ends_it_as_any_other_tool(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    """Written through rich, by print, and by typer's own help: each of them ends in its own way."""
    command = [sys.executable, "-P", "-m", "studio.cli", "--home", str(tmp_path / "home"), *words]
    reading, writing = os.pipe()
    os.close(reading)
    try:
        ended = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, timeout=60)
    finally:
        os.close(writing)
    assert (ended.returncode, ended.stderr) == (141, b"")


def test_a_program_gets_an_error_in_parts(attune: Any) -> None:
    status, out, err = attune("data", "show", "nobody", "--json")
    error = json.loads(err)["error"]
    assert (status, out) == (2, "")
    assert error["kind"] == "input"
    assert "nobody" in error["what"]
    assert error["cure"]
    _, _, plain = attune("data", "show", "nobody")
    assert plain.strip() == f"{error['what']} {error['cure']}"
    status, out, err = attune("--json", "data", "show", "--nothing-like-it")
    assert (status, out) == (2, "")
    assert "--nothing-like-it" in json.loads(err)["error"]["what"]


@pytest.mark.parametrize(
    ("words", "cure"),
    [
        (("dta",), "See “attune --help” for what this command takes."),
        (("runs", "shw"), "See “attune runs --help” for what this command takes."),
        (("train",), "See “attune train --help” for what this command takes."),
        (("queue", "stop", "9" * 30), "Give one that Attune has shown."),
    ],
)
def test_a_program_gets_the_cure_of_a_misuse_apart(
    attune: Any, words: tuple[str, ...], cure: str
) -> None:
    status, out, err = attune(*words, "--json")
    assert (status, out) == (2, "")
    error = json.loads(err)["error"]
    assert (error["kind"], error["cure"]) == ("input", cure)
    assert error["what"].endswith((".", "?"))
    assert cure not in error["what"]
    assert attune(*words)[2].strip() == f"{error['what']} {cure}"


def test_a_program_is_not_handed_a_page_of_help(attune: Any) -> None:
    error = json.loads(attune("--json", "data")[2])["error"]
    assert error["what"] == "“attune data” wants one of its commands."
    assert "attune data --help" in error["cure"]
    assert "Usage: attune data" in attune("data")[2]


def test_a_program_gets_the_cure_of_a_disk_apart(
    attune: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(context: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("studio.cli.runs.open_workspace", full)
    error = json.loads(attune("runs", "--json")[2])["error"]
    assert error["what"] == "The disk said: No space left on device."
    assert "--home" in error["cure"]


@pytest.mark.parametrize(
    ("words", "what", "cure"),
    [
        (
            ("train", "--data", "a", "--seed", "abc"),
            "“--seed” is “abc”, which is not a whole number.",
            "Give a whole number: see “attune train --help”.",
        ),
        (
            ("train", "--data", "a", "--seed", "2.5"),
            "“--seed” is “2.5”, which is not a whole number.",
            "Give a whole number: see “attune train --help”.",
        ),
        (
            ("ui", "--port", "99999"),
            "“--port” is 99999, which is out of bounds.",
            "Give a value from 1 to 65535.",
        ),
        (
            ("ui", "--port", "http"),
            "“--port” is “http”, which is not a whole number.",
            "Give a value from 1 to 65535.",
        ),
        (
            ("data", "show", "a", "--offset", "-1"),
            "“--offset” is -1, which is out of bounds.",
            "Give a value at least 0.",
        ),
        (
            ("data", "add", "f", "--name", "n", "--test-share", "0,2"),
            "“--test-share” is “0,2”, which is not a number.",
            "Write it with a point. Give a number: see “attune data add --help”.",
        ),
        (
            ("data", "add", "f", "--name", "n", "--test-share", "20%"),
            "“--test-share” is “20%”, which is not a number.",
            "Write it as a share: 0.2 is 20 percent. Give a number: see “attune data add --help”.",
        ),
        (
            ("queue", "stop", "all"),
            "“JOB” is “all”, which is not a whole number.",
            "Give a whole number: see “attune queue stop --help”.",
        ),
        (
            ("votes", "house-style"),
            "“COMPARISON” is “house-style”, which is not a whole number.",
            "Give a whole number: see “attune votes --help”.",
        ),
    ],
)
def test_a_value_that_will_not_do_is_told_in_our_words(
    attune: Any, words: tuple[str, ...], what: str, cure: str
) -> None:
    """As options of a method are, and not in the words of the library that reads the command."""
    status, out, err = attune(*words)
    assert (status, out, err.strip()) == (2, "", f"{what} {cure}")
    error = json.loads(attune(*words, "--json")[2])["error"]
    assert (error["what"], error["cure"]) == (what, cure)


def test_a_number_of_a_thousand_digits_is_not_repeated(attune: Any) -> None:
    for digits in (1_000, 10_000):
        status, _, err = attune("votes", "9" * digits)
        assert status == 2
        assert len(err) < 200
        assert "too large" in err


@pytest.mark.parametrize("command", ["runs", "queue"])
def test_what_lists_by_itself_lists_by_name_too(attune: Any, command: str) -> None:
    assert attune(command, "list") == attune(command)
    assert attune(command, "list", "--json") == attune(command, "--json")
    assert attune(command)[0] == 0
