"""What an intruder tries on a web server, as raw requests that no HTTP library would tidy up."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import quote

UPS = (
    *("../", "..%2f", "..%2F", "%2e%2e/", "%2e%2e%2f", "%2E%2E%5C", "..\\", "..%5c"),
    *("....//", "..;/", "%252e%252e%252f", "%c0%ae%c0%ae/", "%u002e%u002e/", "..%00/"),
    *(".%2e/", "..%09/", "%ef%bc%8e%ef%bc%8e/", "..%c0%af", "/..//", "./.././"),
)
PLACES = ("/gradio_api/file=", "/download/", "/report/", "/assets/", "/static/", "/theme/", "/")
DEPTH = 8

OTHER_ROUTES = (
    *("/gradio_api/proxy=http://127.0.0.1:22/", "/gradio_api/proxy=file:///etc/passwd"),
    *(
        "/gradio_api/file=http://169.254.169.254/latest",
        "/gradio_api/file=https:%2f%2fexample.org/",
    ),
    *("/gradio_api/file=file:///etc/passwd", "/gradio_api/file=//etc/passwd"),
    *("/gradio_api/file=/proc/self/environ", "/gradio_api/file=/proc/self/cmdline"),
    *("/gradio_api/file=/dev/zero", "/gradio_api/file=/dev/stdin", "/gradio_api/file=."),
    *("/gradio_api/file=", "/gradio_api/file=%00", "/gradio_api/file=" + "A" * 5000),
    *(
        "/gradio_api/file=CON",
        "/gradio_api/file=\\\\evil.example\\share",
        "/gradio_api/file=~/.ssh",
    ),
    *("/gradio_api/file/etc/passwd", "/gradio_api/info", "/gradio_api/openapi.json", "/config"),
    *("/gradio_api/queue/join", "/gradio_api/queue/data?session_hash=x", "/gradio_api/cancel"),
    *(
        "/gradio_api/stream/1/2/3/playlist.m3u8",
        "/gradio_api/component_server",
        "/gradio_api/token",
    ),
    *("/gradio_api/custom_component/x/y/z/..%2f..%2fetc%2fpasswd", "/svelte/../../etc/passwd"),
    *("/gradio_api/run-history/records", "/gradio_api/vibe-code/", "/gradio_api/mcp/sse"),
    *("/gradio_api/upload_progress?upload_id=../../x", "/gradio_api/login_check", "/monitoring"),
    *("/docs", "/redoc", "/openapi.json", "/.env", "/.git/config", "/attune.db", "/server-status"),
    *("/login/attune.db", "/login/password.json", "/jobs/1/output.log", "/tmp/uploads/", "/runs/1"),
    *(
        "/forgotten/0/0.csv",
        "/forgotten/-1/1.json",
        "/forgotten/4/1%00.csv",
        "/forgotten/4/../x.csv",
    ),
    *("/download/0", "/download/-1", "/download/1e9", "/download/99999999999999999999999"),
    *(
        "/download/1%00",
        "/download/1;ls",
        "/download/%27%20OR%201=1",
        "/download/",
        "/download/1/2",
    ),
    *(
        "/report/1.html/../../attune.db",
        "/report/1.%2e%2e%2fattune.db",
        "/report/1.php",
        "/report/",
    ),
    *(
        "/report/-1.json",
        "/report/1e9.csv",
        "/report/1.html%00.json",
        "/report/" + "9" * 5000 + ".csv",
    ),
    *(
        "/news?jobs=../../attune.db",
        "/news?jobs=" + "1," * 5000,
        "/news?jobs=1;DROP%20TABLE%20jobs",
    ),
    *(
        "/forgotten/1/" + "9" * 41 + ".csv",
        "/forgotten/" + "9" * 41 + "/1.json",
        "/forgotten/1/x.csv",
    ),
    *("/forgotten/1/1.csv/..%2f..%2fattune.db", "/forgotten/-1/-1.json", "/forgotten/"),
    *("/news?jobs=%00", "/news/../attune.db", "/gradio_api/heartbeat/..%2f..%2fattune.db"),
    *("//etc/passwd", "///etc/passwd", "/%2fetc%2fpasswd", "/\\etc\\passwd", "/..", "/.", "/%"),
    *("/%zz", "/%00", "/\x7f", "/runs/../../etc/passwd", "/theme/studio.css/../../x", "/assets/"),
    *("http://evil.example/", "http://127.0.0.1@evil.example/", "*", "/?__theme=<script>"),
    *("/pwa_icon", "/manifest.json/..%2f..%2fattune.db", "/robots.txt%2f..%2f..%2fetc%2fpasswd"),
)
ASKED = (
    *("/runs?run=", "/compare?comparison=", "/data?dataset=", "/train?clone=", "/login?next="),
)
METHODS = (
    *("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "MOVE", "DEBUG"),
    *("get", "GETT", "G\x00T", "POST"),
)
WORDS = (
    *(
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "' OR '1'='1",
        "1;DROP TABLE runs",
    ),
    *(
        "${7*7}",
        "{{7*7}}",
        "`id`",
        "$(id)",
        "../../etc/passwd",
        "\u202egnp.exe",
        "\ud7ff",
        "9" * 400,
    ),
    *("-1", "0", "NaN", "1e309", "%00", "\r\nSet-Cookie: a=b", "javascript:alert(1)", "٣", "²"),
)
HEADERS = (
    *("Host: evil.example", "Host: 127.0.0.1.evil.example", "Host: evil@127.0.0.1", "Host:"),
    *(
        "Host: 127.0.0.1\r\nHost: evil.example",
        "Host: [::1",
        "Host: 127.0.0.1:99999999",
        "Host: \xff",
    ),
    *("Origin: http://evil.example", "Origin: null", "Origin: http://[::1", "Origin: \xff\xfe"),
    *(
        "X-Forwarded-Host: evil.example",
        "X-Gradio-Server: http://evil.example",
        "X-Original-URL: /x",
    ),
    *("X-Forwarded-Proto: javascript", "X-Forwarded-For: 127.0.0.1, ::1, x", "X-Rewrite-URL: /x"),
    *(
        "X-Forwarded-Prefix: /../../",
        "X-HTTP-Method-Override: DELETE",
        "Forwarded: host=evil.example",
    ),
    *("Content-Length: -1", "Content-Length: \xb2", "Content-Length: 1e9", "Content-Length: 0x10"),
    *("Content-Length: 99999999999999999999999999", "Content-Length: 5\r\nContent-Length: 6"),
    *(
        "Transfer-Encoding: chunked\r\nContent-Length: 3",
        "Transfer-Encoding: cow",
        "Expect: 100-continue",
    ),
    *("Range: bytes=0-99999999999999999999", "Range: bytes=-1", "Range: " + "bytes=0-1," * 500),
    *("Cookie: " + "a=b; " * 1500, 'Cookie: a="\\777', "Cookie: attune-none=../../password.json"),
    *("If-None-Match: *", "If-Modified-Since: yesterday", "Accept-Encoding: gzip;q=NaN, *"),
    *(
        "Accept-Language: " + "x" * 4000,
        "Upgrade: websocket\r\nConnection: Upgrade",
        "Upgrade: h2c",
    ),
    *("Sec-Fetch-Site: cross-site", "Sec-Fetch-Site: same-site\r\nSec-Fetch-Mode: no-cors"),
    *("Content-Type: multipart/form-data", "Authorization: Basic \xff", "User-Agent: () { :;}; id"),
)


@dataclass(frozen=True)
class Attempt:
    """One raw request; `refused` where only a status of 400 to 499 is right."""

    title: str
    raw: bytes
    refused: bool = False
    never: tuple[str, ...] = field(default=())  # what its answer must not hold


def attempts(host: str, targets: tuple[str, ...], handlers: dict[int, int]) -> Iterator[Attempt]:
    """Every attempt; `targets` are files outside of what may be fetched, by their absolute paths.

    `handlers` has, by its number, how many inputs each handler has that opens a page.
    """
    for place in PLACES:
        for up in UPS:
            for target in targets[: 2 if place == "/gradio_api/file=" else 1]:
                path = place + up * DEPTH + target.lstrip("/")
                yield Attempt(f"GET {path}", get(host, path))
    for target in targets:
        for path in (target, target.replace("/", "%2f"), "//" + target, target + "%00.csv"):
            yield Attempt(f"file={path}", get(host, "/gradio_api/file=" + path), refused=True)
    for path in OTHER_ROUTES:
        yield Attempt(f"GET {path[:80]!r}", get(host, path))
    for method in METHODS:
        for path in ("/", "/gradio_api/run/predict", "/gradio_api/upload", "/download/1", "/login"):
            yield Attempt(f"{method!r} {path}", request(host, method, path))
    for line in HEADERS:
        for path in ("/runs", "/gradio_api/run/predict"):
            yield Attempt(f"{path} {line[:60]!r}", with_header(host, path, line))
    yield from _words(host, handlers)
    yield from _uploads(host)


def _words(host: str, handlers: dict[int, int]) -> Iterator[Attempt]:
    """Words in the address of a page, and in what its handlers get."""
    opening = [number for number, inputs in handlers.items() if inputs == 0]
    for word in WORDS:
        value = quote(word, safe="")
        never = (word,) if "<" in word else ()
        for page in (
            "/runs?run=",
            "/compare?comparison=",
            "/data?dataset=",
            "/train?clone=",
            "/login?next=",
        ):
            yield Attempt(f"GET {page}{value[:60]}", get(host, page + value), never=never)
        query = f"?run={value}&comparison={value}&dataset={value}&page={value}&clone={value}"
        for number in opening:
            body = json.dumps({"data": [], "fn_index": number, "session_hash": "scan"}).encode()
            path = "/gradio_api/run/predict" + query
            yield Attempt(f"handler {number} {value[:40]}", post(host, path, body), never=never)


def _uploads(host: str) -> Iterator[Attempt]:
    names = (
        *("../../../../tmp/evil.csv", "..\\..\\evil.csv", "/etc/cron.d/evil", "a\x00.csv", "", "."),
        *(
            "..",
            "x" * 300 + ".csv",
            "%2e%2e%2fevil.csv",
            "CON.csv",
            "evil.html",
            "\xff\xfe.csv",
            "-rf",
        ),
        *("a\r\nX: y.csv", '"; filename="/etc/evil', "~/.ssh/authorized_keys", "file.csv/"),
    )
    for name in names:
        body = (
            b'--cut\r\nContent-Disposition: form-data; name="files"; filename="'
            + name.encode("latin-1")
            + b'"\r\nContent-Type: text/html\r\n\r\n<script>alert(1)</script>\r\n--cut--\r\n'
        )
        kind = "multipart/form-data; boundary=cut"
        yield Attempt(f"upload {name[:40]!r}", post(host, "/gradio_api/upload", body, kind))
    for body in (b"", b"--cut", b"--cut\r\n\r\n", b"--cut--", b"\x00" * 100, b"--cut\r\n" * 2000):
        kind = "multipart/form-data; boundary=cut"
        yield Attempt(f"upload of {body[:20]!r}", post(host, "/gradio_api/upload", body, kind))
    kind = "multipart/form-data; boundary=" + "x" * 500
    yield Attempt("upload, odd boundary", post(host, "/gradio_api/upload", b"x", kind))


def get(host: str, path: str) -> bytes:
    return request(host, "GET", path)


def request(host: str, method: str, path: str) -> bytes:
    line = f"{method} {path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\n"
    return (line + "Connection: close\r\n\r\n").encode("utf-8", "surrogatepass")


def with_header(host: str, path: str, line: str) -> bytes:
    method = "POST" if "predict" in path else "GET"
    lines = [f"{method} {path} HTTP/1.1"]
    if not line.startswith("Host:"):
        lines.append(f"Host: {host}")
    return "\r\n".join([*lines, line, "Connection: close", "", "abc"]).encode("latin-1")


def post(host: str, path: str, body: bytes, kind: str = "application/json") -> bytes:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: {kind}\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode("latin-1") + body


@dataclass(frozen=True)
class Answer:
    """What came back: the status, 0 where the server only hung up, and the first megabytes."""

    status: int
    body: bytes


def ask(port: int, raw: bytes, patience: float = 5.0) -> Answer:
    """Send a raw request to this machine and read what comes back until it ends or is quiet."""
    came = bytearray()
    with socket.create_connection(("127.0.0.1", port), timeout=patience) as line:
        try:
            line.sendall(raw)
            while len(came) < 4_000_000:
                part = line.recv(65536)
                if not part:
                    break
                came += part
                if b"text/event-stream" in came[:2000]:
                    break
        except (TimeoutError, ConnectionError):
            pass
    head = bytes(came.split(b"\r\n", 1)[0]).split(b" ")
    status = int(head[1]) if len(head) > 1 and head[1].isdigit() else 0
    return Answer(status, bytes(came))
