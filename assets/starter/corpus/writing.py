"""Tasks that write: replies, tones, titles, lists, mails, stories, and going on with a text."""

import random

from . import tables, words
from .cases import PROBLEMS, Case, draw_case
from .clauses import predicate
from .describe import draw_thing, say
from .dialogues import ACTIVITIES, CHORES
from .document import Document, Turn, instruct, lead
from .frames import sentences
from .names import city, first, person
from .summaries import third
from .text import article, cap, chance, expand, listed
from .values import clock, date

_WORDS = tables.load("writing")
REPLIES: dict[str, str] = _WORDS["replies"]
TONES: dict[str, str] = _WORDS["tones"]


def message(rng: random.Random, case: Case) -> str:
    """A short mail of the case's customer."""
    return expand(
        rng,
        rng.choice(_WORDS["message"]),
        i=case.item,
        n=article(case.item),
        o=case.order,
        w=case.wrong,
        y=case.wish,
        c=case.customer,
    )


def reply(rng: random.Random) -> Document:
    """An answer to a customer in the tone that is asked for, with the remedy given."""
    case = draw_case(rng)
    tone = rng.choice(list(REPLIES))
    ask = expand(rng, "{reply to|answer|write back to} {this|the} {customer|message|mail}") + tone
    notes = expand(
        rng,
        "{Agent|Signed by|From}: <a>\n{Offer|Do|Action}: <p> <t>",
        a=case.agent,
        p=case.promise,
        t=case.when,
    )
    text = f"{message(rng, case)}\n{notes}"
    answer = expand(
        rng,
        REPLIES[tone],
        f=case.customer.split(" ")[0] if case.customer in text else "customer",
        c=case.customer if case.customer in text else "customer",
        p=case.promise,
        t=case.when,
        a=case.agent,
        i=case.item,
        w=case.wrong,
        o=case.order,
    )
    return instruct(rng, "reply", ask, text, answer)


def tone(rng: random.Random) -> Document:
    """A request said again in another tone."""
    act = rng.choice(ACTIVITIES + CHORES) if chance(rng, 0.5) else predicate(rng, "base")
    source, target = rng.sample(list(TONES), 2)
    forms = {k: TONES[k].replace("<v>", act).replace("<V>", cap(act)) for k in (source, target)}
    how = (
        target
        if target.startswith("as ")
        else f"in a {target} {rng.choice(['tone', 'way', 'style'])}"
    )
    ask = expand(rng, "{rewrite|say|rephrase|put} {this|it} ") + how
    return instruct(rng, "tone", ask, forms[source], forms[target])


def tense(rng: random.Random) -> Document:
    """A sentence moved in time, or denied."""
    who = rng.choice(
        [first(rng), "the " + rng.choice(words.ROLES), "my " + rng.choice(words.ROLES)]
    )
    base, past, ing, takes = rng.choice(words.VERBS)
    rest = "" if takes == "-" else " the " + rng.choice(words.KINDS[rng.choice(takes)])
    forms = {
        "the past": f"{who} {past}{rest}",
        "the future": f"{who} will {base}{rest}",
        "the progressive": f"{who} is {ing}{rest}",
        "a question": f"did {who} {base}{rest}?",
        "the negative": f"{who} did not {base}{rest}",
        "an order": f"{base}{rest}!",
    }
    source, target = rng.sample(list(forms), 2)
    done = {k: cap(v) + ("" if v[-1] in "?!" else ".") for k, v in forms.items()}
    return instruct(
        rng,
        "tense",
        expand(rng, "{put|turn|rewrite} {this|the sentence} {in|into} <t>", t=target),
        done[source],
        done[target],
    )


def titled(rng: random.Random) -> Document:
    """A title for a text about one thing."""
    who, where, job = first(rng), city(rng), rng.choice(words.ROLES)
    act = rng.choice(ACTIVITIES)
    text = f"{who}, a {job} from {where}, wanted to {act}. {' '.join(sentences(rng, 1, 3))}"
    ask = expand(
        rng, "{find|give|write|suggest} a {title|headline} {for|to} {this|the} {text|story}"
    )
    return instruct(rng, "title", ask, text, f"{who} from {where} Wants to {cap(act)}")


_SHELVES = {
    "animals": words.ANIMALS,
    "kinds of food": words.FOODS,
    "jobs": words.ROLES,
    "colours": words.COLOURS,
    "things in a house": words.OBJECTS,
    "school subjects": words.SUBJECTS,
    "places": words.PLACES,
    "materials": words.MATERIALS,
    "days of the week": words.DAYS,
    "adjectives": words.ADJECTIVES,
    "kitchens of the world": words.CUISINES,
}


