"""Where a password is asked for, nothing is answered without it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from jobs.home import Home
from studio.address import Address
from studio.login import inner
from studio.passwords import Passwords
from studio.server import create_app
from studio.shell import PAGES

HERE = "http://192.168.1.4:7860"
SECURE = "https://192.168.1.4:7860"
PASSWORD = "a few words together"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("home")).make()
    Passwords(home.login).set(PASSWORD)
    return home


@pytest.fixture(scope="module")
def app(fakes: Any, home: Home) -> Any:
    return create_app(fakes.FakeWorkspace(home), address=Address("192.168.1.4"))


@pytest.fixture
def visit(app: Any) -> Callable[..., TestClient]:
    """A browser without cookies; `guesser` is the address that it comes from."""

    def browser(base: str = HERE, guesser: str = "10.0.0.1") -> TestClient:
        return TestClient(app, base_url=base, client=(guesser, 5000), follow_redirects=False)

    return browser


def signed_in(browser: TestClient) -> TestClient:
    answer = browser.post("/login", data={"password": PASSWORD})
    assert answer.status_code == 303
    return browser


@pytest.mark.parametrize("path", PAGES)
def test_a_page_leads_to_the_login_and_back(visit: Any, path: str) -> None:
    browser = visit()
    answer = browser.get(path + "?run=7&page=2")
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/login?next=")
    back = browser.post(answer.headers["location"], data={"password": PASSWORD})
    assert back.headers["location"] == path + "?run=7&page=2"
    assert browser.get(path).status_code == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/gradio_api/upload"),
        ("POST", "/gradio_api/run/predict"),
        ("GET", "/gradio_api/file=/etc/passwd"),
        ("GET", "/gradio_api/heartbeat/x"),
        ("GET", "/gradio_api/startup-events"),
        ("GET", "/download/4"),
        ("GET", "/assets/index.js"),
        ("GET", "/static/img/undo.svg"),
        ("GET", "/theme.css"),
        ("POST", "/runs"),
    ],
)
def test_nothing_else_answers_before(visit: Any, method: str, path: str) -> None:
    answer = visit().request(method, path)
    assert answer.status_code == 401
    assert answer.text == "Sign in first."


def test_the_login_page_has_its_look_and_names_no_other_server(visit: Any) -> None:
    answer = visit().get("/login")
    assert answer.status_code == 200
    assert 'type="password"' in answer.text
    assert "http" not in answer.text.replace("http-equiv", "")
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"
    assert visit().get("/theme/studio.css").status_code == 200


def test_a_wrong_password_says_so_and_sets_no_cookie(visit: Any) -> None:
    answer = visit(guesser="10.0.0.2").post("/login", data={"password": "<script>guess"})
    assert answer.status_code == 401
    assert "not the password" in answer.text
    assert "<script>guess" not in answer.text
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("body", [b"", b"password", b"\xff\xfe", b"password=" + b"x" * 5000])
def test_a_strange_form_is_a_wrong_password(visit: Any, body: bytes) -> None:
    assert visit(guesser="10.0.0.3").post("/login", content=body).status_code in (401, 429)


def test_a_form_that_is_no_password_is_too_much(visit: Any) -> None:
    assert visit().post("/login", content=b"x" * 50_000).status_code == 413


def test_guessing_is_slowed_down(visit: Any) -> None:
    browser = visit(guesser="10.0.0.4")
    answers = [browser.post("/login", data={"password": "wrong wrong"}) for _ in range(8)]
    assert [a.status_code for a in answers][:5] == [401] * 5
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["retry-after"]) >= 1
    # Not even the right one goes through now; from elsewhere it does.
    assert browser.post("/login", data={"password": PASSWORD}).status_code == 429
    signed_in(visit(guesser="10.0.0.5"))


def test_the_cookie_is_lax_and_kept_from_scripts(visit: Any) -> None:
    cookie = visit().post("/login", data={"password": PASSWORD}).headers["set-cookie"]
    assert "SameSite=lax" in cookie
    assert "HttpOnly" in cookie
    assert "Secure" not in cookie
    assert "Domain" not in cookie
    assert PASSWORD not in cookie


def test_the_cookie_is_secure_where_served_so(visit: Any) -> None:
    cookie = visit(SECURE).post("/login", data={"password": PASSWORD}).headers["set-cookie"]
    assert "Secure" in cookie


def test_it_outlives_the_server(visit: Any, fakes: Any, home: Home) -> None:
    cookies = signed_in(visit()).cookies
    again = create_app(fakes.FakeWorkspace(home), address=Address("192.168.1.4"))
    browser = TestClient(again, base_url=HERE, cookies=cookies, follow_redirects=False)
    assert browser.get("/runs").status_code == 200


def test_signing_out(visit: Any) -> None:
    browser = signed_in(visit())
    assert 'action="/logout"' in browser.get("/").text
    stolen = dict(browser.cookies)
    assert browser.get("/logout").status_code == 405
    answer = browser.post("/logout", headers={"origin": "http://evil.example"})
    assert answer.status_code == 403
    assert browser.post("/logout").headers["location"] == "/login"
    assert browser.get("/runs").status_code == 303
    thief = visit()
    thief.cookies.update(stolen)
    assert thief.get("/runs").status_code == 303


def test_a_login_from_a_foreign_page_is_refused(visit: Any) -> None:
    answer = visit().post(
        "/login", data={"password": PASSWORD}, headers={"origin": "http://evil.example"}
    )
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "cookie", ["", "=", "x" * 9000, "attune-none=1", 'a="\\777"; b', "attune-\xff=\xff"]
)
def test_made_up_cookies_open_nothing(visit: Any, home: Home, cookie: str) -> None:
    mark = Passwords(home.login).mark()[:8]
    for value in (cookie, f"attune-{mark}={cookie}", f"attune-{mark}=../password.json"):
        answer = visit().get("/download/4", headers={"cookie": value.encode("latin-1")})
        assert answer.status_code == 401


def test_a_new_password_signs_all_out(fakes: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    home = Home(tmp_path_factory.mktemp("home")).make()
    passwords = Passwords(home.login)
    passwords.set(PASSWORD)
    app = create_app(fakes.FakeWorkspace(home), address=Address("0.0.0.0"))
    browser = signed_in(TestClient(app, base_url=HERE, follow_redirects=False))
    assert browser.get("/").status_code == 200
    passwords.set("another one entirely")
    assert browser.get("/").status_code == 303
    passwords.forget()  # while it serves other machines: nobody comes in, not everybody
    assert browser.get("/").status_code == 303
    assert "attune password" in browser.get("/login").text
    assert browser.post("/login", data={"password": ""}).status_code == 401


def test_on_this_machine_it_is_asked_for_as_soon_as_there_is_one(
    fakes: Any, tmp_path_factory: pytest.TempPathFactory
) -> None:
    home = Home(tmp_path_factory.mktemp("home")).make()
    app = create_app(fakes.FakeWorkspace(home))
    browser = TestClient(app, base_url="http://127.0.0.1:7860", follow_redirects=False)
    assert browser.get("/runs").status_code == 200
    assert "/logout" not in browser.get("/runs").text
    assert browser.get("/login").headers["location"] == "/"
    Passwords(home.login).set(PASSWORD)
    assert browser.get("/runs").status_code == 303
    assert signed_in(browser).get("/runs").status_code == 200


@pytest.mark.parametrize(
    ("asked", "leads"),
    [
        ("/runs?run=7", "/runs?run=7"),
        ("/data", "/data"),
        ("", "/"),
        ("//evil.example/", "/"),
        ("https://evil.example/runs", "/"),
        ("/\\evil.example", "/"),
        ("/runs/../download/4", "/"),
        ("/runs?a=%0d%0aset-cookie:x", "/runs?a=%0D%0Aset-cookie%3Ax"),
        ("javascript:alert(1)", "/"),
        ("http://[::1", "/"),
        ("/login", "/"),
    ],
)
def test_the_login_leads_to_pages_alone(asked: str, leads: str) -> None:
    assert inner(asked) == leads


@pytest.mark.parametrize("host", ["evil.example", "192.168.1.5", "10.0.0.1"])
def test_one_address_answers_to_itself_alone(visit: Any, host: str) -> None:
    assert visit().get("/login", headers={"host": host}).status_code == 421


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("10.1.2.3:7860", 200),
        ("[2001:db8::5]:7860", 200),
        ("studio.example", 200),
        ("STUDIO.example:443", 200),
        ("evil.example", 421),
        ("10.1.2.3.evil.example", 421),
    ],
)
def test_everywhere_any_address_and_given_names(
    fakes: Any, home: Home, host: str, status: int
) -> None:
    address = Address("0.0.0.0", names=("studio.example",))
    browser = TestClient(create_app(fakes.FakeWorkspace(home), address=address), base_url=HERE)
    assert browser.get("/login", headers={"host": host}).status_code == status
