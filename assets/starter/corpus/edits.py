"""Tasks on the letters and words of a text: what a model can only do by copying with care."""

import random

from . import words
from .clauses import noun_phrase, sentence
from .document import Document, instruct
from .frames import sentences
from .names import city, coined, person, pseudo
from .text import cap, chance, expand, listed
from .values import code, date, price, title

SIGNS = [
    "😀",
    "🎉",
    "🚀",
    "☕",
    "🍎",
    "🐱",
    "🌧",
    "❤",
    "✅",
    "★",
    "→",
    "€",
    "°",
    "§",
    "é",
    "ü",
    "ñ",
    "ß",
    "ø",
    "å",
    "ç",
    "你好",
    "谢谢",
    "日本",
    "中文",
    "水",
    "山",
    "ö",
    "ê",
    "î",
    "š",
    "ž",
    "ł",
    "ð",
    "þ",
    "д",
    "я",
    "ж",
    "ω",
    "λ",
    "π",
]


def snippet(rng: random.Random) -> str:
    """Something to copy: a sentence, names, codes, invented words, signs."""
    form = rng.random()
    if form < 0.35:
        return " ".join(sentences(rng, 1, 3))
    if form < 0.5:
        return " ".join(pseudo(rng) for _ in range(rng.randint(1, 12)))
    if form < 0.65:
        return ", ".join(
            rng.choice([person, city, coined, code, price, date, title])(rng)
            for _ in range(rng.randint(1, 6))
        )
    if form < 0.75:
        return " ".join(
            rng.choice(SIGNS) if chance(rng, 0.5) else pseudo(rng) for _ in range(rng.randint(2, 8))
        )
    if form < 0.85:
        return "\n".join(
            f"{rng.choice(['', '  ', '- '])}{noun_phrase(rng, 'ofpail')}"
            for _ in range(rng.randint(2, 5))
        )
    return (
        "".join(
            rng.choices(
                "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 -_/.",
                k=rng.randint(5, 40),
            )
        ).strip()
        or "a"
    )


def copy(rng: random.Random) -> Document:
    """Say the same again, plain or with a mark around it."""
    text = snippet(rng)
    form = rng.random()
    if form < 0.6:
        ask = expand(
            rng, "{repeat|copy|say} {this|the text|the following}{| exactly| word for word}"
        )
        return instruct(rng, "copy", ask, text, text)
    if form < 0.8:
        left, right, name = rng.choice(
            [
                ('"', '"', "quotation marks"),
                ("(", ")", "brackets"),
                ("[", "]", "square brackets"),
                ("*", "*", "stars"),
                ("**", "**", "double stars"),
                ("> ", "", "a quote"),
            ]
        )
        return instruct(
            rng,
            "copy",
            expand(rng, "{put|write} {this|the text} in <n>", n=name),
            text,
            left + text + right,
        )
    return instruct(
        rng,
        "copy",
        expand(rng, "{write|repeat} {this|the text} {twice|two times}"),
        text,
        f"{text}\n{text}",
    )


def letters(rng: random.Random) -> Document:
    """Capitals, small letters, first letters."""
    text = sentence(rng) if chance(rng, 0.6) else snippet(rng)
    ask, answer = rng.choice(
        [
            ("{write|put} {this|the text} in {capitals|capital letters|upper case}", text.upper()),
            ("{uppercase|capitalize} {this|the text}", text.upper()),
            ("{write|put} {this|the text} in {small letters|lower case}", text.lower()),
            (
                "{replace|swap} {spaces|every space} {by|with} {underscores|an underscore}",
                text.replace(" ", "_"),
            ),
            ("start every word with a capital", " ".join(cap(w) for w in text.split(" "))),
            (
                "remove the {full stops|punctuation}",
                text.replace(".", "").replace("!", "").replace(",", ""),
            ),
        ]
    )
    return instruct(rng, "letters", expand(rng, ask), text, answer)


