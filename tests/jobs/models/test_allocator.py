"""What is given back to the kernel and what is kept; in processes of their own, for a process
cannot forget what it was told."""

from __future__ import annotations

import ctypes
import platform
import subprocess
import sys

import pytest

from jobs.models import allocator

glibc = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="of glibc only")

# What packing does: blocks that stay come to lie between larger ones that go.
PACK = """
import contextlib, re, sys
from jobs.models import allocator

def resident():
    return int(re.search(r"VmRSS:\\s+(\\d+)", open("/proc/self/status").read()).group(1)) // 1024

large = b"x" * 31_000_000
del large  # from now on glibc takes blocks up to this size from its heap
before, whole, packed = resident(), [], []
with getattr(allocator, sys.argv[1], contextlib.nullcontext)():
    for _ in range(40):
        whole.append(b"x" * 4_000_000)
        packed.append(b"y" * 500_000)
    whole.clear()
print(resident() - before)
"""

STEPS = """
import resource, sys
from jobs.models import allocator

if sys.argv[1] == "keep":
    allocator.keep()

def step():
    activations = [b"x" * 20_000_000 for _ in range(4)]
    del activations

step()
step()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
step()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def told(program, argument):
    done = subprocess.run(
        [sys.executable, "-P", "-c", program, argument], capture_output=True, text=True, check=True
    )
    return int(done.stdout)


@glibc
def test_no_holes_are_left():
    """20 MB are in use; left alone, the 160 MB between them stay with the process."""
    assert told(PACK, "nothing_kept") < 30
    assert told(PACK, "left alone") > 100


@glibc
def test_a_step_uses_the_memory_of_the_last_one():
    assert told(STEPS, "keep") < 1000
    assert told(STEPS, "left alone") > 10_000


# Whether a block of 256 MB is taken from the kernel by itself: before a base is packed, meanwhile,
# and (of 16 MB) afterwards.
LOAD = """
import ctypes, sys
from jobs.models import allocator, load
from jobs.models.source import resolve

class MallInfo(ctypes.Structure):  # `struct mallinfo2` of malloc.h
    NAMES = "arena ordblks smblks hblks hblkhd usmblks fsmblks uordblks fordblks keepcost"
    _fields_ = [(name, ctypes.c_size_t) for name in NAMES.split()]

def from_the_kernel(size):
    library = ctypes.CDLL(None)
    library.mallinfo2.restype, library.malloc.restype = MallInfo, ctypes.c_void_p
    before = library.mallinfo2().hblks
    block = ctypes.c_void_p(library.malloc(ctypes.c_size_t(size)))
    after = library.mallinfo2().hblks
    library.free(block)
    return int(after > before)

allocator.keep()
seen, read = [from_the_kernel(2**28)], load._read

def look(*args):
    seen.append(from_the_kernel(2**28))
    return read(*args)

load._read = look
load.load_base(resolve(sys.argv[1]), "4bit", "cpu")
seen.append(from_the_kernel(2**24))
print("".join(map(str, seen)))
"""


@glibc
def test_a_base_is_packed_without_holes(tiny):
    """Large blocks are the kernel's while weights are packed; those of activations never after."""
    assert f"{told(LOAD, str(tiny('llama'))):03}" == "010"


def test_elsewhere_nothing_happens(monkeypatch):
    """Windows cannot name the process itself; other C libraries have nothing to set."""

    def none(name):
        raise TypeError(name)

    for library in (none, lambda name: object()):
        monkeypatch.setattr(ctypes, "CDLL", library)
        with allocator.nothing_kept():
            allocator.keep()
        allocator.give_back()
