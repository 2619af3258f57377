"""The lines that the Use page shows are Python, for every kind of model and method."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from studio.parts.code import loading_code


@pytest.mark.parametrize("kind", ["causal", "encoder-decoder"])
@pytest.mark.parametrize("method", ["lora", "qlora", "prompt-tuning"])
@pytest.mark.parametrize("template", ["{prompt}", 'Say "{prompt}" {twice}\n'])
def test_it_compiles(workspace: Any, kind: str, method: str, template: str) -> None:
    run = dataclasses.replace(workspace.run("house-style-lora-1"), method=method, template=template)
    code = loading_code(run, kind)
    compile(code, "card", "exec")
    assert ("load_in_4bit" in code) == (method == "qlora")
    assert ("Seq2Seq" in code) == (kind != "causal")
