"""Support chats: the facts of a case, the talk it makes, and the summaries of it in several styles."""

import json
import random
from dataclasses import dataclass

from . import words
from .names import coined, person
from .text import article, cap, chance, expand
from .things import brand, code, date, price

GOODS = words.OBJECTS + """coffee machine|washing machine|dishwasher|vacuum cleaner|running shoes|smart watch|bread maker|
garden chair|desk lamp|hair dryer|phone case|rice cooker|sleeping bag|travel mug|wall clock|yoga mat|electric bike|
air fryer|baby monitor|bluetooth speaker|office chair|rain jacket|hiking boots|guitar strings|light bulb""".replace(
    "\n", "").split("|")

# what is wrong as the customer says it of "it", the same as a noun phrase, and what helps against it
PROBLEMS: list[tuple[str, str, str]] = [
    ("arrived {broken|in pieces|smashed}", "damage in transit", "replace"),
    ("{has a crack in it|is cracked}", "a crack", "replace"),
    ("{does not switch on|won't turn on|is completely dead}", "no power", "replace"),
    ("{makes a strange noise|is far too loud|rattles}", "a strange noise", "repair"),
    ("{has not arrived|never turned up|still isn't here}", "a missing delivery", "trace"),
    ("{is the wrong colour|came in the wrong colour}", "the wrong colour", "exchange"),
    ("{is too small|does not fit me|is too tight}", "the wrong size", "exchange"),
    ("{was charged twice|was billed two times}", "a double charge", "refund"),
    ("{cost more than the website said|was charged at the wrong price}", "a wrong price", "refund"),
    ("{keeps switching itself off|stops after a few minutes}", "sudden stops", "repair"),
    ("{is missing a part|came without a screw|came without its cable}", "a missing part", "send"),
    ("{leaks|leaks water everywhere|drips}", "a leak", "repair"),
    ("{smells of burning|gets far too hot}", "overheating", "recall"),
    ("{has the wrong address on it|is going to my old address}", "a wrong address", "update"),
    ("{is not what I ordered|is a different model}", "the wrong item", "exchange"),
    ("{has a scratch|is scratched all over}", "scratches", "discount"),
    ("{lost its manual|came with no instructions}", "missing instructions", "send"),
    ("{cannot connect to the app|loses its connection}", "connection trouble", "reset"),
    ("{has a torn seam|came apart at the seams}", "a torn seam", "repair"),
    ("{was ordered by mistake|is no longer needed}", "an unwanted order", "cancel"),
]

# promise in the agent's words, past tense of the agent, as a noun phrase
REMEDIES: dict[str, tuple[str, str, str]] = {
    "replace": ("send you a new one", "sent a new one", "a replacement"),
    "repair": ("arrange a free repair", "arranged a free repair", "a free repair"),
    "trace": ("ask the courier to trace it", "asked the courier to trace it", "a courier trace"),
    "exchange": ("exchange it for the right one", "exchanged it for the right one", "an exchange"),
    "refund": ("refund the difference", "refunded the difference", "a refund"),
    "send": ("post what is missing", "posted what was missing", "the missing piece"),
    "recall": ("collect it and pay you back", "arranged a collection and a full refund", "a collection"),
    "update": ("change the address", "changed the address", "an address change"),
    "discount": ("take 20 percent off", "took 20 percent off", "a discount"),
    "reset": ("walk you through a reset", "explained how to reset it", "a reset"),
    "cancel": ("cancel the order", "cancelled the order", "a cancellation"),
}

MOODS = ["angry", "calm", "disappointed", "friendly", "worried", "in a hurry", "polite", "upset"]


@dataclass(frozen=True)
class Case:
    """The facts of a support case."""

    customer: str
    agent: str
    item: str
    order: str
    wrong: str
    issue: str
    remedy: str
    when: str
    mood: str
    wish: str
    amount: str

    @property
    def promise(self) -> str:
        """What the agent offers to do."""
        return REMEDIES[self.remedy][0]

    @property
    def done(self) -> str:
        """What the agent did, in the past tense."""
        return REMEDIES[self.remedy][1]

    @property
    def outcome(self) -> str:
        """What the agent gave, as a noun phrase."""
        return REMEDIES[self.remedy][2]


def due(rng: random.Random) -> str:
    """By when something is done."""
    return rng.choice([f"by {rng.choice(words.DAYS)}", f"within {rng.choice(words.NUMBERS[:9])} days", "today",
                       "tomorrow", f"on {rng.choice(words.DAYS)}", f"by {date(rng)}", "within a week",
                       f"in {rng.choice(words.NUMBERS[:9])} working days", "before the weekend", "this afternoon"])


