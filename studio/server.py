"""The server: a small guarded app with Gradio mounted in it, on this machine's own address."""

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

from jobs import AttuneError, InputError, Unavailable, Workspace
from studio.guard import LOOPBACK, Guard
from studio.shell import PAGES, Shell

if TYPE_CHECKING:
    from fastapi import FastAPI

UPLOAD_LIMIT = 2_000_000_000  # bytes; larger files are added through the command line


def _print(sentence: str) -> None:
    print(sentence, flush=True)


def serve(
    workspace: Workspace,
    host: str = "127.0.0.1",
    port: int = 7860,
    *,
    open_browser: bool = True,
    say: Callable[[str], None] = _print,
) -> None:
    """Serve the studio until it is told to end; training goes on without it.

    `say` is told the address once the port is ours.
    """
    import uvicorn

    check_host(host)
    server = uvicorn.Server(
        uvicorn.Config(
            create_app(workspace),
            host=host,
            port=port,
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=2,
        )
    )
    address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    try:
        socket = server.config.bind_socket()
    except SystemExit:
        raise Unavailable(
            f"Port {port} is taken.", "Choose another with --port, or end what uses it."
        ) from None
    say(f"Attune is at {address}")
    if open_browser:
        threading.Timer(0.5, webbrowser.open, [address]).start()
    server.run(sockets=[socket])


def check_host(host: str) -> None:
    """Only this machine's own address: the studio has no password yet."""
    if host not in LOOPBACK:
        raise InputError(
            f"The studio has no password yet, so it does not listen on {host}.",
            "Use 127.0.0.1, and a tunnel (ssh -L 7860:127.0.0.1:7860) to reach it from elsewhere.",
        )


def create_app(workspace: Workspace, *, upload_limit: int = UPLOAD_LIMIT) -> FastAPI:
    """The app with all its guards; nothing of Gradio is imported before this is called."""
    _quiet(workspace.home.temporary)
    import gradio as gr
    from fastapi import FastAPI

    from studio.app import build
    from studio.theme import theme

    app = FastAPI(title="Attune", docs_url=None, redoc_url=None, openapi_url=None)
    version = _own_files(app)
    _downloads(app, workspace)
    with warnings.catch_warnings():
        # Said of every app with several pages, also when nobody asked for server-side rendering.
        warnings.filterwarnings("ignore", message="SSR mode is not supported")
        gr.mount_gradio_app(
            app,
            build(workspace),
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
    app.add_middleware(Shell, version=version)
    app.add_middleware(Guard, pages=frozenset(PAGES), upload_limit=upload_limit)
    return app


def _quiet(temporary: Path) -> None:
    """Gradio reads these when it is imported or builds: nothing is sent, uploads stay at home."""
    temporary.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.environ["GRADIO_TEMP_DIR"] = str(temporary)
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
