"""Values: prices, dates, codes, names of things, and which of them an attribute takes."""

import random
from collections.abc import Callable

from . import words
from .names import CITIES, COUNTRIES, city, coined, last, person, street
from .text import cap, listed

Value = Callable[[random.Random], str]

_ENDINGS = ["Pro", "Max", "Go", " One", " Plus", "Lite", "Tech", "Works"]


def one_of(text: str) -> Value:
    """A value from a list written with slashes."""
    items = text.split("/")
    return lambda rng: rng.choice(items)


def number(low: int, high: int, unit: str = "", step: int = 1) -> Value:
    """A whole number with a unit behind it."""
    return lambda rng: f"{rng.randrange(low, high + 1, step)}{unit}"


def price(rng: random.Random) -> str:
    """An amount of money in one of many shapes."""
    amount = rng.choice(
        [
            str(rng.randint(2, 99)),
            f"{rng.randint(1, 400)}.{rng.choice(['50', '99', '00', '20'])}",
            str(rng.randint(10, 900) * 10),
        ]
    )
    sign = rng.choice("$€£")
    return rng.choice(
        [
            f"{sign}{amount}",
            f"{sign}{amount}",
            f"{amount} euros",
            f"{amount} dollars",
            f"{amount} pounds",
        ]
    )


def date(rng: random.Random) -> str:
    """A day in one of many shapes."""
    day, month, year = rng.randint(1, 28), rng.choice(words.MONTHS), rng.randint(1950, 2030)
    return rng.choice(
        [f"{day} {month}", f"{month} {day}", f"{day} {month} {year}", f"{month} {day}, {year}"]
    )


def clock(rng: random.Random) -> str:
    """A time of day in one of many shapes."""
    hour = rng.randint(1, 12)
    return rng.choice(
        [
            f"{hour} {rng.choice(['am', 'pm'])}",
            f"{hour}:{rng.choice(['00', '15', '30', '45'])}",
            f"{hour} o'clock",
            f"{rng.randint(6, 23)}:{rng.choice(['00', '30'])}",
        ]
    )


def code(rng: random.Random) -> str:
    """An order or ticket number."""
    letters = "".join(rng.choices("ABCDEFGHKLMNPRSTVWXZ", k=rng.randint(1, 3)))
    digits = "".join(rng.choices("0123456789", k=rng.randint(3, 6)))
    return rng.choice([letters + digits, f"{letters}-{digits}", f"#{digits}", digits])


def venue(rng: random.Random) -> str:
    """The name of a place to eat, stay or meet."""
    noun = rng.choice(words.ANIMALS + words.OBJECTS + words.FOODS).capitalize()
    tone = rng.choice(words.ADJECTIVES + words.COLOURS).capitalize()
    return rng.choice(
        [
            f"The {tone} {noun}",
            f"The {noun}",
            f"{tone} {noun}",
            f"{last(rng)}'s",
            coined(rng, 2, 3),
            f"{coined(rng)} {noun}",
            f"The {noun} and {rng.choice(words.ANIMALS).capitalize()}",
            f"{rng.choice(CITIES)} {noun}",
            f"Café {coined(rng)}",
            f"{cap(rng.choice(words.ROLES))}'s {noun}",
        ]
    )


def brand(rng: random.Random) -> str:
    """The name of a product or a company."""
    return rng.choice(
        [
            coined(rng, 2, 3),
            f"{coined(rng)} {rng.randint(2, 900)}",
            f"{coined(rng)} {coined(rng, 1, 2)}",
            f"{coined(rng)}{rng.choice(_ENDINGS)}",
            f"{last(rng)} {rng.choice(words.OBJECTS).capitalize()}",
        ]
    )


def title(rng: random.Random) -> str:
    """The title of a book, film or song."""
    noun, tone = rng.choice(words.IDEAS + words.PLACES), rng.choice(words.ADJECTIVES)
    other = rng.choice(words.ROLES + words.ANIMALS)
    form = rng.choice(
        [
            f"The {tone} {noun}",
            f"{noun} and {other}",
            f"the {other}'s {noun}",
            f"{tone} {noun}",
            f"a {noun} in {city(rng)}",
            f"the last {other}",
            f"{coined(rng)}",
        ]
    )
    return " ".join(
        cap(word) if word not in {"and", "in", "a"} else word for word in cap(form).split(" ")
    )


def features(rng: random.Random) -> str:
    """Two or three things with adjectives, as a list."""
    return listed(
        [
            f"{rng.choice(words.ADJECTIVES)} {rng.choice(words.OBJECTS)}"
            for _ in range(rng.randint(1, 3))
        ]
    )


def rating(rng: random.Random) -> str:
    """How good guests or customers find it."""
    return rng.choice(
        [
            f"{rng.randint(1, 5)} out of 5",
            f"{rng.randint(1, 5)} stars",
            "low",
            "high",
            "average",
            "excellent",
            "poor",
            "good",
            f"{rng.randint(1, 9)}.{rng.randint(0, 9)}/10",
            f"{rng.randint(1, 10)} out of 10",
        ]
    )


def digits(rng: random.Random) -> str:
    """A telephone number."""
    return "".join(rng.choices("0123456789", k=rng.randint(6, 9)))


def from_list(items: list[str]) -> Value:
    """A value from a list."""
    return lambda rng: rng.choice(items)


PRICE_RANGES = (
    "cheap/moderate/high/low/expensive/average/reasonable/fair/less than £15/£20-30/"
    "more than £40/mid-range/budget"
)
AREAS = (
    "old town/harbour/city centre/riverside/station district/northern suburbs/"
    "university quarter/seafront/town square/market hall/business park/hills/west end/"
    "docklands/outskirts/countryside"
)

# the value of each attribute of `phrases/attributes.json`
VALUES: dict[str, Value] = {
    "cuisine": from_list(words.CUISINES),
    "price_range": one_of(PRICE_RANGES),
    "rating": rating,
    "area": one_of(AREAS),
    "near": venue,
    "city": city,
    "open": clock,
    "owner": person,
    "cost": price,
    "colour": from_list(words.COLOURS),
    "material": from_list(words.MATERIALS),
    "year": number(1850, 2030),
    "maker": brand,
    "features": features,
    "genre": from_list(words.GENRES),
    "author": person,
    "date": date,
    "time": clock,
    "job": from_list(words.ROLES),
    "age": number(18, 90),
    "born": date,
    "home": city,
    "country": from_list(COUNTRIES),
    "hobby": from_list(words.SUBJECTS),
    "size": one_of("small/large/medium/compact/tiny/huge/pocket-sized/full-size/slim"),
    "weight": number(1, 90, " kg"),
    "length": number(5, 180, " minutes", 5),
    "people": number(20, 9000, "", 10),
    "street": street,
    "phone": digits,
    "subject": from_list(words.SUBJECTS),
}