def draw_case(rng: random.Random) -> Case:
    """A random case; sometimes the item carries a brand or a colour."""
    wrong, issue, remedy = rng.choice(PROBLEMS)
    item = rng.choice(GOODS)
    form = rng.random()
    if form < 0.25:
        item = f"{rng.choice(words.COLOURS)} {item}"
    elif form < 0.4:
        item = f"{brand(rng).split(' ')[0]} {item}"
    elif form < 0.45:
        item = coined(rng) + " " + item
    if chance(rng, 0.2):
        remedy = rng.choice(list(REMEDIES))
    wish = rng.choice(["a refund", "a replacement", "help", "an explanation", "a quick answer", "the money back",
                       "a new one", "a repair"])
    return Case(person(rng), person(rng).split(" ")[0], item, code(rng), expand(rng, wrong), issue, remedy,
                due(rng), rng.choice(MOODS), wish, price(rng))


_HELLO = ["{Hi|Hello|Good morning|Good afternoon|Hey}{|,| there,} {this is <c>|my name is <c>|<c> here|I am <c>}.",
          "{Hi|Hello}{|!|.} {I need help with|I have a problem with|I am writing about} {my order|an order}.",
          "{Is anyone there?|Can someone help me?|I hope you can help.}"]
_TELL = ["{My|The} <i> <w>.", "{I ordered|I bought} <n> {last week|from you|two weeks ago} and it <w>.",
         "{It's about|This is about} {my|the} <i>: it <w>.", "So {my|the} <i> <w> and I am {not happy|really tired of this|stuck}."]
_MOODY = {"angry": "This is {unacceptable|ridiculous|a joke}!", "calm": "No {rush|hurry}, I just wanted to {ask|tell you}.",
          "disappointed": "I {expected better|had hoped for more} from you.", "friendly": "{Hope you're having a good day!|Thanks for being there.}",
          "worried": "{I'm really worried|I don't know what to do} now.", "in a hurry": "{Please be quick|I need this fast}, I {leave|travel} soon.",
          "polite": "{I would be grateful for|I would appreciate} your help.", "upset": "{I'm quite upset about this.|It was a present and it is ruined.}"}
_GREET = ["{Hello|Hi|Welcome|Good day}{| <f>}, {this is <a>|you are speaking with <a>|<a> here}. {How can I help|What can I do for you}?",
          "{Thanks for getting in touch|Thank you for contacting us}. I'm <a>{|, how can I help}.", "<a> here{, happy to help|}."]
_ASK_ORDER = ["{What is|Could you give me|May I have|Can I get} {the|your} order number{| please}?",
              "{I'm sorry to hear that|Oh no|That should not happen}. {What's|Do you have} the order number?"]
_GIVE_ORDER = ["{It's|It is|Sure, it's|Here it is:} <o>.", "<o>.", "The number is <o>{|, I think}."]
_LOOK = ["{Thank you|Thanks|Got it}, {one moment|let me look|I see it now}.", "{I found it|I have it in front of me}.", ""]
_WISH = ["I {would like|want|expect} <y>.", "{What I need is|I was hoping for} <y>.", "Can I get <y>?"]
_OFFER = ["{I can|I will|I'll|We can|We will} <p> <t>.", "{Here is what I can do:|The best way:} we <p> <t>.",
          "{Would it be all right if we|Shall we} <p> <t>?"]
_THANKS = ["{Great|Perfect|Wonderful|OK|Fine|Thank you}{, thank you|, thanks|}{!|.}", "{That works|That would be great|Sounds good}{ for me|}."]
_BYE = ["{You're welcome|My pleasure|Glad to help}{|, <f>}{!|.} {Have a nice day.|Bye!|}", "{Anything else?|Take care.|Goodbye.}"]


def turns(rng: random.Random, case: Case) -> list[tuple[str, str]]:
    """The talk of a case as (customer or agent, words)."""
    slots = {"c": case.customer, "f": case.customer.split(" ")[0], "a": case.agent, "i": case.item, "n": article(case.item), "w": case.wrong,
             "o": case.order, "y": case.wish, "p": case.promise, "t": case.when}

    def say(patterns: list[str]) -> str:
        return expand(rng, rng.choice(patterns), **slots).strip()

    mood = expand(rng, _MOODY[case.mood])
    opening = [say(_HELLO[:1])]
    talk: list[tuple[str, str]] = []
    if chance(rng, 0.45):
        talk += [("customer", opening[0]), ("agent", say(_GREET)), ("customer", f"{say(_TELL)} {mood}")]
    else:
        talk += [("agent", say(_GREET)), ("customer", f"{opening[0]} {say(_TELL)} {mood}")]
    if chance(rng, 0.25):
        talk.append(("agent", expand(rng, "{I'm sorry about that.|That is annoying, sorry.|I understand.}")))
        talk.append(("customer", say(_WISH)))
    ask, give, look = say(_ASK_ORDER), say(_GIVE_ORDER), say(_LOOK)
    talk += [("agent", ask), ("customer", give), ("agent", f"{look} {say(_OFFER)}".strip()), ("customer", say(_THANKS))]
    if chance(rng, 0.5):
        talk.append(("agent", say(_BYE)))
    return talk


