"""The server: a small guarded app with Gradio mounted in it.

A request passes the guard (from where, for what, how much), the login, the look at what a page
sends, the shell around the page, and the look at uploads, in this order.
"""

from __future__ import annotations

import hashlib
import importlib.resources
import os
import threading
import warnings
import webbrowser
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jobs import AttuneError, NotFound, Workspace
from studio.address import Address, check_address
from studio.arriving import Arriving
from studio.attempts import Attempts
from studio.ending import let_go_quietly
from studio.guard import Guard
from studio.listening import listen
from studio.login import LOGIN, Login
from studio.passwords import Passwords
from studio.payload import Payload
from studio.sessions import Sessions
from studio.shell import ALL, Shell
from studio.uploads import Uploads

if TYPE_CHECKING:
    from fastapi import FastAPI

UPLOAD_LIMIT = 2_000_000_000  # bytes; larger files are added through the command line


def _print(sentence: str) -> None:
    print(sentence, flush=True)


def serve(
    workspace: Workspace,
    address: Address,
    *,
    open_browser: bool = True,
    say: Callable[[str], None] = _print,
) -> None:
    """Serve the studio until it is told to end; training goes on without it.

    `say` is told the address once the port is ours.
    """
    import uvicorn

    check_address(address, Passwords(workspace.home.login))
    listening = listen(address)  # before the pages, which take seconds to build
    server = uvicorn.Server(
        uvicorn.Config(
            create_app(workspace, address=address),
            host=address.host,
            port=address.port,
            log_level="warning",
            access_log=False,
            server_header=False,
            # A proxy on this machine may say whom it speaks for, and that it speaks HTTPS.
            proxy_headers=True,
            forwarded_allow_ips=["127.0.0.1", "::1"],
            timeout_graceful_shutdown=2,
            ssl_certfile=address.certificate,
            ssl_keyfile=address.key,
        )
    )
    let_go_quietly()
    say(f"Attune is at {address.url}")
    if not address.loopback and not address.certificate:
        say(
            "Without --certificate the password and all pages cross the network in the open: "
            "fine at home, not elsewhere."
        )
    if open_browser:
        threading.Timer(0.5, webbrowser.open, [address.url]).start()
    server.run(sockets=[listening])


def create_app(
    workspace: Workspace, *, upload_limit: int = UPLOAD_LIMIT, address: Address | None = None
) -> FastAPI:
    """The app with all its guards; nothing of Gradio is imported before this is called."""
    address = address or Address()
    uploads = Uploads(workspace.home.uploads)
    uploads.sweep()
    _quiet(uploads.folder)
    from fastapi import FastAPI

    app = FastAPI(title="Attune", docs_url=None, redoc_url=None, openapi_url=None)
    version = _own_files(app)
    _downloads(app, workspace)
    _reports(app, workspace)
    _forgotten(app, workspace)
    _news(app, workspace)
    calls = _pages(app, workspace, upload_limit)
    # A request passes them from the last one added to the first.
    home = workspace.home
    app.add_middleware(Arriving, uploads=uploads)
    app.add_middleware(Shell, version=version)
    app.add_middleware(Payload, uploads=uploads, calls=calls)
    app.add_middleware(
        Login,
        passwords=Passwords(home.login),
        sessions=Sessions(home.login / "sessions"),
        attempts=Attempts(),
        version=version,
        required=not address.loopback,
    )
    app.add_middleware(
        Guard,
        pages=frozenset({*ALL, LOGIN}),
        hosts=address.hosts(),
        addresses=address.everywhere,
        upload_limit=upload_limit,
    )
    return app


def _pages(app: FastAPI, workspace: Workspace, upload_limit: int) -> dict[int, int]:
    """Mount Gradio with all pages; how many inputs each of its handlers takes, by its number."""
    import gradio as gr

    from studio.app import build
    from studio.tabs import bound
    from studio.theme import theme

    blocks = build(workspace)
    with warnings.catch_warnings():
        # Said of every app with several pages, also when nobody asked for server-side rendering.
        warnings.filterwarnings("ignore", message="SSR mode is not supported")
        gr.mount_gradio_app(
            app,
            blocks,
            path="/",
            server_name="127.0.0.1",
            footer_links=[],
            run_history=False,
            show_error=False,  # Gradio shows the text of any exception as HTML
            max_file_size=upload_limit,
            ssr_mode=False,
            enable_monitoring=False,
            pwa=False,
            mcp_server=False,
            theme=theme(),
        )
    bound(app, blocks)
    # Only then does Gradio itself look whether a path that it is given was uploaded.
    blocks.has_launched = True
    return {number: len(fn.inputs) for number, fn in blocks.fns.items()}


