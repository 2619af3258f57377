"""In the making."""

from __future__ import annotations

from typing import Any

import gradio as gr

from studio.pages.common import opening, panel
from studio.parts.frame import heading


def page(app: gr.Blocks, workspace: Any) -> None:
    """Lay out the page and wire it."""
    opening()
    panel(heading("train"))
