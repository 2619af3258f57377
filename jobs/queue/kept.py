"""The completions that are kept of earlier comparisons, by all that shaped them."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from jobs.evaluation.generate import Answerer
from jobs.models.stamp import stamp
from jobs.store import Store
from jobs.types import Completion, GenerationSettings, ModelInfo, Variant

KEPT_AT_ONCE = 32  # completions a transaction


class Kept:
    """The stored completions of variants over one base, and what is still missing.

    Prompts are those of a split of the data with this fingerprint.
    """

    def __init__(
        self,
        store: Store,
        fingerprint: str,
        split: str,
        info: ModelInfo,
        settings: GenerationSettings,
        variants: Sequence[Variant],
    ) -> None:
        self._store = store
        self._variants = variants
        ground = {
            "data": fingerprint,
            "split": split,
            "model": [info.spec, info.revision, stamp(info.path)],
            "settings": dataclasses.asdict(settings),
        }
        self._keys = {v.name: _key(ground, v) for v in variants}
        self._known = {v.name: store.completions.get(self._keys[v.name]) for v in variants}
        self._fresh: dict[str, list[tuple[int, Completion]]] = {v.name: [] for v in variants}

    def missing(self, count: int) -> list[tuple[str, int]]:
        """Variant and index of every example, of `count`, that has no completion yet."""
        return [
            (v.name, index)
            for v in self._variants
            for index in range(count)
            if index not in self._known[v.name]
        ]

    def add(self, variant: str, index: int, completion: Completion) -> None:
        self._known[variant][index] = completion
        self._fresh[variant].append((index, completion))
        if len(self._fresh[variant]) >= KEPT_AT_ONCE:
            self.keep()

    def keep(self) -> None:
        """Write what has come since the last time."""
        for variant in self._variants:
            fresh = self._fresh[variant.name]
            if fresh:
                key = self._keys[variant.name]
                self._store.completions.put_many(key, fresh, variant.run_id)
        self._fresh = {name: [] for name in self._fresh}

    def remember(self, answerer: Answerer, fewer: Mapping[str, set[int]]) -> None:
        """Keep what was odd about the answers beside them, for the comparisons that reuse them:
        `fewer` are the prompts that had no room for all examples."""
        silent = answerer.silent_variants()
        for name, key in self._keys.items():
            cut = {index for variant, index in answerer.shortened if variant == name}
            short = fewer.get(name, set())
            if name in silent or cut or short:
                known = self._odd(key)
                told = {
                    "silent": name in silent,
                    "cut": sorted(cut.union(known["cut"])),
                    "fewer": sorted(short.union(known.get("fewer", ()))),
                }
                self._store.facts.set(f"answers {key}", told)

    def remarks(self, count: int) -> list[str]:
        """What a person must know of how the answers to the first `count` prompts came about."""
        odd = {name: self._odd(key) for name, key in self._keys.items()}
        told = [
            f"“{name}” answers exactly as its base does: what it learnt changes nothing."
            for name, found in odd.items()
            if found["silent"]
        ]
        cut = len({i for found in odd.values() for i in found["cut"] if i < count})
        if cut:
            prompts = "1 prompt was" if cut == 1 else f"{cut} prompts were"
            told.append(f"{prompts} too long for the model and lost the middle.")
        for name, found in odd.items():
            short = sum(i < count for i in found.get("fewer", ()))
            if short:
                told.append(
                    f"{short} of {count} prompts of {name} had no room for all of its examples."
                )
        return told

    def _odd(self, key: str) -> Mapping[str, Any]:
        return self._store.facts.get(f"answers {key}") or {"silent": False, "cut": []}

    def by_variant(self) -> Mapping[str, Mapping[int, Completion]]:
        return self._known


def _key(ground: Mapping[str, Any], variant: Variant) -> str:
    """Names a variant's completions by all that shapes them; a retrained run has another key."""
    weights = stamp(variant.adapter)
    shaped: list[Any] = [ground, variant.precision, variant.method, weights]
    if variant.shots:
        shaped.append([[shot.prompt, shot.references[0]] for shot in variant.shots])
    return hashlib.sha256(json.dumps(shaped, sort_keys=True).encode()).hexdigest()
