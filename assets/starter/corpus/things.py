"""Kinds of things and their attributes, each with the phrases that say it."""

import random
from collections.abc import Callable
from dataclasses import dataclass

from . import words
from .names import CITIES, city, coined, last, person, pseudo, street
from .text import cap, chance, listed, some

Value = Callable[[random.Random], str]


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
    """A kind of thing: its nouns, how one is called, its attributes, the pronoun."""

    nouns: tuple[str, ...]
    name: Value
    attributes: tuple[Attribute, ...]
    pronoun: str = "it"


def attribute(names: str, value: Value, *phrases: str) -> Attribute:
    """Shorthand: names split at slashes, phrases written as "place: words"."""
    pairs = tuple((p.split(": ", 1)[0], p.split(": ", 1)[1]) for p in phrases)
    return Attribute(tuple(names.split("/")), value, pairs)


def one_of(text: str) -> Value:
    """A value from a list written with slashes."""
    items = text.split("/")
    return lambda rng: rng.choice(items)


def number(low: int, high: int, unit: str = "", step: int = 1) -> Value:
    """A whole number with a unit behind it."""
    return lambda rng: f"{rng.randrange(low, high + 1, step)}{unit}"


def price(rng: random.Random) -> str:
    """An amount of money in one of many shapes."""
    amount = rng.choice([str(rng.randint(2, 99)), f"{rng.randint(1, 400)}.{rng.choice(['50', '99', '00', '20'])}",
                         str(rng.randint(10, 900) * 10)])
    sign = rng.choice("$€£")
    return rng.choice([f"{sign}{amount}", f"{sign}{amount}", f"{amount} euros", f"{amount} dollars", f"{amount} pounds"])


def date(rng: random.Random) -> str:
    """A day in one of many shapes."""
    day, month, year = rng.randint(1, 28), rng.choice(words.MONTHS), rng.randint(1950, 2030)
    return rng.choice([f"{day} {month}", f"{month} {day}", f"{day} {month} {year}", f"{month} {day}, {year}"])


def clock(rng: random.Random) -> str:
    """A time of day in one of many shapes."""
    hour = rng.randint(1, 12)
    return rng.choice([f"{hour} {rng.choice(['am', 'pm'])}", f"{hour}:{rng.choice(['00', '15', '30', '45'])}",
                       f"{hour} o'clock", f"{rng.randint(6, 23)}:{rng.choice(['00', '30'])}"])


def code(rng: random.Random) -> str:
    """An order or ticket number."""
    letters = "".join(rng.choices("ABCDEFGHKLMNPRSTVWXZ", k=rng.randint(1, 3)))
    digits = "".join(rng.choices("0123456789", k=rng.randint(3, 6)))
    return rng.choice([letters + digits, f"{letters}-{digits}", f"#{digits}", digits])


def venue(rng: random.Random) -> str:
    """The name of a place to eat, stay or meet."""
    noun = rng.choice(words.ANIMALS + words.OBJECTS + words.FOODS).capitalize()
    tone = rng.choice(words.ADJECTIVES + words.COLOURS).capitalize()
    return rng.choice([f"The {tone} {noun}", f"The {noun}", f"{tone} {noun}", f"{last(rng)}'s", coined(rng, 2, 3),
                       f"{coined(rng)} {noun}", f"The {noun} and {rng.choice(words.ANIMALS).capitalize()}",
                       f"{rng.choice(CITIES)} {noun}", f"Café {coined(rng)}", f"{cap(rng.choice(words.ROLES))}'s {noun}"])


def brand(rng: random.Random) -> str:
    """The name of a product or a company."""
    return rng.choice([coined(rng, 2, 3), f"{coined(rng)} {rng.randint(2, 900)}", f"{coined(rng)} {coined(rng, 1, 2)}",
                       f"{coined(rng)}{rng.choice(['Pro', 'Max', 'Go', ' One', ' Plus', 'Lite', 'Tech', 'Works'])}",
                       f"{last(rng)} {rng.choice(words.OBJECTS).capitalize()}"])


def title(rng: random.Random) -> str:
    """The title of a book, film or song."""
    noun, tone = rng.choice(words.IDEAS + words.PLACES), rng.choice(words.ADJECTIVES)
    other = rng.choice(words.ROLES + words.ANIMALS)
    form = rng.choice([f"The {tone} {noun}", f"{noun} and {other}", f"the {other}'s {noun}", f"{tone} {noun}",
                       f"a {noun} in {city(rng)}", f"the last {other}", f"{coined(rng)}"])
    return " ".join(cap(word) if word not in {"and", "in", "a"} else word for word in cap(form).split(" "))


