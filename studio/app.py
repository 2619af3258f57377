"""The six pages put together as one Gradio app."""

from __future__ import annotations

import gradio as gr

from jobs import Workspace
from studio.pages import compare, data, runs, start, train, use, vote

ROUTES = (
    ("Data", "/data", data.page),
    ("Train", "/train", train.page),
    ("Runs", "/runs", runs.page),
    ("Compare", "/compare", compare.page),
    ("Use", "/use", use.page),
    ("Blind votes", "/vote", vote.page),
)


def build(workspace: Workspace) -> gr.Blocks:
    """The pages over one workspace; what a person is in the midst of lives in the browser."""
    # Uploads are looked over once an hour and go after a day.
    app = gr.Blocks(title="Attune", analytics_enabled=False, delete_cache=(3600, 86_400))
    with app:
        start.page(app, workspace)
    for name, path, page in ROUTES:
        with app.route(name, path):
            page(app, workspace)
    app.queue(default_concurrency_limit=8, api_open=False)
    return app
