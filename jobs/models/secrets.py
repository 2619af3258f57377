"""What must never be shown: the Hub's token and passwords inside of addresses.

Attune keeps no token: huggingface_hub finds it in `HF_TOKEN` or in its own file. But an error or a
library's output may repeat it, and both are kept and shown.
"""

from __future__ import annotations

import contextlib
import os
import re
import stat
from pathlib import Path

HIDDEN = "[hidden]"
VARIABLES = ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HUGGINGFACE_HUB_TOKEN", "ATTUNE_PASSWORD")
SHORTEST = 6  # characters: a shorter value stands in too many words to be taken out of text
_SHAPES = (
    (re.compile(r"\b(?:hf|api_org)_[A-Za-z0-9]{8,}"), HIDDEN),
    (re.compile(r"(?i)\b(bearer\s+)[^\s'\",;)}\[\]]{6,}"), rf"\1{HIDDEN}"),
    (re.compile(r"(?i)\b([a-z][a-z0-9+.-]*://)[^\s/@:]*:[^\s/@]+@"), rf"\1{HIDDEN}@"),
)


def redact(text: str) -> str:
    """The text without tokens of the Hub, bearer headers and passwords in addresses."""
    for known in _known():
        text = text.replace(known, HIDDEN)
    for shape, instead in _SHAPES:
        text = shape.sub(instead, text)
    return text


def token_file() -> Path:
    """Where huggingface_hub keeps the token of `hf auth login`."""
    home = os.environ.get("HF_HOME") or Path(
        os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "huggingface"
    )
    return Path(os.environ.get("HF_TOKEN_PATH") or Path(home, "token")).expanduser()


def open_to_others(path: Path) -> bool:
    """Whether somebody else on this machine can read a file; False where there is none."""
    try:
        return bool(path.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH))
    except OSError:
        return False


def _known() -> list[str]:
    found = [os.environ.get(name, "").strip() for name in VARIABLES]
    with contextlib.suppress(OSError, ValueError):
        found.append(token_file().read_text(encoding="utf-8").strip())
    return sorted({value for value in found if len(value) >= SHORTEST}, key=len, reverse=True)
