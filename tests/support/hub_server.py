"""A stand-in for the Hub on loopback that the real huggingface_hub client can talk to.

It serves folders as repositories of models, and of data sets, whose ids begin with "datasets/"
here: what a repository is, its list of files, and the files with entity tags, commit and ranges.
Xet storage is not served.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

CONVERTED = "refs/convert/parquet"
TOKEN = "hf_of_somebody_who_accepted"


@dataclass
class Repository:
    """Files by path, and who may have them."""

    files: dict[str, bytes]
    gated: bool = False
    converted: dict[str, bytes] = field(default_factory=dict)  # on the branch of Parquet files

    @property
    def commit(self) -> str:
        whole = hashlib.sha1(usedforsecurity=False)
        for name in sorted(self.files):
            whole.update(name.encode() + self.files[name])
        return whole.hexdigest()


@dataclass
class HubServer:
    """Start with `with HubServer() as hub`; `hub.url` is what HF_ENDPOINT has to be."""

    repositories: dict[str, Repository] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)  # "GET /path" in order
    break_after: int | None = None  # bytes of a file after which the connection is dropped

    def __enter__(self) -> HubServer:
        hub = self

        class Handler(_Handler):
            server_hub = hub

        self._server = _Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Be unreachable from now on, as without a network."""
        if not self._thread.is_alive():
            return
        self._server.shutdown()
        self._server.server_close()
        self._server.drop_connections()
        self._thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def add(self, repo_id: str, folder: Path, *, gated: bool = False, **more: bytes) -> Repository:
        """Serve a folder under an id; `more` are further files (write "__" for a dot)."""
        found = {p.relative_to(folder).as_posix(): p for p in folder.rglob("*") if p.is_file()}
        files = {name: path.read_bytes() for name, path in found.items()}
        files |= {name.replace("__", "."): data for name, data in more.items()}
        self.repositories[repo_id] = Repository(files, gated)
        return self.repositories[repo_id]


class _Server(ThreadingHTTPServer):
    """Knows its open connections: clients keep them, and they would outlive the server."""

    def __init__(self, *args: Any) -> None:
        self._open: list[socket.socket] = []
        super().__init__(*args)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.append(request)
        super().process_request(request, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Nothing on the terminal: a client that hangs up is no news."""

    def drop_connections(self) -> None:
        for connection in self._open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    server_hub: HubServer
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing on the terminal."""

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def do_GET(self) -> None:
        self._answer(body=True)

    def _answer(self, *, body: bool) -> None:
        path = unquote(urlsplit(self.path).path)
        self.server_hub.requests.append(f"{self.command} {path}")
        path = path.replace("/api/datasets/", "/api/models/datasets/", 1)
        about = re.fullmatch(r"/api/models/(.+?)(?:/(revision|tree)/(.+?))?/?", path)
        file = re.fullmatch(r"/(.+?)/resolve/([^/]+)/(.+)", path)
        found = about or file
        repository = self.server_hub.repositories.get(found.group(1)) if found else None
        if repository and found and CONVERTED in (found.groups()[-1], found.group(2)):
            repository = Repository(repository.converted) if repository.converted else None
            if repository is None:
                return self._refuse(404, "RevisionNotFound", "Invalid rev id")
        elif repository and file and file.group(2) == Repository(repository.converted).commit:
            repository = Repository(repository.converted)
        told = self.headers.get("Authorization")
        if told and told != f"Bearer {TOKEN}":
            self._refuse(401, "", "Invalid credentials in Authorization header")
        elif repository is None:
            self._refuse(401, "RepoNotFound", "Invalid username or password.")
        elif file:
            self._file(repository, file.group(3), body)
        elif about and about.group(2) == "tree":
            self._json(self._tree(repository))
        else:
            files = sorted(repository.files.items())
            siblings = [{"rfilename": name, "size": len(data)} for name, data in files]
            known = {"id": found.group(1) if found else "", "siblings": siblings}
            self._json(known | {"sha": repository.commit, "gated": repository.gated})
        return None

    def _tree(self, repository: Repository) -> list[dict[str, Any]]:
        return [
            {"type": "file", "path": name, "size": len(data), "oid": _git_id(data)}
            | ({"lfs": _large(data)} if name.endswith(".safetensors") else {})
            for name, data in sorted(repository.files.items())
        ]

    def _file(self, repository: Repository, name: str, body: bool) -> None:
        if repository.gated and self.headers.get("Authorization") != f"Bearer {TOKEN}":
            return self._refuse(403, "GatedRepo", "Access to this model is restricted.")
        if name not in repository.files:
            return self._refuse(404, "EntryNotFound", "Entry not found")
        data = repository.files[name]
        start = self._range_start(len(data))
        large = name.endswith(".safetensors")
        tag = _large(data)["oid"] if large else _git_id(data)
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
        self.send_header("X-Repo-Commit", repository.commit)
        self.send_header("ETag", f'"{tag}"')
        if large:
            self.send_header("X-Linked-Etag", f'"{tag}"')
            self.send_header("X-Linked-Size", str(len(data)))
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Content-Length", str(len(data) - start))
        self.end_headers()
        if body:
            self._send(data[start:])
        return None

    def _send(self, data: bytes) -> None:
        limit = self.server_hub.break_after
        if limit is not None and len(data) > limit:
            self.wfile.write(data[:limit])
            self.wfile.flush()
            self.close_connection = True
            return
        for chunk in _chunks(data, 2**16):
            self.wfile.write(chunk)

    def _range_start(self, size: int) -> int:
        asked = re.match(r"bytes=(\d+)-", self.headers.get("Range", ""))
        return min(int(asked.group(1)), size) if asked else 0

    def _json(self, value: Any) -> None:
        data = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def _refuse(self, status: int, code: str, message: str) -> None:
        self.send_response(status)
        self.send_header("X-Error-Code", code)
        self.send_header("X-Error-Message", message)
        self.send_header("Content-Length", "0")
        self.end_headers()


def _git_id(data: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def _large(data: bytes) -> dict[str, Any]:
    return {"oid": hashlib.sha256(data).hexdigest(), "size": len(data), "pointerSize": 134}


def _chunks(data: bytes, size: int) -> Iterator[bytes]:
    return (data[i : i + size] for i in range(0, len(data), size))
