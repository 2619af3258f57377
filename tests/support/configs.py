"""What Gradio tells a browser of a page: its components, and what each event asks the server."""

from __future__ import annotations

import json
import re
from typing import Any


def config_of(page: str) -> dict[str, Any]:
    """The configuration that stands in a page's HTML: `components`, `dependencies`, ..."""
    found = re.search(r"window.gradio_config = (\{.*?\});</script>", page, re.DOTALL)
    assert found is not None
    config: dict[str, Any] = json.loads(found[1])
    return config


def has(handler: dict[str, Any], event: str) -> bool:
    """Whether a handler, one of `dependencies`, answers an event of this name."""
    return any(kind == event for _, kind in handler["targets"])
