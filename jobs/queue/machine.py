"""What this machine can do, probed in a child process and remembered in the database."""

from __future__ import annotations

import contextlib
import dataclasses
import importlib.metadata
import platform
import shutil
import threading
from collections.abc import Iterable, Sequence

import psutil

from jobs.errors import Unavailable
from jobs.models.devices import probe, probe_in_child
from jobs.store import Store
from jobs.types import DeviceInfo

FACT = "devices"


class Machine:
    """Remembers one probe a set of installed versions; the probe itself takes several seconds."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._probing = threading.Lock()
        self._versions: dict[str, str] | None = None
        self._begun = False  # a probe in the background

    def known(self) -> DeviceInfo | None:
        """The device that work goes to, or None before the first probe; never blocks."""
        found = self.devices()
        return found[0] if found else None

    def devices(self) -> list[DeviceInfo]:
        """Every probed device, the one that work goes to first."""
        fact = self._store.facts.get(FACT)
        if not fact or fact.get("versions") != self._installed():
            return []
        asked = {field.name for field in dataclasses.fields(DeviceInfo)}
        if any(set(device) != asked for device in fact["devices"]):
            return []  # an older Attune did not measure all that this one asks for
        return _first(DeviceInfo(**device) for device in fact["devices"])

    def probe(self) -> DeviceInfo:
        """The device that work goes to; waits for a probe where none is remembered."""
        with self._probing:
            known = self.known()
            if known is None:
                known = self._remember(probe_in_child())
        return known

    def _remember(self, devices: Sequence[DeviceInfo]) -> DeviceInfo:
        fact = {"versions": self._installed(), "devices": [dataclasses.asdict(d) for d in devices]}
        self._store.facts.set(FACT, fact)
        return _first(devices)[0]

    def _installed(self) -> dict[str, str]:
        """The libraries' versions, read once: pages ask many times what the machine can do."""
        if self._versions is None:
            self._versions = _versions()
        return self._versions

    def probe_again(self) -> DeviceInfo:
        """Look afresh: a driver may have been mended, a card put in."""
        with self._probing:
            return self._remember(probe_in_child())

    def probe_in_background(self) -> None:
        """Start the probe without waiting for it, once; one that fails is not tried again."""
        if not self._begun and self.known() is None:
            self._begun = True
            threading.Thread(target=self._try, name="probe", daemon=True).start()

    def _try(self) -> None:
        with contextlib.suppress(Unavailable):  # told by the verbs that wait for a probe
            self.probe()

    def named(self, name: str) -> DeviceInfo:
        """A device by its name, for work in a child, which probes by itself what is not known."""
        if self.known() is None:
            self._remember(probe())
        for device in self.devices():
            if device.name == name:
                return device
        raise Unavailable(
            f"This work was queued for {name}, which is not there any more.",
            "Start it again: it will go to the device that is there now.",
        )

    def assume(self) -> DeviceInfo:
        """The known device; else a modest guess, unless a graphics card makes a probe needed."""
        known = self.known()
        if known is not None:
            return known
        return self.probe() if shutil.which("nvidia-smi") else self.guess()

    def guess(self) -> DeviceInfo:
        """The known device, else what can be said without a probe; never blocks."""
        known = self.known()
        if known is not None:
            return known
        memory = psutil.virtual_memory()
        return DeviceInfo(
            name="cpu",
            title=platform.processor() or platform.machine(),
            memory=memory.total,
            free=memory.available,
            bfloat16=False,
            four_bit=None,
        )


def _first(devices: Iterable[DeviceInfo]) -> list[DeviceInfo]:
    """What works before what does not, a card before the processor."""
    return sorted(devices, key=lambda d: (d.problem is not None, d.name == "cpu"))


def _versions() -> dict[str, str]:
    names = ("torch", "transformers", "peft", "bitsandbytes")
    return {name: importlib.metadata.version(name) for name in names}
