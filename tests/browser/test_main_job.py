"""The main job through the real pages, with real training on the practice model."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from folds import unfold

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ROOT = Path(__file__).parents[2]
TRAINED = 240_000  # milliseconds that a short run and its comparison may take on a busy machine


@dataclass
class Served:
    """The studio as its own process, on a home that lives on when the process does not."""

    home: Path
    port: int
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        words = ["ui", "--no-browser", "--port", str(self.port), "--home", str(self.home)]
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "studio.cli", *words],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            cwd=self.home,
        )
        end = time.monotonic() + 60
        while True:
            try:
                urllib.request.build_opener(urllib.request.ProxyHandler({})).open(self.url).close()
                return
            except OSError:
                assert time.monotonic() < end, "the studio does not answer"
                time.sleep(0.1)

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    served = Served(tmp_path_factory.mktemp("home"), port, None)  # type: ignore[arg-type]
    served.start()
    yield served
    served.kill()


@pytest.fixture(scope="module")
def dataset(served: Served, look_once: Callable[..., Any], rows_file: Path) -> str:
    """The rows brought in through the Data page."""
    page = look_once(served).open("/data")
    page.locator("#file input[type=file]").set_input_files(rows_file)
    page.get_by_role("heading", name="These are your first rows").wait_for()
    assert page.get_by_label("Prompt", exact=True).input_value() == "question"
    page.get_by_label("Name").fill("habit")
    page.get_by_role("button", name="Add these examples").click()
    page.get_by_role("heading", name="habit").wait_for()
    return "habit"


@pytest.mark.parametrize(
    ("method", "title"),
    [("lora", "LoRA"), ("qlora", "QLoRA"), ("prompt-tuning", "Prompt tuning")],
)
def test_train_leave_come_back_and_read_the_verdict(
    look: Callable[..., Any], served: Served, dataset: str, method: str, title: str
) -> None:
    name = f"my {method}"
    page = look(served).open("/train?data=habit")
    page.get_by_role("radio", name=re.compile(f"^{title}")).check()
    unfold(page, "Advanced")
    page.get_by_role("textbox", name=re.compile("^Epochs")).fill("2")
    page.get_by_label("Name of the run").fill(name)
    page.get_by_role("button", name="Start").click()
    page.get_by_role("heading", name=name).wait_for()
    address = page.url
    page.context.close()  # the tab is gone, the run is not
    if method == "lora":  # and the server may go, too
        served.kill()
        served.start()
    tab = look(served)
    page = tab.open(address.removeprefix(served.url))
    link = page.get_by_role("link", name="See the prompts")
    link.wait_for(timeout=TRAINED)
    assert page.get_by_text("done", exact=True).first.is_visible()
    link.click()
    verdict = page.get_by_role("status").filter(has_text=name)
    verdict.wait_for()
    if method != "prompt-tuning":
        assert f"“{name}” is better than the base on" in verdict.inner_text()
    page.get_by_role("heading", name="Prompt 1", exact=True).wait_for()
    before = page.locator("main").inner_text()
    page.reload()
    page.get_by_role("heading", name="Prompt 1", exact=True).wait_for()
    assert page.locator("main").inner_text() == before
    tab.assert_quiet()


def test_every_variant_answers_in_the_prompt_box(
    look: Callable[..., Any], served: Served, dataset: str
) -> None:
    page = look(served).open("/compare?comparison=1")
    page.get_by_role("textbox", name=re.compile("^Prompt")).fill("The red door number 12.")
    page.get_by_role("button", name="Ask every variant").click()
    page.locator("#answers").get_by_text(re.compile(r"\d+ tokens")).nth(1).wait_for(timeout=TRAINED)


def test_the_adapter_can_be_taken_away(
    look: Callable[..., Any], served: Served, dataset: str
) -> None:
    page = look(served).open("/use?run=my lora")
    with page.expect_download(timeout=60_000) as caught:
        page.get_by_role("link", name=re.compile("Download")).click()
    assert caught.value.suggested_filename.endswith(".zip")
