"""What may be a name, and which one was meant."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable

from jobs.errors import InputError, NotFound

LONGEST = 80
LISTED = 5  # names that an error tells


def clean(name: str) -> str:
    """The name as it is stored and looked up: composed characters, no white space around it."""
    return unicodedata.normalize("NFC", name).strip()


def check(name: str) -> str:
    """The cleaned name, or an `InputError` that says what is wrong with it."""
    name = clean(name)
    cure = f"Use 1 to {LONGEST} characters without slashes that do not begin with a dot."
    if not name:
        raise InputError("The name is empty.", cure)
    if len(name) > LONGEST:
        raise InputError(f"The name has {len(name)} characters.", cure)
    if name.startswith("."):
        raise InputError(f"The name “{name}” begins with a dot.", cure)
    if any(c in "/\\" or unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in name):
        raise InputError("The name holds a slash or a character that cannot be seen.", cure)
    return name


def check_dataset(name: str) -> str:
    """As `check`; what ends in “@2” names a version of another dataset."""
    name = check(name)
    if re.search(r"@\d+$", name):
        raise InputError(
            f"“{name}” ends as a version of a dataset does.", "Leave the @ and the number out."
        )
    return name


def check_run(name: str) -> str:
    """As `check`; the names of variants without an adapter (`base`, `base@4bit`) are not free."""
    name = check(name)
    if name.casefold() == "base" or name.casefold().startswith(("base@", "base+", "base:")):
        raise InputError(f"“{name}” means the untuned model.", "Give the run another name.")
    return name


def not_found(noun: str, name: str, known: Iterable[str]) -> NotFound:
    """The error for a name that nobody gave; suggests the nearest one."""
    names = list(known)
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    if near:
        cure = f"Did you mean “{near[0]}”?"
    elif names:
        more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
        cure = f"There are: {', '.join(f'“{n}”' for n in names[:LISTED])}{more}."
    else:
        cure = f"There is no {noun} yet."
    return NotFound(f"There is no {noun} “{name}”.", cure)
