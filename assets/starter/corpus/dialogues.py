"""Everyday talk between two people, made of acts that can be told again in a summary."""

import random
import re

from . import words
from .clauses import noun_phrase, place, predicate, sentence, time
from .document import Document, instruct
from .frames import framed
from .names import city, two_people
from .text import cap, chance, expand, listed
from .things import title

ACTIVITIES = """go to the cinema|go for a walk|play tennis|play chess|have dinner|cook together|go swimming|visit the museum|
go shopping|watch a film|go hiking|have a picnic|learn to dance|go skiing|take a cooking class|go to the gym|
study for the exam|go fishing|paint the kitchen|clean the garage|plant some trees|take the dog out|try the new restaurant|
go to a concert|meet for coffee|rent a boat|go to the beach|visit my parents|build a shelf|bake a cake|fix the bike|
go camping|see the doctor|look for a flat|book a hotel|write the report|prepare the meeting|practise the piano|join a club|
go to the party|buy a present|sell the car|move to another city|look for a new job|learn Spanish|lose some weight|
stop smoking|eat less sugar|get more sleep|save some money|wash the car|call the bank|return the books|renew the passport|
change the appointment|order a pizza|paint the fence|volunteer at the shelter|run a marathon|start a business|adopt a cat|
take a day off|go to bed early|ask for a raise|apologize to the neighbour|take the train|share a taxi""".replace("\n", "").split("|")

CHORES = """work late|finish a report|look after the children|visit a friend|go to the dentist|study|wait for a parcel|
help my sister move|clean the flat|catch an early train|take an exam|prepare a speech|pick up my brother|do the laundry|
pay some bills|meet my boss|rest|see a doctor|repair the roof|feed the animals|write an essay|cook for guests""".replace("\n", "").split("|")

FEELINGS = """tired|happy|nervous|excited|bored|worried|sad|proud|angry|confused|lonely|hungry|sick|busy|scared|hopeful|
disappointed|relieved|surprised|grateful""".replace("\n", "").split("|")