def order(rng: random.Random) -> Document:
    """Lists sorted, turned round, joined, numbered, shortened."""
    source = rng.choice(
        [words.ANIMALS, words.FOODS, words.OBJECTS, words.IDEAS, words.COLOURS, words.ROLES]
    )
    items = (
        rng.sample(source, rng.randint(2, 7))
        if chance(rng, 0.8)
        else [pseudo(rng, 2, 2) for _ in range(rng.randint(2, 5))]
    )
    text, back = rng.choice(
        [(", ".join(items), ", "), ("\n".join(items), "\n"), (" ".join(items), " ")]
    )
    ask, answer = rng.choice(
        [
            (
                "{sort|order} {these|the} words {alphabetically|by the alphabet|from a to z}",
                back.join(sorted(items)),
            ),
            ("{reverse|turn round} the {list|order}", back.join(reversed(items))),
            (
                "{number|make a numbered list of} {these|the} {items|words}",
                "\n".join(f"{i}. {w}" for i, w in enumerate(items, 1)),
            ),
            (
                "{make|write} {these|the words} {as |}a bulleted list",
                "\n".join(f"- {w}" for w in items),
            ),
            ("what is the first {word|item}", items[0]),
            ("what is the last {word|item}", items[-1]),
            ("how many {words|items} are there", str(len(items))),
            ("{join|list} {these|the words} {with and|in a sentence}", listed(items)),
            ("remove the {first|leading} {word|item}", back.join(items[1:])),
            ("remove the last {word|item}", back.join(items[:-1])),
        ]
    )
    return instruct(rng, "order", expand(rng, ask), text, answer)


def replace(rng: random.Random) -> Document:
    """One word of a sentence put in place of another."""
    text = sentence(rng)
    inside = rng.choice([w for w in text.rstrip(".!").replace(",", "").split(" ") if w])
    new = rng.choice([pseudo(rng), rng.choice(words.OBJECTS), person(rng)])
    answer = " ".join(
        w.replace(inside, new) if w.strip(".,!") == inside else w for w in text.split(" ")
    )
    ask = expand(rng, '{replace|change|swap} "<a>" {with|by|to} "<b>"', a=inside, b=new)
    return instruct(rng, "replace", ask, text, answer)


def _damage(rng: random.Random, text: str) -> str:
    """A text with small mistakes: letters lost, doubled or swapped, capitals and stops gone."""
    chars = list(text)
    for _ in range(rng.randint(1, 3)):
        at = rng.randrange(1, max(2, len(chars) - 2))
        form = rng.random()
        if form < 0.35:
            del chars[at]
        elif form < 0.65:
            chars[at], chars[at - 1] = chars[at - 1], chars[at]
        else:
            chars.insert(at, chars[at])
    damaged = "".join(chars)
    return damaged.lower().rstrip(".!") if chance(rng, 0.3) else damaged


def correct(rng: random.Random) -> Document:
    """Mistakes put right."""
    text = " ".join(sentences(rng, 1, 2))
    ask = expand(
        rng, "{correct|fix|mend} {the|all} {mistakes|errors|spelling|typos}{| in this text}"
    )
    return instruct(rng, "correct", ask, _damage(rng, text), text)


def convert(rng: random.Random) -> Document:
    """A list from one notation to another."""
    rows = [(rng.choice(words.OBJECTS), price(rng)) for _ in range(rng.randint(1, 4))]
    forms = {
        "CSV": "\n".join(f"{a},{b}" for a, b in rows),
        "a list": "\n".join(f"- {a}: {b}" for a, b in rows),
        "a table": "\n".join(f"| {a} | {b} |" for a, b in rows),
        "one line": "; ".join(f"{a} {b}" for a, b in rows),
        "a sentence": cap(listed([f"the {a} costs {b}" for a, b in rows])) + ".",
    }
    source, target = rng.sample(list(forms), 2)
    return instruct(
        rng,
        "convert",
        expand(rng, "{turn|convert|rewrite} {this|it} {into|as} <t>", t=target),
        forms[source],
        forms[target],
    )
