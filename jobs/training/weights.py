"""The weights that are trained: float32 where they are updated, the base's precision in products.

Small updates vanish in bfloat16 and the loss turns NaN, so what the optimizer changes is float32.
Matrix products with float32 adapters over a bfloat16 base spend a tenth of the time on casts, so
the matrices inside the model are bfloat16 copies, written anew after each step. A soft prompt
stays float32: its gradient is a sum over the rows of a batch. Where the base's own weights are
trained, all of them are such copies.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import torch
from torch import Tensor, nn


class TrainedWeights:
    """`masters` are what the optimizer sees; the model holds them or copies of them."""

    def __init__(self, model: nn.Module, compute: torch.dtype) -> None:
        named = {n: p for n, p in model.named_parameters() if p.requires_grad}
        self.names = list(named)
        self.parameters = list(named.values())
        matrices = {id(m.weight) for m in model.modules() if isinstance(m, nn.Linear)}
        self.masters: list[nn.Parameter] = []
        for parameter in self.parameters:
            own = parameter.dtype == compute  # of the base: adapters come in float32
            if compute != torch.float32 and (own or id(parameter) in matrices):
                self.masters.append(nn.Parameter(parameter.detach().float().clone()))
                parameter.data = parameter.data.to(compute)
            else:
                parameter.data = parameter.data.float()
                self.masters.append(parameter)
        self._start = [_digest(m) for m in self.masters]

    def __len__(self) -> int:
        return sum(m.numel() for m in self.masters)

    def _copies(self) -> Iterator[tuple[nn.Parameter, nn.Parameter]]:
        pairs = zip(self.parameters, self.masters, strict=True)
        return ((p, m) for p, m in pairs if p is not m)

    def collect(self) -> None:
        """After each backward: add the copies' gradients to the masters', in float32."""
        for copy, master in self._copies():
            if copy.grad is None:
                continue
            if master.grad is None:
                master.grad = copy.grad.float()
            else:
                master.grad += copy.grad
            copy.grad = None

    def clear(self) -> None:
        """Throw all gradients away."""
        for parameter in (*self.parameters, *self.masters):
            parameter.grad = None

    def publish(self) -> None:
        """After each change of the masters: write the copies anew."""
        with torch.no_grad():
            for copy, master in self._copies():
                copy.copy_(master)

    @contextmanager
    def in_full(self) -> Iterator[None]:
        """The model holds the masters themselves, so that they can be saved in float32."""
        held = [(copy, copy.data) for copy, _ in self._copies()]
        for copy, master in self._copies():
            copy.data = master.data
        try:
            yield
        finally:
            for copy, data in held:
                copy.data = data

    def state(self) -> dict[str, Tensor]:
        """Name to float32 tensor."""
        return {n: m.detach() for n, m in zip(self.names, self.masters, strict=True)}

    def load(self, state: Mapping[str, Tensor]) -> None:
        """Take over what `state` gave; a name too many or too few is a `KeyError`."""
        if set(state) != set(self.names):
            raise KeyError(sorted(set(state) ^ set(self.names)))
        with torch.no_grad():
            for name, master in zip(self.names, self.masters, strict=True):
                master.copy_(state[name])
        self.publish()

    def still(self) -> list[str]:
        """Names of the tensors that are exactly where they were at the start."""
        triples = zip(self.names, self.masters, self._start, strict=True)
        return [name for name, now, then in triples if _digest(now) == then]


def _digest(tensor: Tensor) -> bytes:
    """A few bytes in place of a copy, which for a whole model would be gigabytes."""
    return hashlib.blake2b(tensor.detach().cpu().numpy().data, digest_size=16).digest()