# what is said by A, what is answered by B, and what a summary says of it
ACTS: list[tuple[str, str, str]] = [
    ("{Do you want to|Would you like to|Shall we|How about we|Why don't we} <act>{| <time>}?",
     "{Sure|I'd love to|Good idea|Why not|Sounds good}{!|, let's do that.|. What time?}", "A {suggests|asks B} to <act> and B agrees"),
    ("{Do you want to|Would you like to|Shall we} <act>{| <time>}?",
     "{Sorry, I can't|I'd love to, but|I'm afraid not}, I have to <chore>.", "A invites B to <act> but B has to <chore>"),
    ("I {feel|have been feeling|am} so <feel> {lately|today|these days}.",
     "{Why|What happened|How come}? {Maybe you should|You should|Why don't you} <act>.", "A feels <feel> and B advises A to <act>"),
    ("{I need to|I have to|I want to} <act>. {Any advice?|What do you think?|Can you help me?}",
     "{Well|Let me think|Of course}, {you could|I would|try to} <act2> first.", "A wants to <act> and B suggests to <act2> first"),
    ("{How was|Tell me about} your {weekend|holiday|trip|day}?", "{It was|Oh, it was} {great|terrible|fine|boring}. I <did>.",
     "B tells A that B <did>"),
    ("{Excuse me, how|How} {do I get|can I get} to <place0>?", "{Go straight on and turn|Walk two blocks and turn|Turn} {left|right} at <place1>.",
     "A asks B the way to <place0>"),
    ("{How much is|What is the price of|What does} <thing>{| cost}?", "{It's|That would be} <num> {dollars|euros|pounds}.",
     "A asks the price of <thing> and B says it is <num>"),
    ("{Have you heard|Did you hear}? <name> is going to <act>.", "{Really|No way|Are you serious}? {I can't believe it.|That's great news!|Good for them.}",
     "A tells B that <name> is going to <act>"),
    ("{Where is|Have you seen} <thing>?", "{I think it is|I saw it|It must be} <where>.", "A is looking for <thing> and B says it is <where>"),
    ("{Can|Could|May} I {borrow|use|have} <thing>{| for a day| today}?", "{Of course|Sure|Yes}, {but bring it back|here you are|just be careful}.",
     "A borrows <thing> from B"),
    ("{Can|Could|May} I {borrow|use} <thing>?", "{Sorry|No, sorry}, I {need it|have lent it to <name>|don't have it any more}.",
     "A asks for <thing> but B refuses"),
    ("I'm {thinking of moving|moving|going} to <city> {next month|soon|next year}.", "{Wow|Really}! {Why|What will you do there}?",
     "A plans to go to <city>"),
    ("{What do you do|What's your job|What do you do for a living}?", "I'm a <job>. I {like it a lot|don't like it much|started last year}.",
     "B tells A that B is a <job>"),
    ("{Did you|Have you} <did2>?", "{Not yet|No, I forgot}, I'll do it {later|tomorrow|right now}.", "B has not done what A asked about and will do it later"),
    ("{I think|I believe|In my opinion}, {it is|it's} {better|healthier|cheaper|more fun} to <act>.",
     "{I disagree|I don't think so}. {I would rather|I prefer to} <act2>.", "A thinks it is better to <act> but B would rather <act2>"),
    ("{I'm sorry|Sorry} I'm late, {the bus broke down|I overslept|I lost my keys|there was a lot of traffic}.",
     "{Never mind|It's all right|That's OK}. {Let's start|Sit down}.", "A apologizes for being late"),
    ("{Congratulations|Well done}! I heard you {passed the exam|got the job|won the prize|had a baby}.", "{Thank you|Thanks so much}! I'm so <feel>.",
     "A congratulates B"),
    ("{Can|Could} you {please|} <act> for me?", "{No problem|Consider it done|With pleasure}.", "A asks B to <act> and B will do it"),
    ("{When|What time} {does|will} {the train|the film|the shop|the meeting|the flight} {start|leave|open}?", "{At|Around} <clock>, {I think|if I remember well}.",
     "B tells A that the time is <clock>"),
    ("{My|Our} <item> {is broken|does not work|broke down}. {What should I do|Any idea}?", "{You should|I would} {take it to <place0>|buy a new one|ask <name> to repair it}.",
     "A's <item> is broken and A asks B for advice"),
    ("I {lost|can't find|left} my <item> {yesterday|somewhere|on the bus}.", "{Oh no|That's too bad}. {Did you call the lost property office|Have you asked <name>}?", "A has lost the <item>"),
    ("{Which do you like better|What do you prefer}, <food> or <thing>?", "{I prefer|I like} <food>{|, because it is <adj>}.", "B tells A that B prefers <food>"),
    ("{Why did you|Tell me why you} {leave|quit} your job as a <job>?", "{The pay was too low|My boss was <adj>|I wanted to see the world}.", "B explains to A why B left the job as a <job>"),
    ("I have {a headache|a fever|a sore throat|a cough|a toothache|back pain}{| since <day>}.", "{You should see a doctor|Take this medicine|Drink some tea and rest}.", "A is ill and B gives A advice"),
    ("{Have you ever|Did you ever} been to <city>?", "{Yes, I went there|Yes, I was there} <num> years ago. {It was beautiful|I loved it|It was too crowded}.", "B tells A about a trip to <city>"),
    ("I {bought|just got} <thing> for <num> {dollars|euros}.", "{That's cheap|That's too expensive|What a bargain|Nice}! {Where did you get it|Can you show me}?", "A bought <thing> for <num>"),
    ("{I'd like|I want} to {book|reserve} {a table|a room|a seat} for <num> {people|nights}.", "{Certainly|Of course}. {May I have your name|For which day}?", "A books with B for <num>"),
    ("{Could you|Can you} {recommend|suggest} {a restaurant|a good book|a hotel|a film}?", "{Try|I would try|You must not miss} <title>. It's <adj>.", "A asks B for a recommendation and B recommends <title>"),
    ("{I don't understand|Can you explain} {this exercise|the new rule|your last message}?", "{Let me explain|It's simple}. {You have to|You need to} <act>.", "B explains something to A"),
    ("{Did you see|What do you think of} <name>'s new <item>?", "{It's|I think it's} <adj>{| and too big|, I want one too}.", "B thinks <name>'s new <item> is <adj>"),
    ("{Happy birthday|Merry Christmas|Happy New Year}! {This is for you|I brought you <thing>}.", "{Thank you|How kind of you|You shouldn't have}!", "A gives B a present"),
    ("{I'm worried about|I have trouble with} {my exam|my son|my project|the interview|my English}.", "{Don't worry|Relax|Calm down}. {You will be fine|I'll help you|It will get better}.", "A is worried and B comforts A"),
    ("{You promised|You said you would} <act>!", "{I'm so sorry|I forgot|Sorry}, {I was too busy|I'll do it today|it won't happen again}.", "A complains that B did not <act> and B apologizes"),
    ("{May I speak to <name>|Is <name> there}{, please|}?", "{I'm afraid|Sorry,} <name> is {out|not in|in a meeting}. {Can I take a message|Please call back later}?", "A calls for <name> but <name> is not there"),
    ("{I've decided|I have decided} to <act>.", "{Are you sure|Really}? {I think that's a good decision|Think again|I would do the same}.", "A tells B about the decision to <act>"),
    ("{It's|The weather is} so {hot|cold|windy|wet} today.", "{Yes|I know}. {Let's stay at home|I hope it gets better <time>|Take your coat}.", "A and B talk about the weather"),
    ("{How long|How often} do you <act>?", "{About|Around} <num> {hours a week|minutes a day|times a year}.", "A asks B how much B does it and B says <num>"),
    ("{Can I help you|What are you looking for}?", "{Yes, I'm looking for|I need|Do you have} <thing>{| in <colour>| for my mother}?", "B wants to buy <thing>"),
    ("{I heard|They say} {that|} <name> {is getting married|is in hospital|has a new job|moved to <city>}.", "{Really|Oh}? {I didn't know that|Who told you|I must call at once}.", "A tells B some news about <name>"),
    ("{What would you like|What can I get you|Are you ready to order}?", "I'd like <food>{|, please| and a glass of water}.", "B orders <food>"),
]

