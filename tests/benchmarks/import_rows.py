"""Rows as people bring them, made up: sentences of all lengths with commas, figures and accents.

Words are made of syllables, the common ones short, and are drawn as words of a language are
(Zipf). Of the rows 1 in 100 repeats an earlier one and 1 in 100 answers an earlier prompt anew; a
few hold an e-mail address or a telephone number or repeat the prompt in the completion.
"""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Iterator
from itertools import accumulate, islice
from pathlib import Path

ONSETS = ("", "b", "c", "d", "f", "g", "h", "l", "m", "n", "p", "r", "s", "t", "st", "tr", "ch")
VOWELS = ("a", "e", "i", "o", "u", "ea", "ou", "io")
ENDS = ("", "n", "r", "s", "t", "l", "nd", "ck", "m", "ng")


class Rows:
    """Prompts of 40 to 200 characters and completions of 20 to 100."""

    def __init__(self, seed: int, sentences: int = 30_000) -> None:
        self.rng = random.Random(seed)
        self._words = self._made_up(6000)
        self._weights = list(accumulate(1 / (3 + rank) for rank in range(len(self._words))))
        self.sentences = [self._sentence() for _ in range(sentences)]

    def text(self, shortest: int, longest: int) -> str:
        """Sentences of so many characters together; short texts are more common than long ones."""
        rng = self.rng
        wanted = shortest + rng.expovariate(3.5 / (longest - shortest))
        text = rng.choice(self.sentences)
        while len(text) < wanted:
            text += ("\n" if rng.random() < 0.02 else " ") + rng.choice(self.sentences)
        return text if len(text) <= longest else text[:longest].rsplit(" ", 1)[0]

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Prompt and completion, for ever."""
        before = ("", "")
        for number in range(10**12):
            lot = self.rng.random()
            if lot < 0.01 and before[0]:
                yield before
                continue
            prompt, answer = f"{self.text(30, 180)} {self._aside()}", self.text(20, 100)
            if lot < 0.02 and before[0]:
                prompt = before[0]
            elif lot > 0.9995:
                prompt += f" Write to ann{number}@mail.org."
            elif lot > 0.999:
                answer += f" Call +49 30 {1_000_000 + number % 8_999_999}."
            elif lot > 0.9985:
                answer = f"{prompt} {answer}"
            before = (prompt, answer)
            yield before

    def _aside(self) -> str:
        """Three words that no other prompt has, in all likelihood."""
        return " ".join(self.rng.choices(self._words, k=3)).capitalize() + "."

    def _made_up(self, count: int) -> list[str]:
        rng, found = self.rng, dict[str, None]()
        while len(found) < count:
            syllables = 1 + min(3, len(found) // 400 + rng.choice((0, 0, 1)))
            parts = (map(rng.choice, (ONSETS, VOWELS, ENDS)) for _ in range(syllables))
            found["".join("".join(part) for part in parts)] = None
        return list(found)

    def _sentence(self) -> str:
        rng = self.rng
        count = rng.randint(3, 14)
        words = rng.choices(self._words, cum_weights=self._weights, k=count)
        at = rng.randrange(count)
        if rng.random() < 0.3:
            figures = (rng.randint(1, 31), rng.randint(1990, 2026), rng.randint(100, 99_999))
            words[at] = rng.choice([*map(str, figures), f"{rng.randint(1, 99)}.50"])
        if count > 6 and rng.random() < 0.6:
            words[count // 2] += ","
        for share, change in ((0.04, "{}é"), (0.03, "“{}”"), (0.03, '"{}"'), (0.1, "{}")):
            if rng.random() < share:
                place = rng.randrange(count)
                words[place] = change.format(words[place].capitalize())
        sentence = " ".join(words)
        return sentence[:1].upper() + sentence[1:] + rng.choice("....?!")


def write_csv(path: Path, rows: int) -> None:
    """Two columns of about 200 characters together, quoted where they must be."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("prompt", "completion"))
        writer.writerows(islice(Rows(1).pairs(), rows))


def write_jsonl(path: Path, size: int) -> None:
    """Prompts of two paragraphs and completions of one, some 800 characters a row."""
    rows = Rows(2)
    written = 0
    with path.open("w", encoding="utf-8") as file:
        for prompt, _ in rows.pairs():
            row = {
                "prompt": f"{prompt}\n\n{rows.text(200, 500)}",
                "completion": rows.text(100, 300),
            }
            written += file.write(json.dumps(row, ensure_ascii=False) + "\n")
            if written >= size:
                return