def _quiet(uploads: Path) -> None:
    """Gradio reads these when it is imported or builds: nothing is sent, uploads stay at home."""
    uploads.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.environ["GRADIO_TEMP_DIR"] = str(uploads)
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ["GRADIO_SSR_MODE"] = "False"
    os.environ["GRADIO_RUN_HISTORY"] = "False"
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"


def _own_files(app: FastAPI) -> str:
    """Routes for the style sheet, the script and the icon; returns a mark of their version."""
    from fastapi import Response

    folder = importlib.resources.files("assets") / "theme"
    kinds = {
        "studio.css": "text/css",
        "studio.js": "text/javascript",
        "favicon.svg": "image/svg+xml",
    }
    texts = {name: (folder / name).read_bytes() for name in kinds}
    manifest = (
        b'{"name": "Attune", "start_url": "/", "icons": [{"src": "/favicon.svg", '
        b'"sizes": "any", "type": "image/svg+xml"}]}'
    )

    def answer(content: bytes, kind: str, seconds: int) -> Any:
        headers = {"Cache-Control": f"max-age={seconds}"}
        return lambda: Response(content, media_type=kind, headers=headers)

    for name in ("studio.css", "studio.js"):
        app.get(f"/theme/{name}")(answer(texts[name], kinds[name], 31_536_000))
    for path in ("/favicon.svg", "/favicon.ico"):
        app.get(path)(answer(texts["favicon.svg"], kinds["favicon.svg"], 86_400))
    app.get("/manifest.json")(answer(manifest, "application/manifest+json", 86_400))
    return hashlib.sha256(b"".join(texts.values())).hexdigest()[:12]


def _news(app: FastAPI, workspace: Workspace) -> None:
    """`/news?jobs=3,7`: what every page asks for while something is under way."""
    from studio.news import news

    @app.get("/news")
    def told(jobs: str = "") -> dict[str, Any]:
        try:
            return news(workspace, jobs[:1000])
        except AttuneError:  # the database is held by a stranger: the next look will tell
            return {"moving": None, "ended": []}


def _downloads(app: FastAPI, workspace: Workspace) -> None:
    """`/download/7`: the adapter of run 7 as a zip file, asked for by number, never by path."""
    from fastapi.responses import FileResponse, PlainTextResponse, Response

    from studio.pages.common import find_run

    @app.get("/download/{run_id}")
    def download(run_id: int) -> Response:
        try:
            run = find_run(workspace, str(run_id))
            path = workspace.export_zip(run.name)
        except AttuneError as error:
            return PlainTextResponse(str(error), status_code=404)
        return FileResponse(path, filename=f"{run.name}.zip", media_type="application/zip")


def _forgotten(app: FastAPI, workspace: Workspace) -> None:
    """`/forgotten/7/12.csv` and `.json`: what job 12 found that run 7 forgot, as a file."""
    from fastapi.responses import PlainTextResponse, Response, StreamingResponse

    from studio.forgotten import FORMATS, written
    from studio.pages.common import find_run

    @app.get("/forgotten/{run_id}/{job_id}.{kind}")
    def forgotten(run_id: int, job_id: int, kind: str) -> Response:
        try:
            run = find_run(workspace, str(run_id))
            looks = workspace.forgettings(run.name)
            found = next((one.found for one in looks if one.job.id == job_id), None)
            if found is None or kind not in FORMATS:
                raise NotFound("There is no such file.", "Take it from the page of the run.")
        except AttuneError as error:
            return PlainTextResponse(str(error), status_code=404)
        headers = {"Content-Disposition": f'attachment; filename="forgotten-{job_id}.{kind}"'}
        texts = (part.encode("utf-8", "replace") for part in written(kind, found))
        return StreamingResponse(texts, media_type=FORMATS[kind], headers=headers)


def _reports(app: FastAPI, workspace: Workspace) -> None:
    """`/report/3.html`, `.csv` and `.json`: a finished comparison as a file."""
    from fastapi.responses import PlainTextResponse, Response, StreamingResponse

    from studio.pages.common import find_comparison
    from studio.report import FORMATS, written

    @app.get("/report/{comparison_id}.{kind}")
    def report(comparison_id: int, kind: str) -> Response:
        try:
            if kind not in FORMATS:
                raise NotFound(f"There is no report in “{kind}”.", "Use html, csv or json.")
            info = find_comparison(workspace, str(comparison_id))
            result = workspace.result(info.id)
            if result is None:
                raise NotFound(f"Comparison {comparison_id} is {info.state}.", "Wait for its end.")
            votes = workspace.votes(info.id)
        except AttuneError as error:
            return PlainTextResponse(str(error), status_code=404)
        name = f"comparison-{comparison_id}.{kind}"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        texts = (part.encode("utf-8", "replace") for part in written(kind, info, result, votes))
        return StreamingResponse(texts, media_type=FORMATS[kind], headers=headers)