_OPEN = ["{Hi|Hello|Hey}, <b>{!|.|, how are you?|, long time no see.}", "{Good morning|Good evening}, <b>.", "<b>, {do you have a minute|are you busy}?"]
_REPLY = ["{Hi|Hello|Hey}, <a>{!|.}", "{I'm fine, thanks|Not bad|Very well, thank you}. {And you?|How about you?}", "{Yes|Sure}, {what is it|what's up}?"]
_CLOSE = ["{See you|Bye|Goodbye|Take care|See you later|Thanks, bye}{.|!}", "{Thank you|Thanks} {so much|a lot}{.|!}", "{OK|All right}, {talk to you soon|see you then}."]


def _slots(rng: random.Random) -> dict[str, str]:
    """Values for all slots of an act."""
    return {"act": rng.choice(ACTIVITIES) if chance(rng, 0.6) else predicate(rng, "base"), "act2": rng.choice(ACTIVITIES),
            "chore": rng.choice(CHORES), "feel": rng.choice(FEELINGS), "time": time(rng), "did": predicate(rng),
            "did2": predicate(rng, "base"), "thing": noun_phrase(rng, "o", 1), "food": noun_phrase(rng, "f", 1),
            "place0": noun_phrase(rng, "l", 1), "place1": noun_phrase(rng, "l", 1), "where": place(rng),
            "num": str(rng.randint(2, 400)), "name": two_people(rng)[0], "city": city(rng), "job": rng.choice(words.ROLES), "item": rng.choice(words.OBJECTS),
            "adj": rng.choice(words.ADJECTIVES), "day": rng.choice(words.DAYS), "colour": rng.choice(words.COLOURS), "title": title(rng),
            "clock": f"{rng.randint(1, 12)}{rng.choice([' o’clock', ':30', ':15', ' am', ' pm'])}"}


