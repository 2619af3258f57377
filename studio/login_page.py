"""The login page: one field and one button, in the studio's own look, without any script."""

from __future__ import annotations

from studio.parts.text import duration, esc


def login_page(
    *, action: str, version: str, problem: str = "", wait: int = 0, missing: bool = False
) -> str:
    """The whole document; `wait` is in seconds, `missing` where nobody has set a password yet."""
    if missing:
        body = (
            "<p>No password has been set, so nobody can sign in.</p>"
            "<p class=quiet>On the machine that serves the studio, run "
            "<code>attune password</code>.</p>"
        )
    else:
        body = _form(action, problem, wait)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        "<title>Sign in · Attune</title>"
        '<link rel="icon" href="/favicon.svg" type="image/svg+xml">'
        f'<link rel="stylesheet" href="/theme/studio.css?v={esc(version)}">'
        f'<script src="/theme/studio.js?v={esc(version)}"></script></head>'
        '<body><div class="gradio-container login"><main>'
        '<p class="brand"><svg viewBox="0 0 24 24" aria-hidden="true">'
        '<path d="M7 2v7a5 5 0 0 0 10 0V2M12 14v8" fill="none"/></svg>Attune</p>'
        f"<h1>Sign in</h1>{body}</main></div></body></html>"
    )


def _form(action: str, problem: str, wait: int) -> str:
    told = ""
    if problem:
        more = f" Try again in {esc(duration(wait))}." if wait else ""
        told = f'<p class="notice error" role="alert" id="problem">{esc(problem)}{more}</p>'
    invalid = ' aria-invalid="true" aria-describedby="problem"' if problem else ""
    return (
        f'{told}<form method="post" action="{esc(action)}">'
        '<label for="password">Password</label>'
        '<input type="password" id="password" name="password" required autofocus '
        f'autocomplete="current-password" maxlength="1000"{invalid}>'
        '<button type="submit">Sign in</button></form>'
        '<p class="quiet">Whoever set the studio up on this machine knows it.</p>'
    )
