"""The shape of the house: imports run one way, and neither page nor command line imports torch."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path
from typing import TypeGuard

import pytest

from jobs.queue import processes

ROOT = Path(__file__).parents[1]
PYTHON = ("jobs", "studio", "assets", "tests")
HEAVY = ("torch", "peft", "bitsandbytes", "datasets", "accelerate")

# Each part of jobs may import those before it, and itself.
GROUND_UP = (
    "errors",
    "types",
    "options",
    "home",
    "whole",
    "compiled",
    "data",
    "models",
    "methods",
    "store",
    "training",
    "evaluation",
    "queue",
    "card",
    "export",
    "workspace",
    "public",
)


def imports(path: Path, of: tuple[str, ...] = ("jobs", "studio", "assets")) -> set[str]:
    """Every module of these packages that a file imports, wherever in the file."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
    return {name for name in found if name.split(".")[0] in of}


def sources(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


def part(path: Path) -> str:
    return path.relative_to(ROOT / "jobs").with_suffix("").parts[0]


@pytest.mark.parametrize("path", sources("jobs"), ids=lambda p: str(p.relative_to(ROOT)))
def test_the_engine_is_built_from_the_ground_up(path: Path) -> None:
    if path.parent == ROOT / "jobs" and path.name == "__init__.py":
        return  # it exports from every part
    own = GROUND_UP.index(part(path))
    for name in imports(path):
        assert name.startswith("jobs."), f"{path} imports {name}"
        other = name.split(".")[1]
        assert GROUND_UP.index(other) <= own, f"{path} imports {name} from above"


@pytest.mark.parametrize("path", sources("studio"), ids=lambda p: str(p.relative_to(ROOT)))
def test_the_face_uses_public_names_alone(path: Path) -> None:
    for name in imports(path):
        assert name == "jobs" or name.split(".")[0] in ("studio", "assets"), f"{path}: {name}"


def test_what_is_public_is_there_and_nothing_else() -> None:
    import jobs
    from jobs import public

    for name in public.__all__:
        assert getattr(jobs, name) is getattr(public, name)
    with pytest.raises(ImportError, match="Nonsense"):
        from jobs import Nonsense  # type: ignore[attr-defined]  # noqa: F401


@pytest.mark.parametrize(
    "module", ["jobs.public", "studio.cli", "studio.server", "jobs.queue.runner"]
)
def test_importing_does_not_load_torch(module: str) -> None:
    code = f"import sys, {module}; print([m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-P", "-c", code],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"


def test_only_the_store_writes_queries() -> None:
    for path in sources("jobs") + sources("studio"):
        if (ROOT / "jobs" / "store") in path.parents:
            continue
        for name in imports(path, of=("sqlalchemy",)):
            # An error may be known by its name.
            assert name == "sqlalchemy.exc", f"{path} reaches around the store"


def starts(path: Path) -> list[str]:
    """What stands behind `sys.executable` in every command of a file."""
    lists = (n for n in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if is_command(n))
    return [ast.unparse(node.elts[1]) for node in lists]


def is_command(node: ast.AST) -> TypeGuard[ast.List]:
    first = node.elts[0] if isinstance(node, ast.List) and node.elts else None
    return first is not None and ast.unparse(first) == "sys.executable"


def test_no_child_imports_from_the_folder_it_is_started_in() -> None:
    """Trap 37: a folder there that is called `jobs` would be taken for ours. A script begins with
    its own folder instead."""
    found = {str(p.relative_to(ROOT)): starts(p) for of in PYTHON for p in sources(of)}
    assert sum(map(len, found.values())) > 30
    for name, commands in found.items():
        for first in commands:
            assert first in ("'-P'", "*processes.PYTHON", "__file__"), name
    assert processes.PYTHON[0] == "-P"


def test_no_adapter_is_merged() -> None:
    """Trap 21: into 4 bits that changes the answers, so scores of the adapter would not hold for
    the merged model: it would have to be scored by itself."""
    merging = {"merge", "merge_adapter", "merge_and_unload", "add_weighted_adapter"}
    for path in sources("jobs"):
        called = {
            node.func.attr
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        }
        assert not called & merging, path