_TAGS = [("<a>: ", "<b>: "), ("<a>: ", "<b>: "), ("#Person1#: ", "#Person2#: "), ("#Person1#: ", "#Person2#: "), ("A: ", "B: "),
         ("Man: ", "Woman: "), ("- ", "- "), ("Speaker 1: ", "Speaker 2: "), ("<a> - ", "<b> - "), ("[<a>] ", "[<b>] ")]


def dialogue(rng: random.Random, low: int = 1, high: int = 4) -> tuple[str, list[str], str, str]:
    """Text, one summary clause per act, and the two names as the summary uses them."""
    one, other = two_people(rng)
    tag_a, tag_b = rng.choice(_TAGS)
    shown_a, shown_b = (tag_a.strip(":- []"), tag_b.strip(":- []")) if "<a>" not in tag_a and tag_a != "- " else (one, other)
    lines: list[tuple[bool, str]] = []
    if chance(rng, 0.5):
        lines += [(True, expand(rng, rng.choice(_OPEN), a=one, b=other)), (False, expand(rng, rng.choice(_REPLY), a=one, b=other))]
    clauses = []
    for _ in range(rng.randint(low, high)):
        slots, (said, answered, told) = _slots(rng), rng.choice(ACTS)
        first_speaks = chance(rng, 0.6)
        names = (shown_a, shown_b) if first_speaks else (shown_b, shown_a)
        lines += [(first_speaks, expand(rng, said, **slots)), (not first_speaks, expand(rng, answered, **slots))]
        if chance(rng, 0.25):
            lines.append((first_speaks, framed(rng) if chance(rng, 0.6) else sentence(rng)))
        marked = re.sub(r"\bA\b", "\x01", re.sub(r"\bB\b", "\x02", told))
        clause = expand(rng, marked, **slots).replace("\x01", names[0]).replace("\x02", names[1])
        clauses.append(clause.replace(" my ", " the ").replace(" your ", " the "))
    if chance(rng, 0.4):
        lines.append((chance(rng, 0.5), expand(rng, rng.choice(_CLOSE))))
    tags = {True: tag_a.replace("<a>", one), False: tag_b.replace("<b>", other)}
    return "\n".join(tags[a] + text for a, text in lines), clauses, shown_a, shown_b


_ASK = ["{summarize|sum up|summarise} {this|the} {dialogue|conversation|talk|chat}", "{write|give} a {short |brief |}summary of {this|the} {dialogue|conversation}",
        "{what|tell me what} {do|did} they talk about", "what happens in this {dialogue|conversation}", "{retell|report} the {conversation|dialogue} {|briefly}"]
_SHORT = ["{summarize|sum up} the {dialogue|conversation} in {one|a} sentence", "give the {main point|gist} of this {dialogue|conversation}"]
_BULLETS = ["list the {main |}points of {this|the} {dialogue|conversation}", "{summarize|sum up} the {dialogue|conversation} in bullet points"]


def summarize(rng: random.Random) -> Document:
    """A dialogue told again: in full, by its first point, or as bullets."""
    text, clauses, one, other = dialogue(rng, 1, 5 if chance(rng, 0.3) else 3)
    form = rng.random()
    if form < 0.6:
        return instruct(rng, "dialogue", expand(rng, rng.choice(_ASK)), text, " ".join(c + "." for c in clauses))
    if form < 0.75:
        return instruct(rng, "dialogue", expand(rng, rng.choice(_SHORT)), text, clauses[0] + ".")
    if form < 0.9:
        return instruct(rng, "dialogue", expand(rng, rng.choice(_BULLETS)), text, "\n".join(f"- {c}" for c in clauses))
    return instruct(rng, "dialogue", "who {}".format("speaks here"), text, cap(listed([one, other])) + ".")