def features(rng: random.Random) -> str:
    """Two or three things with adjectives, as a list."""
    return listed([f"{rng.choice(words.ADJECTIVES)} {rng.choice(words.OBJECTS)}" for _ in range(rng.randint(1, 3))])


_CUISINE = attribute("food/cuisine/kitchen/serves/food type/menu", lambda r: r.choice(words.CUISINES), "adj: <v>",
                     "vp: serves <v> food", "vp: offers <v> dishes", "vp: has <v> food", "pp: serving <v> food",
                     "pp: with a <v> menu", "vp: cooks <v> meals", "of: the food is <v>", "vp: specialises in <v> cooking")
_PRICE_RANGE = attribute("priceRange/price range/prices/cost/price", one_of(
    "cheap/moderate/high/low/expensive/average/reasonable/fair/less than £15/£20-30/more than £40/mid-range/budget"),
    "pp: with <v> prices", "of: prices are <v>", "pp: in the <v> price range", "vp: has a <v> price range",
    "vp: is <v> in price", "of: the price range is <v>")
_RATING = attribute("rating/customer rating/stars/score/review", lambda r: r.choice([
    f"{r.randint(1, 5)} out of 5", f"{r.randint(1, 5)} stars", "low", "high", "average", "excellent", "poor", "good",
    f"{r.randint(1, 9)}.{r.randint(0, 9)}/10", f"{r.randint(1, 10)} out of 10"]), "pp: with a rating of <v>",
    "vp: has a customer rating of <v>", "vp: is rated <v>", "pp: rated <v>", "of: customers rate it <v>",
    "of: its rating is <v>", "vp: gets a <v> rating from its guests")
_AREA = attribute("area/location/district/part of town/setting", one_of(
    "old town/harbour/city centre/riverside/station district/northern suburbs/university quarter/seafront/town square/"
    "market hall/business park/hills/west end/docklands/outskirts/countryside"), "pp: in the <v>", "vp: is in the <v>",
    "vp: is located in the <v> area", "vp: can be found in the <v>", "pp: located in the <v>", "pp: by the <v>")
_NEAR = attribute("near/next to/landmark/close to/nearby", venue, "pp: near <v>", "vp: is near <v>", "pp: close to <v>",
                  "vp: is located next to <v>", "vp: stands beside <v>", "pp: not far from <v>", "of: <v> is nearby")
_CITY = attribute("city/town/location/based in/place", city, "pp: in <v>", "vp: is in <v>", "vp: is located in <v>",
                  "pp: from <v>", "of: you will find it in <v>", "pp: based in <v>")
_OPEN = attribute("opens/opening time/open from/hours", clock, "vp: opens at <v>", "of: the doors open at <v>",
                  "pp: open from <v>", "pp: opening at <v>")
_OWNER = attribute("owner/manager/run by/host/chef", person, "vp: is run by <v>", "pp: run by <v>", "vp: belongs to <v>",
                   "of: the owner is <v>", "pp: owned by <v>")
_COST = attribute("price/cost/fee/costs", price, "vp: costs <v>", "pp: for <v>", "of: the price is <v>", "pp: at <v>",
                  "vp: sells for <v>", "vp: is available for <v>")
_COLOUR = attribute("colour/color/finish/shade", lambda r: r.choice(words.COLOURS), "adj: <v>", "vp: is <v>",
                    "pp: in <v>", "vp: comes in <v>")
_MATERIAL = attribute("material/made of/body", lambda r: r.choice(words.MATERIALS), "adj: <v>", "vp: is made of <v>",
                      "pp: made of <v>", "pp: in <v>")
_YEAR = attribute("year/released/founded/built/since", number(1850, 2030), "vp: dates from <v>", "pp: from <v>",
                  "of: the year is <v>", "vp: has been around since <v>")
_MAKER = attribute("maker/brand/company/manufacturer", brand, "vp: is made by <v>", "pp: by <v>", "pp: from <v>",
                   "of: the maker is <v>")
_FEATURES = attribute("features/includes/equipment/extras/comes with", features, "vp: comes with <v>", "pp: with <v>",
                      "vp: includes <v>", "vp: has <v>", "of: <v> are included")
_GENRE = attribute("genre/type/style/category", lambda r: r.choice(words.GENRES), "adj: <v>",
                   "of: the genre is <v>", "vp: belongs to the <v> genre")
_AUTHOR = attribute("author/by/director/artist/creator/writer", person, "pp: by <v>", "vp: is by <v>",
                    "of: the author is <v>", "vp: was created by <v>", "pp: from <v>")
_DATE = attribute("date/when/day/on", date, "pp: on <v>", "vp: takes place on <v>", "vp: starts on <v>", "vp: is on <v>")
_TIME = attribute("time/starts/begins", clock, "vp: begins at <v>", "pp: at <v>", "vp: starts at <v>")
_JOB = attribute("job/occupation/profession/role/work", lambda r: r.choice(words.ROLES), "vp: works as a <v>",
                 "of: <p> job is <v>", "vp: is employed as a <v>", "vp: earns a living as a <v>")
