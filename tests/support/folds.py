"""Opening a fold of a page in the browser."""

from __future__ import annotations

from typing import Any

# Frames without a change, counted rather than timed: a slow machine draws fewer.
_STILL = """() => new Promise((done) => {
  let still = 0;
  const watch = new MutationObserver(() => { still = 0; });
  watch.observe(document.body, { childList: true, subtree: true });
  const frame = () => {
    if (still++ < 12) return requestAnimationFrame(frame);
    watch.disconnect();
    done();
  };
  frame();
})"""


def unfold(page: Any, name: str) -> None:
    """Press it, and wait until what lies in it is drawn.

    Gradio draws it when it is first opened and sets its fields once more a moment later: what was
    filled in between, faster than a person can, would be as before again.
    """
    page.get_by_role("button", name=name).click()
    page.evaluate(_STILL)
