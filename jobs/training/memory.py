"""Peak memory of this process, and what running out of it looks like."""

from __future__ import annotations

from pathlib import Path


def peak(device: str) -> int:
    """Bytes at the highest: of the GPU on CUDA, else of this process.

    Linux counts VmHWM for the process itself; `ru_maxrss` would start at the parent's there.
    """
    if device.startswith("cuda"):
        import torch

        return int(torch.cuda.max_memory_allocated(device))
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    import psutil

    seen = psutil.Process().memory_info()
    if hasattr(seen, "peak_wset"):  # Windows
        return int(seen.peak_wset)
    import resource

    return int(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)  # bytes on macOS


def is_exhausted(error: BaseException) -> bool:
    """Whether `error` means too little memory; on the CPU the allocator raises RuntimeError."""
    import torch

    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    text = str(error).lower()
    return isinstance(error, RuntimeError) and (
        "can't allocate memory" in text or "not enough memory" in text or "out of memory" in text
    )
