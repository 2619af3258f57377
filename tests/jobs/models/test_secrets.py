"""Tokens and passwords are taken out of whatever is kept or shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from jobs.errors import Unavailable
from jobs.models import secrets
from jobs.models.hub_errors import explain
from jobs.models.secrets import HIDDEN, redact
from jobs.queue.endings import of_exception

TOKEN = "hf_QkZxWvUtSrQpOnMlKjIhGfEdCbA"


@pytest.fixture(autouse=True)
def no_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in secrets.VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HF_TOKEN_PATH", str(tmp_path / "token"))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"token={TOKEN}.", f"token={HIDDEN}."),
        (f"Authorization: Bearer {TOKEN}", f"Authorization: Bearer {HIDDEN}"),
        ("authorization: bearer abc.def-ghi", f"authorization: bearer {HIDDEN}"),
        ("{'authorization': 'Bearer s3cretvalue'}", f"{{'authorization': 'Bearer {HIDDEN}'}}"),
        ("http://me:open-sesame@proxy:3128/x", f"http://{HIDDEN}@proxy:3128/x"),
        ("https://huggingface.co/me/model", "https://huggingface.co/me/model"),
        ("the hf_ prefix, half_life, hf_short", "the hf_ prefix, half_life, hf_short"),
        ("mail me@example.org: or call", "mail me@example.org: or call"),
    ],
)
def test_what_has_the_shape_of_a_secret(text: str, shown: str) -> None:
    assert redact(text) == shown


def test_a_token_of_any_shape_that_is_set_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "an odd one of my own")
    assert redact("GET /x (an odd one of my own)") == f"GET /x ({HIDDEN})"


def test_the_token_that_was_logged_in_with(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("kept-by-the-hub\n")
    assert redact("sent kept-by-the-hub to") == f"sent {HIDDEN} to"


def test_a_short_value_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "a")
    assert redact("a banana") == "a banana"


def test_errors_do_not_repeat_it() -> None:
    _, error = of_exception(RuntimeError(f"401 for {TOKEN}"))
    assert TOKEN not in str(error)
    assert HIDDEN in error["detail"]
    told = explain(
        "me/model", OSError(f"cannot reach https://user:{TOKEN}@hub"), noun="model", instead=""
    )
    assert isinstance(told, Unavailable)
    assert TOKEN not in told.detail + str(told)


def test_a_token_file_that_others_can_read_is_noticed(tmp_path: Path) -> None:
    path = secrets.token_file()
    assert not secrets.open_to_others(path)
    path.write_text(TOKEN)
    path.chmod(0o644)
    assert secrets.open_to_others(path)
    path.chmod(0o600)
    assert not secrets.open_to_others(path)


def test_it_is_looked_for_where_the_hub_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    from huggingface_hub import constants

    monkeypatch.delenv("HF_TOKEN_PATH")
    monkeypatch.delenv("HF_HOME", raising=False)
    assert str(secrets.token_file()).endswith("huggingface/token")
    assert Path(constants.HF_TOKEN_PATH).name == "token"
