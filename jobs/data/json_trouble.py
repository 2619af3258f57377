"""What is wrong with a text that is no JSON, in plain words.

A sign is called missing only where the text can be read once it is put in; else the place alone is
told, since many slips look alike from where a reader stumbles.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

LONGEST = 100_000  # characters of a text on which mends are tried
TRIES = 40  # quotation marks inside one text
OTHERS = {"True": "true", "False": "false", "None": "null", "NULL": "null", "undefined": "null"}
QUOTE, COMMA = "a quotation mark is missing", "a comma is missing"


@dataclass(frozen=True)
class Trouble:
    """What is wrong, in words that go on with the place, and that place, from 0."""

    words: str
    at: int


Reads = Callable[[str], object]  # raises JSONDecodeError


def trouble(text: str, error: json.JSONDecodeError, reads: Reads) -> Trouble:
    """The slip in one line behind an error of Python's reader, as far as it is certain; `reads` is
    the reader that raised it."""
    if len(text) <= LONGEST:
        for mended, found in _mends(text, error):
            if _readable(mended, reads):
                return found
        inside = _inside(text, error, reads)
        if inside is not None:
            return Trouble('a quotation mark inside a text is not written \\"', inside)
    return seen(text, error)


def _mends(text: str, error: json.JSONDecodeError) -> Iterator[tuple[str, Trouble]]:
    """The text with one slip mended, for the slips that are common."""
    at = error.pos
    before, after = text[:at], text[at:]
    bare = before.rstrip()
    if error.msg.startswith("Illegal trailing comma"):  # Python 3.13 stops at the comma itself
        yield before + after[1:], Trouble("there is a comma too many", at)
    if bare.endswith(",") and after[:1] in ("}", "]"):
        yield bare[:-1] + after, Trouble("there is a comma too many", len(bare) - 1)
    for sign, words in ((",", COMMA), (":", "a colon is missing")):
        if error.msg.startswith(f"Expecting '{sign}' delimiter"):
            yield f"{before}{sign}{after}", Trouble(words, at)
            there = _open_before(before, sign)
            if there is not None:
                yield f'{text[:there]}"{text[there:]}', Trouble(QUOTE, there)
    if error.msg.startswith(("Expecting value", "Expecting property name")):
        yield f'{before}"{after}', Trouble(QUOTE, at)
    if error.msg.startswith("Expecting value") and bare.endswith(":"):
        yield f'{before}""{after}', Trouble("a text is missing", at)
    there = len(text.rstrip().rstrip("}]"))  # before what closes the line
    if error.msg.startswith("Unterminated string") and there < len(text.rstrip()):
        yield f'{text[:there]}"{text[there:]}', Trouble(QUOTE, there)


def _open_before(before: str, sign: str) -> int | None:
    """Where a text ends that was not closed before a sign and the quotation mark behind it."""
    bare = before.removesuffix('"').rstrip()
    if not before.endswith('"') or not bare.endswith(sign):
        return None
    return len(bare[:-1].rstrip())


def _inside(text: str, error: json.JSONDecodeError, reads: Reads) -> int | None:
    """Where the first quotation mark is that stands inside a text as it is.

    It is one where the text can be read with a backslash before each mark that a reader stumbles
    after; one before a colon ends the name of a value, and something else is wrong.
    """
    first: int | None = None
    for _ in range(TRIES):
        mark = text.rfind('"', 0, error.pos)
        stumbles = error.msg.startswith("Expecting ',' delimiter")
        if not stumbles or text[mark - 1 : mark] == "\\" or re.match(r'"\s*:', text[mark:]):
            return None
        first = mark if first is None else first
        text = f"{text[:mark]}\\{text[mark:]}"
        try:
            reads(text)
        except json.JSONDecodeError as again:
            error = again
        except (ValueError, RecursionError):
            return None
        else:
            return first
    return None


def _readable(text: str, reads: Reads) -> bool:
    try:
        reads(text)
    except (ValueError, RecursionError):
        return False
    return True


def seen(text: str, error: json.JSONDecodeError, whole: str = "line") -> Trouble:
    """What can be seen at the place, without knowing what was meant."""
    at, message = error.pos, error.msg
    there = text[at : at + 1]
    if message.startswith("Unterminated string"):
        return Trouble("a quotation mark is opened and never closed", at)
    if at >= len(text.rstrip()):
        return Trouble(f"the {whole} breaks off", at)
    if not text[:at].strip() and there not in ("{", "["):
        return Trouble("something else than { stands", at)
    if message.startswith("Extra data"):
        return Trouble("more follows after the end of the object", at)
    if message.startswith("Invalid control") and there in ("\n", "\r"):
        return Trouble("the line ends inside a text that has no closing quotation mark", at)
    if message.startswith("Invalid control"):
        sign = "a tab" if there == "\t" else "a character that nobody sees"
        return Trouble(f"{sign} stands inside a text as it is", at)
    if message.startswith("Invalid") and "escape" in message:
        return Trouble("a backslash that belongs to a text is not written twice", at)
    if there == "'":
        return Trouble("a single quotation mark stands in the place of a double one", at)
    word = re.match(r"\w+", text[at : at + 20])
    if word and word[0] in OTHERS:
        return Trouble(f"{word[0]} stands in the place of {OTHERS[word[0]]}", at)
    if message.startswith("Expecting property name"):
        return Trouble("a name in quotation marks is missing", at)
    if message.startswith("Expecting value"):
        return Trouble("a text in quotation marks is missing", at)
    return Trouble("something is missing, or stands there by mistake,", at)
