"""Things written as attributes, and the sentences that say the same."""

import json
import random
from dataclasses import dataclass

from . import tables, words
from .clauses import noun_phrase
from .document import Document, instruct
from .names import pseudo
from .text import article, cap, chance, expand, listed
from .things import KINDS, draw_attributes
from .values import venue

_WORDS = tables.load("describe")


@dataclass(frozen=True)
class Fact:
    """One attribute of one thing: the key as written, the value, and its phrases by place."""

    key: str
    value: str
    phrases: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Thing:
    """A thing with its facts; `noun` is also among the facts when `noun_key` is set."""

    name: str
    noun: str
    pronoun: str
    facts: tuple[Fact, ...]
    noun_key: str

    def pairs(self, name_key: str) -> list[tuple[str, str]]:
        """Keys and values, the name first."""
        noun = [(self.noun_key, self.noun)] if self.noun_key else []
        return [(name_key, self.name), *noun, *((f.key, f.value) for f in self.facts)]


def draw_thing(rng: random.Random) -> Thing:
    """A thing of some kind with a name and facts."""
    kind = rng.choice(KINDS)
    noun = rng.choice(kind.nouns)
    facts = []
    for item in draw_attributes(rng, kind):
        key = rng.choice(item.names)
        facts.append(Fact(key, item.value(rng), item.phrases))
    noun_key = rng.choice(["type", "kind", "eatType", "category", "what", "is a", "class"])
    if kind.pronoun == "it" and chance(rng, 0.25):
        noun, noun_key = (
            rng.choice(["place", "place", "venue", "spot"]) if kind.name is venue else "thing",
            "",
        )
    return Thing(kind.name(rng), noun, kind.pronoun, tuple(facts), noun_key)


_SEPARATORS = [
    ("{k}[{v}]", ", "),
    ("{k}[{v}]", ", "),
    ("{k}: {v}", "; "),
    ("{k}: {v}", "\n"),
    ("- {k}: {v}", "\n"),
    ("{k} = {v}", ", "),
    ("{k}={v}", " | "),
    ("{k}({v})", ", "),
    ("* {k} – {v}", "\n"),
    ("<{k}>{v}</{k}>", ""),
    ("{k}: {v}", ", "),
    ("{k} | {v}", "\n"),
    ("{k} -> {v}", "; "),
]


def camel(key: str) -> str:
    """The key in camel case, as programs write it."""
    head, *tail = key.split(" ")
    return head + "".join(cap(word) for word in tail)


def notation(rng: random.Random, pairs: list[tuple[str, str]]) -> str:
    """Keys and values in one of many notations."""
    style = rng.random()
    if style < 0.3:
        pairs = [(camel(k), v) for k, v in pairs]
    elif style < 0.4:
        pairs = [(k.replace(" ", "_"), v) for k, v in pairs]
    elif style < 0.5:
        pairs = [(cap(k), v) for k, v in pairs]
    if chance(rng, 0.1):
        return json.dumps(dict(pairs), ensure_ascii=False, indent=rng.choice([None, None, 2]))
    shape, joint = rng.choice(_SEPARATORS)
    return joint.join(shape.replace("{k}", k).replace("{v}", v) for k, v in pairs)


def _phrase(rng: random.Random, fact: Fact, places: str, pronoun: str) -> tuple[str, str]:
    """One phrase of the fact that fits one of these places, filled."""
    fitting = [p for p in fact.phrases if p[0] in places.split()] or [
        ("of", f"the {fact.key} is <v>")
    ]
    place, words = rng.choice(fitting)
    owner = {"she": "her", "he": "his"}.get(pronoun, "its")
    return place, words.replace("<v>", fact.value).replace("<p>", owner)


def say(rng: random.Random, thing: Thing) -> str:
    """The thing as one to four sentences that hold all of its facts."""
    facts = list(thing.facts)
    rng.shuffle(facts)
    has_adjective = [f for f in facts if any(p[0] == "adj" for p in f.phrases)]
    front = [f for f in has_adjective if chance(rng, 0.6)][:2]
    rest = [f for f in facts if f not in front]
    noun = " ".join([*(_phrase(rng, f, "adj", thing.pronoun)[1] for f in front), thing.noun])
    opening = rng.choice(_WORDS["openings"])
    verbless = opening in {"<n>", "The <d> <n>", "<n>, <a>,"} or opening.startswith("<A>")
    if verbless and (not rest or (front and opening == "<n>")):
        opening, verbless = "<n> is <a>", False
    head = (
        opening.replace("<n>", thing.name)
        .replace("<a>", article(noun))
        .replace("<A>", cap(article(noun)))
        .replace("<d>", noun)
    )
    count = rng.choice([0, 1, 1, 2, 2, 3])
    taken, left = rest[:count], rest[count:]
    if verbless and not taken:
        taken, left = rest[:1], rest[1:]
    return " ".join([_first(rng, head, taken, verbless, thing), *_more(rng, left, thing)])