_AGE = attribute("age/years", number(18, 90), "vp: is <v> years old", "of: <p> age is <v>", "vp: is <v>")
_BORN = attribute("born/birth date/birthday", date, "vp: was born on <v>")
_HOME = attribute("home/lives in/city/residence/birthplace", city, "vp: lives in <v>", "pp: from <v>", "pp: of <v>",
                  "vp: has a home in <v>")
_COUNTRY = attribute("country/nationality/nation", lambda r: r.choice(words_countries()), "pp: in <v>", "pp: from <v>",
                     "vp: comes from <v>")
_HOBBY = attribute("hobby/likes/interest/studies", lambda r: r.choice(words.SUBJECTS), "vp: likes <v>",
                   "vp: is interested in <v>", "vp: enjoys <v>", "vp: knows a lot about <v>")
_SIZE = attribute("size/format/build", one_of("small/large/medium/compact/tiny/huge/pocket-sized/full-size/slim"),
                  "adj: <v>", "vp: is <v>")
_WEIGHT = attribute("weight/weighs", number(1, 90, " kg"), "vp: weighs <v>", "pp: weighing <v>", "of: its weight is <v>")
_LENGTH = attribute("length/duration/lasts", number(5, 180, " minutes", 5), "vp: lasts <v>", "vp: is <v> long",
                    "pp: lasting <v>")
_PEOPLE = attribute("population/capacity/seats/guests/places", number(20, 9000, "", 10), "pp: for <v> people",
                    "vp: holds <v> people", "vp: has room for <v> people", "of: the capacity is <v>")
_STREET = attribute("address/street/where", street, "pp: on <v>", "vp: is at <v>", "of: the address is <v>",
                    "of: you will find it at <v>")
_PHONE = attribute("phone/telephone/call", lambda r: "".join(r.choices("0123456789", k=r.randint(6, 9))),
                   "of: call <v> for details", "of: the phone number is <v>", "vp: can be reached on <v>")
_SUBJECT = attribute("subject/topic/field/theme", lambda r: r.choice(words.SUBJECTS), "pp: about <v>", "pp: on <v>",
                     "vp: covers <v>", "of: the subject is <v>", "vp: deals with <v>")


def words_countries() -> list[str]:
    """The countries, read late to keep the table above short."""
    from .names import COUNTRIES

    return COUNTRIES


def yes_no(rng: random.Random) -> Attribute:
    """An attribute that is yes or no, its phrases fitted to one of many features."""
    key, good, bad = rng.choice(YES_NO)
    said = chance(rng, 0.5)
    names = tuple(key.split("/"))
    value = rng.choice(["yes", "true"]) if said else rng.choice(["no", "false"])
    phrases = tuple(tuple(p.split(": ", 1)) for p in (good if said else bad))
    return Attribute(names, lambda _: value, phrases)  # type: ignore[arg-type]


YES_NO: list[tuple[str, list[str], list[str]]] = [
    ("familyFriendly/child friendly/kids welcome", ["adj: family-friendly", "vp: is child friendly",
     "vp: welcomes children", "vp: is good for families", "of: children are welcome"],
     ["vp: is not family-friendly", "vp: does not welcome children", "vp: is for adults only", "of: it is not a place for children"]),
    ("pets/dogs allowed/petFriendly", ["vp: allows pets", "adj: pet-friendly", "of: dogs are welcome"],
     ["vp: does not allow pets", "of: pets must stay at home", "pp: without room for pets"]),
    ("parking/car park", ["pp: with parking", "vp: has parking", "of: there is parking"],
     ["pp: without parking", "vp: has no parking", "of: there is no parking"]),
    ("wifi/internet", ["pp: with free internet", "vp: has wifi"], ["pp: without internet", "vp: offers no wifi"]),
    ("takeaway/delivery", ["vp: delivers", "vp: offers takeaway"], ["vp: does not deliver", "vp: offers no takeaway"]),
    ("outdoor/terrace/garden", ["pp: with a terrace", "vp: has seats outside"], ["pp: without a terrace",
     "vp: has no seats outside"]),
    ("accessible/step-free", ["vp: is easy to reach by wheelchair", "adj: accessible"], ["vp: is not accessible by wheelchair"]),
    ("waterproof/water resistant", ["adj: waterproof", "vp: is waterproof"], ["vp: is not waterproof"]),
    ("available/in stock", ["vp: is in stock", "adj: available"], ["vp: is sold out", "vp: is not available"]),
    ("booking/reservation needed", ["of: you need to book", "vp: must be booked ahead"], ["of: you do not need to book"]),
]