def listing(rng: random.Random) -> Document:
    """A list of so many things of a kind."""
    kind, shelf = rng.choice(list(_SHELVES.items()))
    count = rng.randint(2, 7)
    items = rng.sample(shelf, count)
    number = rng.choice([str(count), ["two", "three", "four", "five", "six", "seven"][count - 2]])
    letter, form = rng.choice(items)[0], rng.choice(["commas", "bullets", "numbers"])
    text = {
        "commas": ", ".join(items),
        "bullets": "\n".join(f"- {i}" for i in items),
        "numbers": "\n".join(f"{n}. {i}" for n, i in enumerate(items, 1)),
    }[form]
    how = {
        "commas": rng.choice(["", " with commas"]),
        "bullets": " as bullets",
        "numbers": " as a numbered list",
    }[form]
    if chance(rng, 0.2):
        fitting = [w for w in shelf if w.startswith(letter)]
        return Document(
            "list",
            (
                Turn(
                    lead(rng, f"name one of the {kind} that starts with {letter}"),
                    rng.choice(fitting),
                ),
            ),
        )
    ask = expand(rng, "{list|name|write down|give me} <n> <k>", n=number, k=kind) + how
    return Document("list", (Turn(lead(rng, ask), text),))


def go_on(rng: random.Random) -> Document:
    """The next sentence of a text about somebody, who stays the same."""
    who = first(rng)
    pronoun = rng.choice(["he", "she"])
    steps = [f"{pronoun} {predicate(rng)}" for _ in range(rng.randint(2, 5))]
    start = f"One day {who} {predicate(rng)}. {' '.join(cap(s) + '.' for s in steps[:-1])}"
    ask = expand(rng, "{continue|go on with|add a sentence to} {this|the} {story|text}")
    return instruct(rng, "continue", ask, start, cap(steps[-1]) + ".")


def combine(rng: random.Random) -> Document:
    """Two sentences made one, or one made several."""
    one, two = predicate(rng), predicate(rng)
    who = first(rng)
    joint = rng.choice(["and", "but", "because", "before", "after", "while"])
    apart, joined = f"{cap(who)} {one}. {cap(who)} {two}.", f"{cap(who)} {one} {joint} {who} {two}."
    if chance(rng, 0.6):
        return instruct(
            rng,
            "combine",
            expand(rng, '{join|combine|connect} the {two |}sentences with "<j>"', j=joint),
            apart,
            joined,
        )
    return instruct(
        rng,
        "combine",
        expand(rng, "{split|cut} {this|the sentence} into two{| sentences}"),
        joined,
        apart,
    )


def mail(rng: random.Random) -> Document:
    """A mail from notes."""
    to, sender, act, when, hour = (
        first(rng),
        first(rng),
        rng.choice(ACTIVITIES),
        date(rng),
        clock(rng),
    )
    notes = [f"to: {to}", f"from: {sender}", f"what: {act}", f"when: {when}", f"time: {hour}"]
    ask, answer = rng.choice(
        [
            (
                "{write|make} {a mail|an e-mail|a message} from {these|the} notes",
                f"Dear {to},\n\nwould you like to {act} on {when} at {hour}? Please let me know."
                f"\n\nBest wishes\n{sender}",
            ),
            (
                "write an invitation {from|with} {these|the} notes",
                f"{to}, you are invited to {act} on {when}. We start at {hour}. {sender}",
            ),
            (
                "{write|make} a reminder {from|with} {these|the} notes",
                f"Reminder for {to}: {act}, {when}, {hour}.",
            ),
        ]
    )
    return instruct(
        rng, "mail", expand(rng, ask), rng.choice(["\n", "; ", ", "]).join(notes), answer
    )


def shorten(rng: random.Random) -> Document:
    """A long-winded text cut to what counts, or a note written out."""
    wrong = expand(rng, rng.choice(PROBLEMS)[0])
    item, who = rng.choice(words.OBJECTS), person(rng)
    padding = [
        "Well, where should I begin.",
        "As you may know, I am very busy.",
        "To be honest, I never liked writing.",
        *sentences(rng, 1, 3),
    ]
    rng.shuffle(padding)
    after = " ".join(padding[1 : rng.randint(1, 4)])
    text = f"{padding[0]} {who} told me that the {item} {wrong}. {after}".strip()
    ask = expand(rng, "{shorten|cut|condense} {this|the text}{| to the point| to what matters}")
    return instruct(rng, "shorten", ask, text, f"{who} says that the {item} {third(wrong)}.")


def review(rng: random.Random) -> Document:
    """A thing told again by its description only, in other words."""
    thing = draw_thing(rng)
    ask = expand(
        rng,
        "{say|write} {this|the text} in other words",
    )
    return instruct(rng, "paraphrase", ask, say(rng, thing), say(rng, thing))


def compare(rng: random.Random) -> Document:
    """Two things side by side."""
    a, b = draw_thing(rng), draw_thing(rng)
    ask = expand(rng, "{write|say} {one|a} sentence{| each} about {both|the two}")
    facts = [f"{t.name}: {t.noun}, {listed([f.value for f in t.facts[:2]])}" for t in (a, b)]
    told = f"{a.name} is a {a.noun} and {b.name} is a {b.noun}."
    return instruct(rng, "compare", ask, "\n".join(facts), told)
