"""JSON and JSON lines: cut, nested without end, numbers that are none, keys twice."""

from __future__ import annotations

import json

from hostile.lines import GOOD, csv

PAIR = '{"prompt": "p", "completion": "c"}'

CHAT = [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}]


def jsonl(*lines: str) -> tuple[str, bytes]:
    good = [json.dumps({"prompt": f"p{i}", "completion": f"a{i}"}) for i in range(5)]
    return "rows.jsonl", "\n".join([*good, *lines]).encode("utf-8", "surrogatepass")


# name, content, and what its sentence says (a part of it)
REFUSED: dict[str, tuple[tuple[str, bytes], str]] = {
    "JSON as CSV": (csv("\n".join([PAIR] * 5)), "looks like JSON"),
    "JSON that is cut": (jsonl('{"prompt": "x", "compl'), "Line 6"),
    "no object": (jsonl("[1, 2]"), "Line 6"),
    "a text": (jsonl('"hello"'), "Line 6"),
    "NaN": (jsonl('{"prompt": NaN, "completion": "x"}'), "NaN"),
    "Infinity": (jsonl('{"prompt": "x", "completion": -Infinity}'), "Infinity"),
    "a lone surrogate": (jsonl('{"prompt": "\\ud800", "completion": "x"}'), "half a character"),
    "a key twice": (jsonl('{"prompt": "a", "prompt": "b", "completion": "c"}'), "twice"),
    "deep lists": (jsonl('{"prompt": ' + "[" * 50_000 + "]" * 50_000 + "}"), "nested too deeply"),
    "deep objects": (jsonl('{"prompt": ' + '{"a":' * 50_000 + "1" + "}" * 50_000 + "}"), "nested"),
    "deep JSON": (("rows.json", b"[" * 100_000), "nested too deeply"),
    "JSON, no list": (("rows.json", b'{"a": 1}'), "no list"),
    "JSON, cut": (("rows.json", b'[{"prompt": "a", "completion": "b"}, {"pro'), "line 1"),
    "JSON, more after it": (("rows.json", f"[{PAIR}] x".encode()), "after the end"),
    "JSON, a key twice": (("rows.json", b'[{"a": 1, "a": 2}]'), "twice"),
    "JSON, NaN": (("rows.json", b'[{"prompt": NaN}]'), "NaN"),
    "JSON, numbers": (("rows.json", b"[1, 2, 3]"), "Entry 1"),
    "JSON, lists of lists": (("rows.json", b'[["a", "b"], ["c", "d"]]'), "Entry 1"),
    "JSON, lists of unequal length": (
        ("rows.json", b'{"prompt": ["a", "b"], "completion": ["c"]}'),
        "no list of examples",
    ),
    "JSON, an empty list": (("rows.json", b" [ ] "), "empty list"),
    "JSON lines, a chat of nobody": (
        (
            "rows.jsonl",
            "\n".join(
                [json.dumps({"messages": CHAT})] * 30
                + ['{"messages": [{"role": "<script>", "content": "x"}]}']
            ).encode(),
        ),
        "Row 31 is not a chat: .* “<script>” is not known",
    ),
    "CSV as JSON": (("rows.json", GOOD.encode()), "not JSON"),
    "a chat of nonsense": (
        (
            "rows.jsonl",
            "\n".join([json.dumps({"messages": CHAT})] * 30 + ['{"messages": "x"}']).encode(),
        ),
        "Row 31",
    ),
}
