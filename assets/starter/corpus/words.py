"""Word lists, by what a word can do in a sentence."""

from . import tables

_WORDS: dict[str, list[str]] = tables.load("words")

ROLES = _WORDS["roles"]
OBJECTS = _WORDS["objects"]
FOODS = _WORDS["foods"]
ANIMALS = _WORDS["animals"]
PLACES = _WORDS["places"]
IDEAS = _WORDS["ideas"]
ADJECTIVES = _WORDS["adjectives"]
ADVERBS = _WORDS["adverbs"]
COLOURS = _WORDS["colours"]
MATERIALS = _WORDS["materials"]
CUISINES = _WORDS["cuisines"]
SUBJECTS = _WORDS["subjects"]
GENRES = _WORDS["genres"]
MONTHS = _WORDS["months"]
DAYS = _WORDS["days"]
NUMBERS = _WORDS["numbers"]

# base form, past, -ing, and what it takes: letters of KINDS, or a dash for nothing
VERBS = [tuple(line.split(" ")) for line in _WORDS["verbs"]]
KINDS = {"o": OBJECTS, "f": FOODS, "p": ROLES, "a": ANIMALS, "i": IDEAS, "l": PLACES}
