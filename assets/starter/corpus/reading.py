"""Tasks about a passage: classify it, find something in it, answer a question on it."""

import random

from . import tables, words
from .cases import PROBLEMS, draw_case, due
from .chats import transcript
from .clauses import sentence
from .document import Document, instruct
from .frames import sentences
from .names import city, coined, first, person, street
from .text import chance, expand, some
from .values import clock, code, date, price

_WORDS = tables.load("reading")


def _fill(rng: random.Random, pattern: str) -> str:
    return expand(
        rng,
        pattern,
        o=code(rng),
        p=price(rng),
        s=street(rng),
        c=city(rng),
        n=person(rng),
        d=date(rng),
    )


def topic(rng: random.Random) -> Document:
    """Which of the named topics a message has."""
    options = rng.sample(list(_WORDS["topics"]), rng.randint(2, 6))
    right = rng.choice(options)
    text = ". ".join(_fill(rng, p) for p in some(rng, _WORDS["topics"][right], 1, 2)) + "."
    if chance(rng, 0.3):
        hello = rng.choice(["Hello.", "Hi there,", "Good morning."])
        text = f"{hello} {text} {rng.choice(['Thanks', 'Regards', 'Best'])}, {first(rng)}"
    ask = expand(
        rng,
        "{classify|label|sort} {this|the} {message|text|mail}: <o>",
        o=rng.choice([", ", " or ", " / "]).join(options),
    )
    return instruct(rng, "classify", ask, text, right)


def sentiment(rng: random.Random) -> Document:
    """Positive, negative or mixed."""
    label, pool = rng.choice(
        [("positive", _WORDS["good"]), ("negative", _WORDS["bad"]), ("neutral", _WORDS["even"])]
    )
    parts = some(rng, pool, 1, 3)
    if chance(rng, 0.4):
        parts.insert(0, f"I bought a {rng.choice(words.ADJECTIVES)} {rng.choice(words.OBJECTS)}")
    ask = rng.choice(
        [
            "{is this review|is the text} positive, negative or neutral",
            "{what is|give} the sentiment{| of this review}",
            "classify the {sentiment|mood|review} as positive, negative or neutral",
        ]
    )
    return instruct(
        rng,
        "sentiment",
        expand(rng, ask),
        ". ".join(p[0].upper() + p[1:] for p in parts) + ".",
        label,
    )


def urgency(rng: random.Random) -> Document:
    """How urgent a support chat or message is."""
    wrong, _, remedy = rng.choice(PROBLEMS)
    level = {
        "recall": "high",
        "trace": "medium",
        "refund": "medium",
        "repair": "medium",
        "update": "high",
        "cancel": "high",
        "reset": "low",
    }.get(remedy, "low")
    text = f"My {rng.choice(words.OBJECTS)} {expand(rng, wrong)}. {sentence(rng)}"
    return instruct(
        rng,
        "urgency",
        expand(rng, "{how urgent is this|rate the urgency}: low, medium or high"),
        text,
        level,
    )


def fields(rng: random.Random) -> Document:
    """Named fields out of a message with other things in it."""
    values = {
        "name": person(rng),
        "city": city(rng),
        "date": date(rng),
        "order number": code(rng),
        "price": price(rng),
        "street": street(rng),
        "time": clock(rng),
    }
    shapes = {
        "name": "my name is <v>",
        "city": "I live in <v>",
        "date": "I need it on <v>",
        "order number": "the order is <v>",
        "price": "I paid <v>",
        "street": "please send it to <v>",
        "time": "call me at <v>",
    }
    chosen = rng.sample(list(values), rng.randint(2, 5))
    text = ". ".join(shapes[k].replace("<v>", values[k]) for k in chosen) + ". " + sentence(rng)
    wanted = rng.sample(chosen, rng.randint(1, len(chosen)))
    ask = expand(
        rng,
        "{extract|find|give} the <k>",
        k=" and the ".join(wanted) if len(wanted) < 3 else ", ".join(wanted),
    )
    answer = (
        values[wanted[0]] if len(wanted) == 1 else "\n".join(f"{k}: {values[k]}" for k in wanted)
    )
    return instruct(rng, "extract", ask, text[0].upper() + text[1:], answer)


