"""The patterns and phrases of the corpus, which stand beside the code as JSON."""

import json
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "phrases"


@cache
def load(name: str) -> Any:
    """The table of this name; its shape is known to the one module that reads it."""
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
