"""What this machine can do, found out by running kernels in a child process.

`python -P -m jobs.models.devices` prints the devices as JSON; `probe_in_child` runs that and
reads it, so that the page never imports torch. What a library claims to support is not asked:
a precision counts when a matrix product in it works, 4 bits when gradients come out right.
"""

from __future__ import annotations

import contextlib
import dataclasses
import importlib.metadata
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jobs.errors import Unavailable
from jobs.models.libraries import prepare
from jobs.types import DeviceInfo

if TYPE_CHECKING:
    import torch

SECONDS = 0.3  # of matrix products for each precision
LIBRARIES = ("torch", "transformers", "peft", "bitsandbytes", "accelerate", "tokenizers")
NO_BYTES = "4-bit weights need the library bitsandbytes, which cannot be loaded here."
WRONG_BYTES = "4-bit weights give wrong results on this device."


def probe() -> list[DeviceInfo]:
    """The devices that work, the best first; those that do not, last and with their `problem`."""
    imported = _import()
    import torch

    found = [_cuda(i) for i in range(torch.cuda.device_count())] if _cuda_there() else []
    found = [dataclasses.replace(device, imported=imported) for device in [*found, _cpu()]]
    return sorted(found, key=lambda d: d.problem is not None)


def _import() -> float:
    """Processor seconds of importing torch and bitsandbytes; 0 where torch was there before.

    Most of a run's start is imports. By the processor's clock, since in the first probe after an
    installation the libraries still come from the disk, in later runs from memory.
    """
    there, began = "torch" in sys.modules, time.process_time()
    prepare()
    import torch  # noqa: F401

    return 0.0 if there else time.process_time() - began


def probe_in_child(timeout: float = 180.0) -> list[DeviceInfo]:
    """`probe` in a process of its own; takes some seconds. `Unavailable` where it fails."""
    command = [sys.executable, "-P", "-m", "jobs.models.devices"]
    try:
        ended = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=timeout
        )
        found = json.loads(ended.stdout.splitlines()[-1]) if ended.returncode == 0 else None
    except (subprocess.TimeoutExpired, OSError, ValueError, IndexError) as error:
        raise _failed(str(error)) from error
    if found is None:
        raise _failed(ended.stderr[-2000:])
    return [DeviceInfo(**device) for device in found]


def _failed(detail: str) -> Unavailable:
    return Unavailable(
        "It could not be found out what this machine can do.",
        "Install Attune again, or a driver that fits; the details say what was missing.",
        detail=detail,
    )


def _cpu() -> DeviceInfo:
    import torch

    bfloat16 = cpu_has_bfloat16(Path("/proc/cpuinfo"))
    names = ["float32", "bfloat16"] if bfloat16 else ["float32"]
    memory, free = _memory()
    device = torch.device("cpu")
    return DeviceInfo(
        name="cpu",
        title=_cpu_title(Path("/proc/cpuinfo")),
        memory=memory,
        free=free,
        bfloat16=bfloat16,
        four_bit=four_bit_problem(device),
        flops={name: _rate(device, getattr(torch, name)) for name in names},
        traffic=_traffic(device),
        versions=_versions(),
    )


def _cuda_there() -> bool:
    import torch

    try:
        return torch.cuda.is_available()
    except RuntimeError:  # a driver that is older than the library
        return False


def _cuda(index: int) -> DeviceInfo:
    """A GPU; one that cannot run a kernel says so in `problem`."""
    import torch

    device = torch.device("cuda", index)
    title = torch.cuda.get_device_name(index)
    try:
        free, memory = torch.cuda.mem_get_info(index)
        with torch.cuda.device(index):
            # By default it says yes to cards that only emulate it.
            bfloat16 = torch.cuda.is_bf16_supported(including_emulation=False)
        names = ["float32", "float16", *(["bfloat16"] if bfloat16 else [])]
        flops = {name: _rate(device, getattr(torch, name)) for name in names}
        traffic = _traffic(device) if free > 2**30 else 0.0  # it takes 200 MB
        problem, four_bit = None, four_bit_problem(device)
    except RuntimeError as error:  # CUDA's errors are RuntimeErrors: "no kernel image", no memory
        free, memory, bfloat16, flops, traffic = 0, 0, False, {}, 0.0
        problem = four_bit = f"The graphics card cannot run PyTorch's kernels: {_first(error)}"
    return DeviceInfo(
        name=f"cuda:{index}",
        title=title,
        memory=memory,
        free=free,
        bfloat16=bfloat16,
        four_bit=four_bit,
        flops=flops,
        traffic=traffic,
        versions=_versions() | {"cuda": torch.version.cuda or ""},
        problem=problem,
    )


