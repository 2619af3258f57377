"""What a field holds last is answered, where it moved while an answer was on its way."""

from __future__ import annotations

from typing import Any

import pytest
from configs import config_of, has
from fastapi.testclient import TestClient

from studio.server import create_app
from studio.shell import ALL

OF_FIELDS = ("input", "change", "blur", "expand", "select")


@pytest.mark.parametrize("path", sorted(ALL))
def test_no_field_is_overlooked_while_it_is_answered(workspace: Any, path: str) -> None:
    page = TestClient(create_app(workspace), base_url="http://127.0.0.1:7860").get(path).text
    for handler in config_of(page)["dependencies"]:
        if handler["backend_fn"] and any(has(handler, event) for event in OF_FIELDS):
            assert handler["trigger_mode"] == "always_last", handler["targets"]
