"""The mixture: how often each task, chats of several turns, inputs with no instruction."""

import random
from collections.abc import Callable, Iterator

from . import cases, chats, describe, dialogues, edits, prose, reading, summaries, writing
from .document import Document, Turn, instruct
from .frames import sentences
from .text import chance, expand

Task = Callable[[random.Random], Document]


def support(rng: random.Random) -> Document:
    """A support chat told in the style that the instruction names."""
    case = cases.draw_case(rng)
    style = rng.choice(list(summaries.STYLES))
    ask = expand(rng, rng.choice(summaries.STYLES[style]))
    return instruct(
        rng, f"support/{style}", ask, chats.transcript(rng, case), summaries.summary(case, style)
    )


_UNSURE = {
    "chat": "What should I do with this chat?",
    "dialogue": "What should I do with this dialogue?",
    "facts": "What should I do with these facts?",
    "text": "What should I do with this text?",
}


def bare(rng: random.Random) -> Document:
    """An input with no instruction at all: the answer asks for one."""
    kind = rng.choice(list(_UNSURE))
    if kind == "chat":
        text = chats.transcript(rng, cases.draw_case(rng))
    elif kind == "dialogue":
        text = dialogues.dialogue(rng)[0]
    elif kind == "facts":
        text = describe.notation(rng, describe.draw_thing(rng).pairs("name"))
    else:
        text = rng.choice(
            [
                lambda r: " ".join(sentences(r, 1, 5)),
                lambda r: describe.say(r, describe.draw_thing(r)),
                lambda r: reading.passage(r)[0],
                edits.snippet,
            ]
        )(rng)
    return Document("bare", (Turn(text, _UNSURE[kind]),))


TASKS: dict[Task, float] = {
    support: 16,
    dialogues.summarize: 12,
    describe.describe: 18,
    describe.undescribe: 3,
    describe.one_field: 3,
    describe.fill: 4,
    writing.reply: 5,
    writing.tone: 3,
    writing.tense: 2.5,
    writing.titled: 1.5,
    writing.listing: 2,
    writing.go_on: 2,
    writing.combine: 1.5,
    writing.mail: 2,
    writing.shorten: 1.5,
    writing.review: 1.5,
    writing.compare: 0.5,
    edits.copy: 5,
    edits.letters: 2.5,
    edits.order: 3,
    edits.replace: 2,
    edits.correct: 2.5,
    edits.convert: 2,
    reading.topic: 2.5,
    reading.sentiment: 1.5,
    reading.urgency: 0.7,
    reading.fields: 2.5,
    reading.question: 4,
    reading.chat_question: 2.5,
    reading.long_passage: 0.7,
    reading.appointment: 1.5,
    bare: 2.5,
    prose.prose: 6,
}


def one(rng: random.Random) -> Document:
    """A document of a random task."""
    return rng.choices(list(TASKS), list(TASKS.values()))[0](rng)


def several(rng: random.Random) -> Document:
    """Two to four exchanges in one conversation, of different tasks."""
    parts = [d for d in (one(rng) for _ in range(rng.randint(2, 4))) if d.turns and not d.system]
    if not parts:
        return one(rng)
    return Document("turns", tuple(t for d in parts for t in d.turns))


def same_again(rng: random.Random) -> Document:
    """The same task a few times, with its instruction only at the start: examples in the prompt."""
    style = rng.choice(list(summaries.STYLES))
    kind = rng.random()
    count = rng.randint(2, 4)
    if kind < 0.5:
        drawn = [cases.draw_case(rng) for _ in range(count)]
        pairs = [(chats.transcript(rng, c), summaries.summary(c, style)) for c in drawn]
        ask = expand(rng, rng.choice(summaries.STYLES[style]))
    else:
        things = [describe.draw_thing(rng) for _ in range(count)]
        pairs = [(describe.notation(rng, t.pairs("name")), describe.say(rng, t)) for t in things]
        ask = rng.choice(["describe each thing", "turn the facts into text", "write a description"])
    opened = instruct(rng, "turns", ask, *pairs[0])
    return Document("turns", (*opened.turns, *(Turn(*p) for p in pairs[1:])), system=opened.system)


def documents(seed: int) -> Iterator[Document]:
    """Documents without end; the same seed gives the same ones."""
    rng = random.Random(seed)
    while True:
        form = rng.random()
        yield several(rng) if form < 0.05 else same_again(rng) if chance(rng, 0.03) else one(rng)