KINDS: list[Kind] = [
    Kind(("restaurant", "pub", "coffee shop", "café", "bistro", "bar", "diner", "place to eat", "tea room"), venue,
         (_CUISINE, _PRICE_RANGE, _RATING, _AREA, _NEAR, _OPEN, _OWNER, _CITY, _STREET, _PEOPLE)),
    Kind(("restaurant", "pub", "coffee shop", "café", "eatery", "venue", "snack bar"), venue,
         (_CUISINE, _PRICE_RANGE, _RATING, _AREA, _NEAR)),
    Kind(("hotel", "hostel", "guest house", "inn", "lodge", "campsite"), venue,
         (_PRICE_RANGE, _RATING, _AREA, _NEAR, _CITY, _STREET, _OWNER, _PHONE, _PEOPLE)),
    Kind(("museum", "park", "theatre", "gallery", "cinema", "zoo", "library", "stadium", "market"), venue,
         (_RATING, _AREA, _NEAR, _OPEN, _CITY, _YEAR, _COST, _PEOPLE, _SUBJECT)),
    Kind(tuple(words.OBJECTS), brand, (_COLOUR, _MATERIAL, _MAKER, _COST, _FEATURES, _SIZE, _WEIGHT, _RATING, _YEAR)),
    Kind(("phone", "camera", "car", "bicycle", "vacuum cleaner", "washing machine", "game console", "headset"), brand,
         (_COLOUR, _MAKER, _COST, _FEATURES, _SIZE, _WEIGHT, _YEAR, _RATING)),
    Kind(("book", "film", "song", "novel", "album", "play", "series", "game"), title,
         (_GENRE, _AUTHOR, _YEAR, _LENGTH, _RATING, _SUBJECT, _COST)),
    Kind(("concert", "festival", "conference", "meeting", "exhibition", "fair", "party", "workshop", "race"), title,
         (_DATE, _TIME, _CITY, _COST, _SUBJECT, _PEOPLE, _LENGTH, _OWNER, _NEAR)),
    Kind(("course", "lesson", "lecture", "class", "training"), title,
         (_SUBJECT, _DATE, _TIME, _COST, _LENGTH, _PEOPLE, _CITY)),
    Kind(("company", "shop", "start-up", "firm", "charity", "club", "school", "team"), brand,
         (_CITY, _YEAR, _OWNER, _SUBJECT, _PEOPLE, _PHONE, _COUNTRY, _STREET)),
    Kind(("app", "service", "website", "tool", "program"), brand,
         (_COST, _MAKER, _FEATURES, _RATING, _YEAR, _SUBJECT)),
    Kind(("flat", "house", "apartment", "cottage", "room", "office"), venue,
         (_COST, _CITY, _STREET, _NEAR, _SIZE, _FEATURES, _AREA, _YEAR)),
    Kind(("woman", "person"), person, (_JOB, _AGE, _BORN, _HOME, _HOBBY), "she"),
    Kind(("man", "person"), person, (_JOB, _AGE, _BORN, _HOME, _HOBBY), "he"),
    Kind(("village", "town", "city", "island"), city, (_COUNTRY, _PEOPLE, _YEAR, _NEAR, _FEATURES)),
    Kind(tuple(words.ANIMALS), coined, (_COLOUR, _AGE, _WEIGHT, _HOME, _SIZE, _OWNER)),
    Kind(tuple(words.FOODS), brand, (_CUISINE, _COST, _WEIGHT, _COLOUR, _MAKER, _RATING)),
]


def invented(rng: random.Random) -> Attribute:
    """An attribute the tables do not know: any noun or an invented word as key, anything as value."""
    noun = pseudo(rng) if chance(rng, 0.4) else rng.choice(words.OBJECTS + words.IDEAS + words.PLACES)
    value = rng.choice([pseudo, coined, lambda r: r.choice(words.ADJECTIVES), person, price, date,
                        number(1, 500), features, code])(rng)
    phrases = (("vp", f"has a {noun} of <v>"), ("of", f"the {noun} is <v>"), ("vp", f"has <v> as its {noun}"),
               ("pp", f"with <v> as its {noun}"), ("pp", f"whose {noun} is <v>"), ("of", f"<p> {noun} is <v>"))
    return Attribute((noun,), lambda _: value, phrases)


def draw_attributes(rng: random.Random, kind: Kind) -> list[Attribute]:
    """Some of the kind's attributes, at times with a yes-or-no and an invented one."""
    chosen = some(rng, kind.attributes, 1, 5)
    if kind.pronoun == "it" and chance(rng, 0.35):
        chosen.append(yes_no(rng))
    if chance(rng, 0.15):
        chosen.append(invented(rng))
    rng.shuffle(chosen)
    return chosen