_TAGS = [("Customer: ", "Agent: "), ("Customer: ", "Agent: "), ("<c>: ", "<a>: "), ("[customer] ", "[agent] "),
         ("C: ", "A: "), ("User - ", "Support - "), ("<C> ", "<S> "), ("Client: ", "Helpdesk: "),
         ("#Person1#: ", "#Person2#: "), ("**Customer** ", "**Support** "), ("> ", "")]


def transcript(rng: random.Random, case: Case, tags: tuple[str, str] | None = None) -> str:
    """The chat as text with speaker tags."""
    customer, agent = tags or rng.choice(_TAGS)
    customer = customer.replace("<c>", case.customer.split(" ")[0])
    agent = agent.replace("<a>", case.agent)
    return "\n".join((customer if who == "customer" else agent) + said for who, said in turns(rng, case))


# style -> how it is asked for, and how it reads
STYLES: dict[str, list[str]] = {
    "note": ["write {an|the} agent note {for|of|about} this chat", "{summarize|sum up} {this|the} {support |}chat as {an|a short} agent note",
             "{make|give me} {an|the} agent note"],
    "sentence": ["{summarize|sum up|condense} {this|the} {chat|conversation|support chat} in one sentence",
                 "{write|give} a one-sentence summary of {the|this} {chat|conversation}", "what happened {here|in this chat}, in one sentence"],
    "case": ["{write|fill in} a case {form|record} for this chat", "{summarize|sum up} the chat as a case {form|record}"],
    "headline": ["{give|write} a {headline|title} for {this|the} chat", "what is the chat about in a few words"],
    "telegram": ["{summarize|sum up} the chat in telegram style", "write a telegram about this chat"],
    "bullets": ["{summarize|sum up} {this|the} {chat|conversation} in {bullet points|bullets|three bullets}", "list the main points of {this|the} chat"],
    "handover": ["write a handover {mail|message} to {a|the next} colleague about this chat", "hand this chat over to a colleague"],
    "diary": ["retell {this|the} chat from the customer's side", "{summarize|sum up} the chat as the customer would tell a friend"],
    "json": ["{summarize|extract} the chat as JSON", "give me the case {data|facts} of this chat in JSON"],
    "next": ["what {happens next|was promised|did the agent promise}{|in this chat}", "{name|state} the next step {|of this case}"],
}


def summary(case: Case, style: str) -> str:
    """The case in one of the styles; nothing is left to chance."""
    first = case.customer.split(" ")[0]
    if style == "note":
        return (f"{case.customer} wrote about the {case.item} (order {case.order}): it {third(case.wrong)}. "
                f"{case.agent} will {third(case.promise)} {case.when}.")
    if style == "sentence":
        return f"{first}'s {case.item} {case.wrong}, and {case.agent} offers {case.outcome} {case.when}."
    if style == "case":
        return (f"Customer: {case.customer}\nOrder: {case.order}\nItem: {case.item}\nProblem: {case.issue}\n"
                f"Action: {case.outcome}\nDue: {case.when}")
    if style == "headline":
        return cap(f"{case.item}: {case.issue}")
    if style == "telegram":
        return f"{case.item} {case.issue} stop order {case.order} stop {case.outcome} {case.when} stop".upper()
    if style == "bullets":
        return (f"- {first} has a problem: the {case.item} {third(case.wrong)}.\n- The order number is {case.order}.\n"
                f"- {case.agent} offers {case.outcome} {case.when}.")
    if style == "handover":
        return (f"Hi, please take over order {case.order} from {case.customer}. The trouble is {case.issue} with the "
                f"{case.item}. I promised {case.outcome} {case.when}. Thanks, {case.agent}")
    if style == "diary":
        return f"My {case.item} {case.wrong}, so I wrote to support. {case.agent} will {third(case.promise)} {case.when}."
    if style == "json":
        return json.dumps({"customer": case.customer, "order": case.order, "item": case.item, "problem": case.issue,
                           "action": case.outcome, "due": case.when}, ensure_ascii=False)
    return cap(f"{case.agent} will {third(case.promise)} {case.when}.")


def third(text: str) -> str:
    """A first- or second-person phrase told by somebody else."""
    for old, new in ((" you ", " the customer "), (" me", " the customer"), ("my ", "the "), ("I ordered", "was ordered")):
        text = text.replace(old, new)
    return text
