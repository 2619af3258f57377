"""Text and numbers as a person would say them."""

from __future__ import annotations

import datetime
import html
import math
from typing import Any


def esc(value: object) -> str:
    """Text made safe to stand in HTML, in an attribute too; lone surrogates become “�”."""
    text = str(value).encode("utf-8", "replace").decode("utf-8").replace("\0", "�")
    return html.escape(text, quote=True)


def clip(text: str, limit: int = 400) -> str:
    """The text, cut at `limit` characters with an ellipsis that says so."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def count(number: int | float) -> str:
    """12,345."""
    return f"{round(number):,}"


def several(number: int, noun: str, plural: str = "") -> str:
    """“1 prompt”, “2,000 prompts”."""
    return f"{count(number)} {noun if number == 1 else plural or noun + 's'}"


def duration(seconds: float | None) -> str:
    """“45 s”, “1 min 20 s”, “2 h 5 min”; a dash where nobody knows."""
    if seconds is None or seconds != seconds or seconds < 0:
        return "–"
    whole = round(seconds)
    if whole < 1:
        return "under 1 s"
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest and minutes < 10 else f"{minutes} min"
    hours, minutes = divmod(round(whole / 60), 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def memory(size: float | None) -> str:
    """Bytes as “820 MB” or “3.2 GB”, in steps of 1,000 as disks are sold."""
    if size is None:
        return "–"
    for unit, step in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if size >= step:
            return f"{size / step:.1f} {unit}" if size < 10 * step else f"{size / step:,.0f} {unit}"
    return f"{size:.0f} bytes"


def memory_of(used: float, there: float | None) -> str:
    """“1.3 of 11 GB”, or the first alone where the second is not known."""
    if not there:
        return memory(used)
    big, small = memory(there).split(" "), memory(used).split(" ")
    return (
        f"{small[0]} of {' '.join(big)}"
        if big[1] == small[1]
        else (f"{' '.join(small)} of {' '.join(big)}")
    )


def large(number: int) -> str:
    """Parameters: “311 thousand”, “6.9 million”, “1.5 billion”."""
    for word, step in (("billion", 1e9), ("million", 1e6), ("thousand", 1e3)):
        if number >= step:
            value = number / step
            return f"{value:.1f} {word}" if value < 10 else f"{value:.0f} {word}"
    return str(number)


def percent(share: float) -> str:
    """“4.5%”, “62%”; “under 0.1%” for what rounds to nothing."""
    value = 100 * share
    if 0 < value < 0.1:
        return "under 0.1%"
    return f"{value:.1f}%" if 0 < value < 10 else f"{value:.0f}%"


def score(value: float | None) -> str:
    """Two decimals, or “unscored”."""
    return "unscored" if value is None else f"{value:.2f}"


def small(value: float) -> str:
    """A loss or a step of its axis: two decimals, and of small ones two figures: “0.0042”."""
    if value == 0 or abs(value) >= 0.1:
        return f"{value:.2f}"
    digits = min(8, 1 - math.floor(math.log10(abs(value))))
    return f"{value:.{digits}f}"


def signed(value: float | None, digits: int = 2) -> str:
    """“+0.17” or “−0.05” with a true minus; nothing has no sign."""
    if value is None:
        return "–"
    text = f"{value:+.{digits}f}"
    return text.lstrip("+-") if float(text) == 0 else text.replace("-", "−")


def number(value: Any) -> str:
    """A value of an option as one would write it down."""
    if value is None or value == "" or value == ():
        return "automatic"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return str(value)


def when(moment: float, now: float) -> str:
    """“just now”, “5 min ago”, “14:02 today”, else the date."""
    age = now - moment
    if age < 60:
        return "just now"
    if age < 3600:
        return f"{int(age // 60)} min ago"
    then, today = datetime.datetime.fromtimestamp(moment), datetime.datetime.fromtimestamp(now)
    if then.date() == today.date():
        return f"{then:%H:%M} today"
    if (today.date() - then.date()).days == 1:
        return f"{then:%H:%M} yesterday"
    return f"{then.day} {then:%B %Y}"
