"""What a pass is told: the structures of passes.h.

Pointers are tensors' `data_ptr`, of contiguous tensors that whoever calls keeps alive.
"""

from __future__ import annotations

from ctypes import POINTER, Structure, c_double, c_int64, c_void_p
from enum import IntEnum

LAYERS = 3  # that read the same, at most
STEP = 32  # numbers: rows of adapters are padded to whole steps


class Pass(IntEnum):
    """As in passes.c."""

    NORM = 0
    NORM_BACK = 1
    GATED = 2
    GATED_BACK = 3
    TURN = 4
    TURN_BACK = 5
    MIX = 6
    MIX_BACK = 7
    SOFTMAX = 8
    SOFTMAX_BACK = 9
    LEAVE = 10
    SLOPES = 11
    UNFOLD = 12
    UNPACK = 13


class Block(Structure):
    _fields_ = [(name, c_int64) for name in ("rank", "ranks", "column", "columns", "up")]


class Group(Structure):
    _fields_ = [
        *((name, c_int64) for name in ("inputs", "ranks", "blocks", "size")),
        ("scale", c_double),
        ("block", Block * LAYERS),
    ]


Pointers = c_void_p * LAYERS


class Low(Structure):
    alive: object = None  # the tensors that it points at
    _fields_ = [
        ("group", POINTER(Group)),
        *((name, c_void_p) for name in ("matrices", "h", "of_h", "mask")),
        ("of_a", Pointers),
        ("of_b", Pointers),
    ]


class Unfold(Structure):
    _fields_ = [("group", POINTER(Group)), ("a", Pointers), ("b", Pointers), ("matrices", c_void_p)]


class Norm(Structure):
    _fields_ = [
        ("tokens", c_int64),
        ("width", c_int64),
        ("epsilon", c_double),
        *((name, c_void_p) for name in ("sum", "added", "weight", "normed", "r")),
        ("made", Low),
        ("read", Low),
    ]


class NormBack(Structure):
    _fields_ = [
        ("tokens", c_int64),
        ("width", c_int64),
        *((name, c_void_p) for name in ("x", "r", "weight", "grad", "added", "of_x")),
        ("read", Low),
        ("made", Low),
    ]


class Gated(Structure):
    _fields_ = [
        ("tokens", c_int64),
        ("width", c_int64),
        *((name, c_void_p) for name in ("gate", "up", "active")),
        ("made", Low),
        ("read", Low),
    ]


class GatedBack(Structure):
    _fields_ = [
        ("tokens", c_int64),
        ("width", c_int64),
        *((name, c_void_p) for name in ("gate", "up", "of_active", "of_gate", "of_up")),
        ("read", Low),
        ("made", Low),
    ]


class Heads(Structure):
    _fields_ = [
        *((name, c_int64) for name in ("tokens", "length", "heads", "shared", "size")),
        *((name, c_void_p) for name in ("places", "cos", "sin")),
    ]


class Turn(Structure):
    _fields_ = [
        ("heads", Heads),
        *((name, c_void_p) for name in ("qkv", "q", "k", "v")),
        ("k_rows", c_int64),
        ("made", Low),
    ]


class Mix(Structure):
    _fields_ = [
        ("heads", Heads),
        *((name, c_void_p) for name in ("seen", "mixed", "grad")),
        ("read", Low),
    ]


class Softmax(Structure):
    _fields_ = [
        *((name, c_int64) for name in ("lines", "length", "keys")),
        ("scale", c_double),
        ("scores", c_void_p),
        ("weights", c_void_p),
    ]


class Leave(Structure):
    _fields_ = [("tokens", c_int64), ("width", c_int64), ("grad", c_void_p), ("made", Low)]


class Slopes(Structure):
    _fields_ = [
        ("rows", c_int64),
        ("words", c_int64),
        *((name, c_void_p) for name in ("logits", "targets", "losses")),
    ]


class Unpack(Structure):
    _fields_ = [
        ("blocks", c_int64),
        ("block", c_int64),
        *((name, c_void_p) for name in ("packed", "scales", "values", "weights")),
    ]


class Team(Structure):
    """The threads of torch's own OpenMP; a second team would wait for the first."""

    _fields_ = [(name, c_void_p) for name in ("parallel", "number", "threads")]


TOLD: dict[Pass, type[Structure]] = {
    Pass.NORM: Norm,
    Pass.NORM_BACK: NormBack,
    Pass.GATED: Gated,
    Pass.GATED_BACK: GatedBack,
    Pass.TURN: Turn,
    Pass.TURN_BACK: Turn,
    Pass.MIX: Mix,
    Pass.MIX_BACK: Mix,
    Pass.SOFTMAX: Softmax,
    Pass.SOFTMAX_BACK: Softmax,
    Pass.LEAVE: Leave,
    Pass.SLOPES: Slopes,
    Pass.UNFOLD: Unfold,
    Pass.UNPACK: Unpack,
}


def whole_steps(count: int) -> int:
    """`count` numbers, rounded up to whole steps of `STEP`."""
    return -(-count // STEP) * STEP