def _first(rng: random.Random, head: str, taken: list[Fact], verbless: bool, thing: Thing) -> str:
    """The first sentence: the head with what follows it."""
    verbs: list[str] = []
    after: list[str] = []
    for fact in taken:
        place, words = _phrase(
            rng, fact, "vp" if verbless and not verbs else "pp vp", thing.pronoun
        )
        if place == "of":
            words = f"has {fact.value} as its {fact.key}"
        (after if place == "pp" else verbs).append(words)
    text = " ".join([head, *after])
    if verbless:
        return f"{text} {listed(verbs)}."
    if verbs:
        who = "who" if thing.pronoun in {"she", "he"} else rng.choice(["that", "which", "that"])
        joint = rng.choice([f" {who} ", f" {who} ", " and ", f" and {thing.pronoun} "])
        text += joint + listed(verbs)
    return text + "."


def _more(rng: random.Random, left: list[Fact], thing: Thing) -> list[str]:
    """Further sentences for the facts that the first one left over."""
    result = []
    while left:
        count = rng.choice([1, 1, 2, 2])
        result.append(_sentence(rng, left[:count], thing))
        left = left[count:]
    return result


def _sentence(rng: random.Random, group: list[Fact], thing: Thing) -> str:
    """A sentence about one or two facts with a pronoun or the name as subject."""
    who = rng.choice([thing.pronoun, thing.pronoun, f"the {thing.noun}", thing.name])
    parts: list[str] = []
    for fact in group:
        place, words = _phrase(rng, fact, "vp vp of", thing.pronoun)
        parts.append(
            words
            if place == "of"
            else f"{who} {words}"
            if not parts
            else f"{thing.pronoun} {words}"
        )
    if (
        len(parts) == 2
        and all(p.split(" ")[0] in {who, thing.pronoun} for p in parts)
        and chance(rng, 0.5)
    ):
        parts[1] = parts[1].split(" ", 1)[1]
    return cap(rng.choice([" and ", " and ", ", and ", "; "]).join(parts)) + "."


def describe(rng: random.Random) -> Document:
    """Attributes to text."""
    thing = draw_thing(rng)
    pairs = thing.pairs(
        "name" if chance(rng, 0.7) else rng.choice(["title", "who", "called", "label", "subject"])
    )
    if chance(rng, 0.3):
        rng.shuffle(pairs)
    ask = expand(rng, rng.choice(_WORDS["ask"]), d=thing.noun)
    return instruct(rng, "describe", ask, notation(rng, pairs), say(rng, thing))


def undescribe(rng: random.Random) -> Document:
    """Text back to attributes, in a form the instruction names."""
    thing = draw_thing(rng)
    pairs = thing.pairs("name")
    form, text = rng.choice(
        [
            ("key[value]", ", ".join(f"{k}[{v}]" for k, v in pairs)),
            ("JSON", json.dumps(dict(pairs), ensure_ascii=False)),
            ("key: value lines", "\n".join(f"{k}: {v}" for k, v in pairs)),
        ]
    )
    keys = f" with the keys {', '.join(k for k, _ in pairs)}"
    return instruct(
        rng,
        "extract",
        expand(rng, rng.choice(_WORDS["ask_back"]), f=form) + keys,
        say(rng, thing),
        text,
    )


def one_field(rng: random.Random) -> Document:
    """One value out of attributes or of a text."""
    thing = draw_thing(rng)
    fact = rng.choice(thing.facts)
    source = say(rng, thing) if chance(rng, 0.5) else notation(rng, thing.pairs("name"))
    ask = expand(
        rng, "{what is|give|find|tell me} the <k> {|here|of <n>}", k=fact.key, n=thing.name
    )
    return instruct(rng, "extract", ask, source, fact.value)


def fill(rng: random.Random) -> Document:
    """A template of any wording, its places filled from the facts."""
    thing = draw_thing(rng)
    pairs = [("name", thing.name), *((f.key, f.value) for f in thing.facts)]
    chosen = rng.sample(pairs, rng.randint(1, len(pairs)))
    left, right = rng.choice([("{", "}"), ("[", "]"), ("<", ">"), ("__", "__")])
    parts = []
    for key, value in chosen:
        around = rng.choice(
            [
                pseudo(rng),
                rng.choice(words.ADJECTIVES),
                rng.choice(words.IDEAS),
                noun_phrase(rng, "oil"),
                f"{pseudo(rng)} {pseudo(rng)}",
            ]
        )
        shape = rng.choice(
            ["<a> <s>", "<s>: <a>", "<a>, <s>", "(<s>) <a>", "<a> – <s>;", "<a> <s>!"]
        ).replace("<a>", around)
        parts.append((shape.replace("<s>", left + key + right), shape.replace("<s>", value)))
    start = rng.choice(["", "", cap(pseudo(rng)) + " ", "Dear friend, "])
    template, filled = (start + " ".join(p[i] for p in parts) for i in (0, 1))
    ask = expand(rng, "{fill in|complete|use} {this|the} {template|form|text}")
    return instruct(rng, "fill", f"{ask}: {template}", notation(rng, pairs), filled)
