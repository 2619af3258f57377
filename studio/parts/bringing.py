"""How a file is read, an import on its way, and what a share leaves for the test: as HTML."""

from __future__ import annotations

from jobs import ENOUGH_PROMPTS, Import, Preview
from studio.parts.text import count, duration, esc, several

USUAL = 10  # percent; more is kept back of a small file
_WHY_SO_MANY = (
    f"So large a part, because with fewer than {ENOUGH_PROMPTS} a comparison cannot tell whether "
    "it helped. You can change it above; of a larger file a tenth is enough."
)


def import_progress(going: Import, doing: str = "Adding") -> str:
    """The bar of an import or a fetch, with rows and the time left."""
    percent = round(100 * going.share)
    left = going.seconds_left
    rows = [f"{count(going.rows)} rows"] if going.rows else []
    rest = ", ".join([*rows, *([f"about {duration(left)} left"] if left is not None else [])])
    phase = "" if going.phase.startswith(doing) else going.phase
    told = (f". {phase}" if phase else "") + (f": {rest}" if rest else "")
    return (
        f'<div class="card"><p>{doing} <strong>{esc(going.name)}</strong>{esc(told)}.</p>'
        f'<div class="bar" role="progressbar" aria-label="Import" aria-valuemin="0" '
        f'aria-valuemax="100" aria-valuenow="{percent}"><span style="width:{percent}%"></span>'
        "</div></div>"
    )


def share_outlook(seen: Preview | None, percent: float, own_file: bool = False) -> str:
    """What a share means for this file, with a warning where it is too little."""
    if own_file:
        return '<p class="quiet">The test file of your own is used, and no share is kept back.</p>'
    tested = seen.tested(percent / 100) if seen is not None else None
    if seen is None or tested is None:
        return ""
    sentence = f"About {several(tested, 'prompt')} of {count(seen.prompts)} will be the test."
    if tested >= ENOUGH_PROMPTS:
        why = f" {_WHY_SO_MANY}" if percent > USUAL else ""
        return f'<p class="quiet">{sentence}{why}</p>'
    more = (
        "Keep more back, or bring more examples."
        if percent < 50
        else "More examples would help; with these, read a comparison with care."
    )
    return (
        f'<div class="notice warning" role="status"><p><strong>Warning.</strong> {sentence} With '
        f"fewer than {ENOUGH_PROMPTS} a comparison cannot tell whether it helped. {more}</p></div>"
    )
