"""Make both samples: `python -m assets.samples.make_samples`; the same files every time."""

import argparse
import csv
import io
import json
import random
from pathlib import Path

from assets.samples import house_style, support_case
from assets.starter.corpus import chats, summaries

HERE = Path(__file__).parent
NOTES_SEED, STYLE_SEED = 2101, 2102
ROWS = 800
NOTES_FILE, STYLE_FILE = "support_notes.csv", "lighthouse_replies.jsonl"


def support_notes() -> str:
    """Support chats and an agent's note of each, as CSV: a task the starter knows when asked."""
    rng = random.Random(NOTES_SEED)
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(["customer_chat", "agent_note"])
    seen: set[str] = set()
    while len(seen) < ROWS:
        case = support_case.draw(rng)
        chat = chats.transcript(rng, case, ("Customer: ", "Agent: "))
        if chat not in seen:
            seen.add(chat)
            table.writerow([chat, summaries.summary(case, "note")])
    return out.getvalue()


def lighthouse_replies() -> str:
    """Short tickets and replies in a house style that the starter never saw, as JSON lines."""
    rng = random.Random(STYLE_SEED)
    rows: dict[str, str] = {}
    while len(rows) < ROWS:
        ticket, reply = house_style.draw(rng)
        rows.setdefault(ticket, reply)
    lines = (json.dumps({"ticket": t, "reply": r}, ensure_ascii=False) for t, r in rows.items())
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write both files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=HERE)
    folder: Path = parser.parse_args().folder
    (folder / NOTES_FILE).write_text(support_notes(), encoding="utf-8")
    (folder / STYLE_FILE).write_text(lighthouse_replies(), encoding="utf-8")


if __name__ == "__main__":
    main()