def passage(rng: random.Random) -> tuple[str, list[tuple[str, str]]]:
    """A small story with questions that it answers."""
    who, where, friend = person(rng), city(rng), first(rng)
    job, item, animal = (
        rng.choice(words.ROLES),
        rng.choice(words.OBJECTS),
        rng.choice(words.ANIMALS),
    )
    when, cost, adjective = date(rng), price(rng), rng.choice(words.ADJECTIVES)
    name = who.split(" ")[0]
    facts = [
        (
            f"{who} is a {job} from {where}.",
            [(f"Where is {name} from?", where), (f"What does {name} do?", f"{name} is a {job}.")],
        ),
        (
            f"On {when} {name} bought a {adjective} {item} for {cost}.",
            [
                (f"What did {name} buy?", f"A {adjective} {item}."),
                (f"How much did the {item} cost?", cost),
                (f"When did {name} buy the {item}?", f"On {when}."),
            ],
        ),
        (f"{name} lives with a {animal} called {coined(rng)}.", []),
        (f"{friend} wanted to borrow the {item}.", [(f"Who wanted to borrow the {item}?", friend)]),
        (sentence(rng), []),
        (sentence(rng), []),
    ]
    head, rest = facts[0], facts[1:]
    rng.shuffle(rest)
    kept = [head, *rest[: rng.randint(2, 5)]]
    return " ".join(f[0] for f in kept), [q for f in kept for q in f[1]]


def question(rng: random.Random) -> Document:
    """An answer out of a passage, or that it does not say."""
    text, questions = passage(rng)
    if chance(rng, 0.1):
        ask, answer = rng.choice(
            [
                ("Who called in the evening?", "The text does not say."),
                ("What is the weather like?", "The text does not say."),
            ]
        )
    else:
        ask, answer = rng.choice(questions)
    layout = rng.choice(
        [
            "<x>\n\n<q>",
            "<q>\n\n<x>",
            "Text: <x>\nQuestion: <q>",
            "Read this: <x>\n<q>",
            "Answer the question.\n<x>\n<q>",
        ]
    )
    body = layout.replace("<x>", text).replace("<q>", ask)
    return (
        instruct(rng, "question", expand(rng, "answer {the question|from the text}"), body, answer)
        if chance(rng, 0.3)
        else instruct(rng, "question", ask.rstrip("?") + "?", text, answer)
    )


def chat_question(rng: random.Random) -> Document:
    """A question about a support chat."""
    case = draw_case(rng)
    ask, answer = rng.choice(
        [
            ("who is the customer", case.customer),
            ("what is the order number", case.order),
            ("which item is it about", case.item),
            ("what is the name of the agent", case.agent),
            ("by when is it done", case.when),
            ("what is the problem", case.issue),
            ("how does the customer feel", case.mood),
        ]
    )
    return instruct(rng, "question", ask, transcript(rng, case), answer)


def long_passage(rng: random.Random) -> Document:
    """A fact hidden in a long text, so that far places are read too."""
    key, secret = coined(rng, 2, 3), code(rng)
    lines = sentences(rng, 15, 50)
    lines.insert(rng.randrange(len(lines)), f"The code of {key} is {secret}.")
    return instruct(rng, "long", f"what is the code of {key}", " ".join(lines), secret)


def appointment(rng: random.Random) -> Document:
    """Who, when and where out of a note."""
    who, when, hour, where = person(rng), date(rng), clock(rng), street(rng)
    text = expand(
        rng,
        "{Meeting|Appointment|Lunch|A visit} with <w> on <d> at <h>, <s>. "
        "{Bring|Don't forget} the <i>.",
        w=who,
        d=when,
        h=hour,
        s=where,
        i=rng.choice(words.OBJECTS),
    )
    ask, answer = rng.choice(
        [
            ("when is it", f"On {when} at {hour}."),
            ("who is it with", who),
            ("where is it", where),
            ("make it a calendar line", f"{when}, {hour}: {who}, {where}"),
        ]
    )
    return (
        instruct(rng, "extract", ask, text, answer)
        if chance(rng, 0.8)
        else instruct(
            rng,
            "extract",
            "add a deadline line",
            text,
            f"{text}\nDeadline: {due(rng)}",
        )
    )