def four_bit_problem(device: torch.device) -> str | None:
    """Why 4-bit weights cannot be trained over on this device; None where they can.

    A layer is run forwards and backwards, after a pass in eval mode, and its gradient held
    against that of its own unpacked weights.
    """
    try:
        import bitsandbytes as bnb
    except ImportError:
        return NO_BYTES
    import torch

    try:
        layer = bnb.nn.Linear4bit(
            128, 96, compute_dtype=torch.float32, quant_type="nf4", compress_statistics=True
        )
        layer = layer.to(device)
        layer.support_avx512bf16_for_cpu = False  # see `jobs.models.load.keep_trainable`
        weight = bnb.functional.dequantize_4bit(layer.weight.data, layer.weight.quant_state)
        inputs = torch.randn(4, 128, device=device, requires_grad=True)
        with torch.no_grad():
            layer.eval()(inputs)
        layer.train()(inputs).sum().backward()
        expected = weight.float().sum(dim=0).expand(4, 128)
        gradient = inputs.grad
        right = gradient is not None and torch.allclose(gradient, expected, rtol=0.02, atol=0.02)
    except (RuntimeError, NotImplementedError, AttributeError, OSError) as error:
        return f"4-bit weights do not work on this device: {_first(error)}"
    return None if right else WRONG_BYTES


def cpu_has_bfloat16(info: Path) -> bool:
    """Whether the processor multiplies bfloat16 by itself, by the kernel's list of its abilities.

    Without it bfloat16 is emulated and slower than float32. Untried where there is no such list.
    """
    words = _cpu_words(info, ("flags", "Features"))
    return bool({"avx512_bf16", "amx_bf16", "bf16"} & set(words.split()))


def _cpu_title(info: Path) -> str:
    import platform

    name = _cpu_words(info, ("model name",)) or platform.processor() or platform.machine()
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{name.strip()}, {cores} {'core' if cores == 1 else 'cores'}"


def _cpu_words(info: Path, keys: tuple[str, ...]) -> str:
    if not info.is_file():
        return ""
    for line in info.read_text(encoding="utf-8", errors="replace").splitlines():
        key, _, value = line.partition(":")
        if key.strip() in keys:
            return value
    return ""


def _memory() -> tuple[int, int]:
    """Bytes in all and free, a container's limit counted (cgroup versions 2 and 1)."""
    import psutil

    seen = psutil.virtual_memory()
    memory, free = int(seen.total), int(seen.available)
    root = Path("/sys/fs/cgroup")
    for limit_name, used_name in (
        ("memory.max", "memory.current"),
        ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes"),
    ):
        with contextlib.suppress(OSError, ValueError):  # no such file, or the word "max"
            limit = int((root / limit_name).read_text())
            used = int((root / used_name).read_text())
            if limit < memory:
                memory, free = limit, min(free, limit - used)
    return memory, free


def _rate(device: torch.device, dtype: torch.dtype) -> float:
    """Floating-point operations per second of square matrix products, the best of several."""
    import torch

    size = 1024 if device.type == "cpu" else 4096
    left = torch.randn(size, size, device=device).to(dtype)
    best, end = 0.0, time.perf_counter() + SECONDS
    while best == 0.0 or time.perf_counter() < end:
        start = time.perf_counter()
        product = left @ left
        float(product[0, 0])  # waits for the device
        best = max(best, 2 * size**3 / (time.perf_counter() - start))
    return best


def _traffic(device: torch.device) -> float:
    """Bytes read and written in a second by products number by number, the best quarter's last.

    In 16-bit numbers, over more of them than caches near a core hold, as in the layers of a model:
    a machine whose memory is slow, or is asked for by others, trains slowly however fast its
    matrix products are.
    """
    import torch

    # On a GPU several passes go out together: one alone takes as long as to wait for it.
    count, size, passes = (48, 2**20, 1) if device.type == "cpu" else (3, 2**25, 16)
    parts = [torch.ones(size, device=device, dtype=torch.bfloat16) for _ in range(count)]
    taken: list[float] = []
    end = time.perf_counter() + SECONDS
    while len(taken) < count or time.perf_counter() < end:
        left, right, out = (parts[(3 * len(taken) + i) % count] for i in range(3))
        start = time.perf_counter()
        for _ in range(passes):
            torch.mul(left, right, out=out)
        float(out[0])  # waits for the device
        taken.append((time.perf_counter() - start) / passes)
    return 3 * 2 * size / sorted(taken)[len(taken) // 4]


def _versions() -> dict[str, str]:
    found = {"python": ".".join(map(str, sys.version_info[:3]))}
    for name in LIBRARIES:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            found[name] = importlib.metadata.version(name)
    return found


def _first(error: Exception) -> str:
    """The first line of a library's message."""
    return (str(error).splitlines() or [type(error).__name__])[0][:200]


def main() -> None:
    """Print the devices as one line of JSON, whatever libraries print before it."""
    devices: list[dict[str, Any]] = [dataclasses.asdict(device) for device in probe()]
    print(json.dumps(devices))


if __name__ == "__main__":
    main()
