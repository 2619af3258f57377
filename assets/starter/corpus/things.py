"""Kinds of things and their attributes, each with the phrases that say it."""

import random
from dataclasses import dataclass

from . import tables, words
from .names import city, coined, person, pseudo
from .text import chance, some
from .values import VALUES, Value, brand, code, date, features, number, price, title, venue


@dataclass(frozen=True)
class Attribute:
    """A key under its names, how a value is made, and how it is said.

    Each phrase begins with its place in a sentence: `adj` before the noun, `pp` after it, `vp` as a
    verb phrase, `of` as a clause of its own; `<v>` is the value, `<s>` the subject.
    """

    names: tuple[str, ...]
    value: Value
    phrases: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Kind:
    """A kind of thing: its nouns, how one is called, the keys of its attributes, the pronoun."""

    nouns: tuple[str, ...]
    name: Value
    keys: tuple[str, ...]
    pronoun: str = "it"


ATTRIBUTES: dict[str, Attribute] = {
    key: Attribute(tuple(row["names"]), VALUES[key], tuple((p, w) for p, w in row["phrases"]))
    for key, row in tables.load("attributes").items()
}


def yes_no(rng: random.Random) -> Attribute:
    """An attribute that is yes or no, its phrases fitted to one of many features."""
    row = rng.choice(tables.load("yes_no"))
    said = chance(rng, 0.5)
    value = rng.choice(["yes", "true"]) if said else rng.choice(["no", "false"])
    phrases = tuple((p, w) for p, w in row["yes" if said else "no"])
    return Attribute(tuple(row["names"]), lambda _: value, phrases)


KINDS: list[Kind] = [
    Kind(
        (
            "restaurant",
            "pub",
            "coffee shop",
            "café",
            "bistro",
            "bar",
            "diner",
            "place to eat",
            "tea room",
        ),
        venue,
        (
            "cuisine",
            "price_range",
            "rating",
            "area",
            "near",
            "open",
            "owner",
            "city",
            "street",
            "people",
        ),
    ),
    Kind(
        ("restaurant", "pub", "coffee shop", "café", "eatery", "venue", "snack bar"),
        venue,
        ("cuisine", "price_range", "rating", "area", "near"),
    ),
    Kind(
        ("hotel", "hostel", "guest house", "inn", "lodge", "campsite"),
        venue,
        ("price_range", "rating", "area", "near", "city", "street", "owner", "phone", "people"),
    ),
    Kind(
        ("museum", "park", "theatre", "gallery", "cinema", "zoo", "library", "stadium", "market"),
        venue,
        ("rating", "area", "near", "open", "city", "year", "cost", "people", "subject"),
    ),
    Kind(
        tuple(words.OBJECTS),
        brand,
        ("colour", "material", "maker", "cost", "features", "size", "weight", "rating", "year"),
    ),
    Kind(
        (
            "phone",
            "camera",
            "car",
            "bicycle",
            "vacuum cleaner",
            "washing machine",
            "game console",
            "headset",
        ),
        brand,
        ("colour", "maker", "cost", "features", "size", "weight", "year", "rating"),
    ),
    Kind(
        ("book", "film", "song", "novel", "album", "play", "series", "game"),
        title,
        ("genre", "author", "year", "length", "rating", "subject", "cost"),
    ),
    Kind(
        (
            "concert",
            "festival",
            "conference",
            "meeting",
            "exhibition",
            "fair",
            "party",
            "workshop",
            "race",
        ),
        title,
        ("date", "time", "city", "cost", "subject", "people", "length", "owner", "near"),
    ),
    Kind(
        ("course", "lesson", "lecture", "class", "training"),
        title,
        ("subject", "date", "time", "cost", "length", "people", "city"),
    ),
    Kind(
        ("company", "shop", "start-up", "firm", "charity", "club", "school", "team"),
        brand,
        ("city", "year", "owner", "subject", "people", "phone", "country", "street"),
    ),
    Kind(
        ("app", "service", "website", "tool", "program"),
        brand,
        ("cost", "maker", "features", "rating", "year", "subject"),
    ),
    Kind(
        ("flat", "house", "apartment", "cottage", "room", "office"),
        venue,
        ("cost", "city", "street", "near", "size", "features", "area", "year"),
    ),
    Kind(("woman", "person"), person, ("job", "age", "born", "home", "hobby"), "she"),
    Kind(("man", "person"), person, ("job", "age", "born", "home", "hobby"), "he"),
    Kind(
        ("village", "town", "city", "island"),
        city,
        ("country", "people", "year", "near", "features"),
    ),
    Kind(tuple(words.ANIMALS), coined, ("colour", "age", "weight", "home", "size", "owner")),
    Kind(tuple(words.FOODS), brand, ("cuisine", "cost", "weight", "colour", "maker", "rating")),
]


def invented(rng: random.Random) -> Attribute:
    """An attribute the tables do not know: any noun or invented word as key, anything as value."""
    noun = (
        pseudo(rng) if chance(rng, 0.4) else rng.choice(words.OBJECTS + words.IDEAS + words.PLACES)
    )
    value = rng.choice(
        [
            pseudo,
            coined,
            lambda r: r.choice(words.ADJECTIVES),
            person,
            price,
            date,
            number(1, 500),
            features,
            code,
        ]
    )(rng)
    phrases = (
        ("vp", f"has a {noun} of <v>"),
        ("of", f"the {noun} is <v>"),
        ("vp", f"has <v> as its {noun}"),
        ("pp", f"with <v> as its {noun}"),
        ("pp", f"whose {noun} is <v>"),
        ("of", f"<p> {noun} is <v>"),
    )
    return Attribute((noun,), lambda _: value, phrases)


def draw_attributes(rng: random.Random, kind: Kind) -> list[Attribute]:
    """Some of the kind's attributes, at times with a yes-or-no and an invented one."""
    chosen = [ATTRIBUTES[key] for key in some(rng, kind.keys, 1, 5)]
    if kind.pronoun == "it" and chance(rng, 0.35):
        chosen.append(yes_no(rng))
    if chance(rng, 0.15):
        chosen.append(invented(rng))
    rng.shuffle(chosen)
    return chosen
