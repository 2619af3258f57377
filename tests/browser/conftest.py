"""The real server over a workspace of believable rows, and Chromium to look at it.

Without a browser these tests are skipped and say so; where `CI=true` they fail. A test that fails
leaves a screenshot and a trace in test-results/.
"""

from __future__ import annotations

import os
import re
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from jobs.home import Home

RESULTS = Path(__file__).parents[2] / "test-results"
PATIENCE = 30_000  # milliseconds; a machine that trains at the same time is slow
_failed = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item, call: Any) -> Iterator[None]:
    report = yield
    if report.when == "call":
        item.stash[_failed] = report.failed
    return report


@dataclass
class Studio:
    """A running server: its address and the workspace behind it."""

    url: str
    workspace: Any


@pytest.fixture(scope="module")
def serve() -> Iterator[Callable[[Any], Studio]]:
    """Start a server over a workspace on a free port."""
    import uvicorn

    from studio.server import create_app

    servers: list[tuple[uvicorn.Server, threading.Thread]] = []

    def start(workspace: Any) -> Studio:
        config = uvicorn.Config(create_app(workspace), port=0, log_level="warning")
        server = uvicorn.Server(config)
        socket = config.bind_socket()
        thread = threading.Thread(target=server.run, kwargs={"sockets": [socket]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.02)
        servers.append((server, thread))
        return Studio(f"http://127.0.0.1:{socket.getsockname()[1]}", workspace)

    yield start
    for server, thread in servers:
        server.should_exit = server.force_exit = True
        thread.join(10)


@pytest.fixture(scope="module")
def serve_studio(
    fakes: Any, serve: Callable[[Any], Studio], tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., Studio]:
    """Start a server over believable rows; `empty=True` for a home that nobody has used yet."""

    def start(**more: Any) -> Studio:
        return serve(fakes.FakeWorkspace(Home(tmp_path_factory.mktemp("home")).make(), **more))

    return start


@pytest.fixture(scope="module")
def studio(serve_studio: Callable[..., Studio]) -> Studio:
    return serve_studio()


@pytest.fixture(scope="module")
def empty_studio(serve_studio: Callable[..., Studio]) -> Studio:
    return serve_studio(empty=True)


def _missing(why: str) -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(f"No browser: {why}")
    pytest.skip(f"No browser: {why}")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium of the system, else the one that Playwright installed."""
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError as error:
        _missing(str(error))
    system = shutil.which("chromium") or shutil.which("chromium-browser")
    args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        try:
            chromium = playwright.chromium.launch(executable_path=system, args=args)
        except Error as error:
            _missing(str(error).splitlines()[0])
        yield chromium
        chromium.close()


@dataclass
class Watched:
    """A page with what it asked for and what it complained of."""

    page: Any
    home: str
    strangers: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> Any:
        """Go to a page and wait until its heading is there."""
        self.page.goto(self.home + path)
        self.page.get_by_role("heading", level=1).wait_for()
        return self.page

    def assert_quiet(self) -> None:
        assert self.strangers == []
        assert self.complaints == []


@pytest.fixture
def look(browser: Any, request: pytest.FixtureRequest) -> Iterator[Callable[..., Watched]]:
    """Open a tab of its own: `look(studio, width=390, dark=True)`."""
    yield from _tabs(browser, request)


@pytest.fixture(scope="module")
def look_once(browser: Any, request: pytest.FixtureRequest) -> Iterator[Callable[..., Watched]]:
    """As `look`, for what a whole module builds on."""
    yield from _tabs(browser, request)


@pytest.fixture
def bring(
    look: Callable[..., Watched], serve: Callable[[Any], Studio], tmp_path: Path
) -> Callable[..., tuple[Studio, Watched, Any]]:
    """The Data page over a real home of its own: `studio, tab, page = bring(file, width=390)`."""
    from jobs import Workspace

    def opened(file: Path | None = None, **window: Any) -> tuple[Studio, Watched, Any]:
        studio = serve(Workspace.open(tmp_path / "home"))
        tab = look(studio, **window)
        page = tab.open("/data")
        if file is not None:
            page.locator("#file input[type=file]").set_input_files(file)
        return studio, tab, page

    return opened


def _tabs(browser: Any, request: pytest.FixtureRequest) -> Iterator[Callable[..., Watched]]:
    tabs: list[tuple[Any, Watched]] = []

    def new(studio: Studio, *, width: int = 1280, dark: bool = False) -> Watched:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme="dark" if dark else "light"
        )
        context.tracing.start(screenshots=True, snapshots=True)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        watched = Watched(page, studio.url)
        own = (studio.url, "data:", "blob:")
        page.on("request", lambda r: r.url.startswith(own) or watched.strangers.append(r.url))
        page.on("pageerror", lambda e: watched.complaints.append(str(e)))
        page.on(
            "console",
            lambda m: m.type == "error" and watched.complaints.append(f"{m.text} {m.location}"),
        )
        tabs.append((context, watched))
        return watched

    yield new
    failed = request.node.stash.get(_failed, False)
    for number, (context, watched) in enumerate(tabs):
        if failed:
            folder = RESULTS / re.sub(r"\W+", "-", request.node.name)
            folder.mkdir(parents=True, exist_ok=True)
            watched.page.screenshot(path=folder / f"{number}.png", full_page=True)
            context.tracing.stop(path=folder / f"{number}.zip")
        context.close()
