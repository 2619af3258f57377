"""Inside a soft prompt: a flat map of where its vectors went, and the words around each.

The map has one scale for both directions, so that lengths on it can be compared. Lines and dots are
an SVG; the numbers are HTML laid over it, so that they keep their size on a phone.
"""

from __future__ import annotations

from collections.abc import Sequence

from jobs import SoftPrompt, VirtualToken
from studio.parts.notices import notice
from studio.parts.scrolling import scrolling
from studio.parts.text import clip, count, esc, percent

NUMBERED = 40  # tokens whose number stands on the map; more would cover one another
WIDE, TALL = 2.4, 1.25  # the map is between so many times as wide as high

_WHAT = (
    "Prompt tuning learnt vectors that stand before every prompt as if they were words. Each began "
    "as the vector of a real word. How alike two vectors are is told by their cosine: 1 is the "
    "same direction, 0 nothing in common."
)


def soft_prompt_view(found: SoftPrompt) -> str:
    """What it is and what came of it; folded, the map and the words, with the warning if there is
    one."""
    warning = notice(found.warning, kind="warning") if found.warning else ""
    tokens = len(found.tokens)
    folded = "The vector, and the words nearest to it"
    if tokens > 1:
        folded = f"The {count(tokens)} vectors, and the words nearest to them"
    return (
        f'<p class="quiet">{esc(_WHAT)}</p><p class="inside-said">{esc(found.sentence)}</p>'
        f'<details class="more"><summary>{folded}</summary>{warning}{_map(found)}{_table(found)}'
        "</details>"
    )


def _map(found: SoftPrompt) -> str:
    box = _Box([spot for t in found.tokens for spot in (t.place, t.start_place)])
    paths = "".join(_path(token, box) for token in found.tokens)
    numbers = "".join(
        f'<i style="left:{x:.2f}%;top:{y:.2f}%">{n}</i>'
        for n, token in enumerate(found.tokens[:NUMBERED], 1)
        for x, y in [box.spot(token.place)]
    )
    said = (
        f"Where each of the {len(found.tokens)} vectors began (hollow) and where it came to lie "
        f"(full, numbered as below). Laid flat, the picture keeps {percent(found.shown)} of how "
        "they differ; what lies together here may still be apart in the other directions."
    )
    return (
        f'<figure class="soft-map"><div class="ground" style="aspect-ratio:{box.ratio:.3f}" '
        f'role="img" aria-label="{esc(said)}"><svg viewBox="0 0 {1000 * box.ratio:.0f} 1000" '
        f'preserveAspectRatio="none" aria-hidden="true">{paths}</svg>{numbers}</div>'
        f"<figcaption>{esc(said)}</figcaption></figure>"
    )


class _Box:
    """The part of the plane that is drawn: as wide as the points, with air around them."""

    def __init__(self, spots: Sequence[tuple[float, float]]) -> None:
        across, up = [x for x, _ in spots], [y for _, y in spots]
        self._middle = (min(across) + max(across)) / 2, (min(up) + max(up)) / 2
        wide, high = 1.12 * (max(across) - min(across)), 1.16 * (max(up) - min(up))
        wide = max(wide, TALL * high) or 1.0
        self._high = max(high, wide / WIDE)
        self._wide = wide
        self.ratio = wide / self._high

    def spot(self, place: tuple[float, float]) -> tuple[float, float]:
        """Where it lies, in percent from the left and from the top."""
        x, y = place[0] - self._middle[0], place[1] - self._middle[1]
        return 50 + 100 * x / self._wide, 50 - 100 * y / self._high


def _path(token: VirtualToken, box: _Box) -> str:
    across, down = 10 * box.ratio, 10
    (x, y), (a, b) = box.spot(token.place), box.spot(token.start_place)
    x, a, y, b = x * across, a * across, y * down, b * down
    # A line of no length with round ends is a dot that keeps its size.
    return (
        f'<path class="way" d="M{a:.1f} {b:.1f}L{x:.1f} {y:.1f}"/>'
        f'<path class="rim" d="M{a:.1f} {b:.1f}h0"/><path class="start" d="M{a:.1f} {b:.1f}h0"/>'
        f'<path class="end" d="M{x:.1f} {y:.1f}h0"/>'
    )


def _table(found: SoftPrompt) -> str:
    head = "".join(
        f'<th scope="col">{name}</th>'
        for name in ("Token", "Began as", "Nearest words now", "Moved", "Alike to its start")
    )
    rows = [_row(number, token) for number, token in enumerate(found.tokens, 1)]
    caption = (
        f"Nearest of {found.words:,} words of the vocabulary, with their cosine. Moved: distance "
        "from the start, in lengths of a word's vector"
    )
    return scrolling("Virtual tokens", caption, f"<tr>{head}</tr>", "".join(rows))


def _row(number: int, token: VirtualToken) -> str:
    words = "".join(
        f'<span class="near" dir="auto"><b>{esc(clip(n.text, 30))}</b> {n.cosine:.2f}</span> '
        for n in token.nearest
    )
    kept = f"{token.kept:.2f}".replace("-", "−")
    return (
        f'<tr><th scope="row">{number}</th><td dir="auto">{esc(clip(token.start, 30))}</td>'
        f'<td class="nearest">{words}</td><td>{token.moved:.1f}</td><td>{kept}</td></tr>'
    )
