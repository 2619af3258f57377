"""Tables that are wider than a phone: they scroll sideways by themselves, and the page does not."""

from __future__ import annotations

import re

from studio.parts.text import esc


def scrolling(label: str, caption: str, head: str, body: str) -> str:
    """A table that scrolls sideways by itself; its caption stays in sight, its edge shades."""
    name = "-".join(["caption", *re.findall(r"\w+", label.lower())])
    return (
        f'<div class="tabled"><p class="caption" id="{esc(name)}">{esc(caption)}.</p>'
        f"{scroll_region(label, head, body, described_by=name)}</div>"
    )


def scroll_region(
    label: str, head: str, body: str, *, kind: str = "", described_by: str = ""
) -> str:
    """The table alone, which the keyboard reaches and scrolls."""
    said = f' aria-describedby="{esc(described_by)}"' if described_by else ""
    return (
        f'<div class="scroll{kind and " " + kind}" tabindex="0" role="region" '
        f'aria-label="{esc(label)}"><table{said}><thead>{head}</thead><tbody>{body}</tbody>'
        "</table></div>"
    )
