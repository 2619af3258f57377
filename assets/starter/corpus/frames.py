"""Sentence frames beyond subject and verb: speech, comparison, passive, numbers, conditions, questions, news, advice."""

import random

from . import words
from .clauses import clause, noun_phrase, place, plural, predicate, sentence, time
from .names import city, first, last, person
from .text import cap, chance, expand

FRAMES = """<p1> {said|told me|explained|announced|wrote|thought|believed|hoped} that <cl>.
"<cl>," {said|asked|whispered|shouted|replied|added} <p1>.
{If|When|Whenever} you <b>, you {should|must|can|may|will} <b2>.
It {is|was} <adj> to <b>{|, but <cl>}.
<gg> {is|was} {more|less} <adj> than <g2>.
The <n1> {is|was} {much|a little|far} {better|worse|bigger|smaller|older|newer|cheaper|longer} than the <n2>.
The <n1> was {made|bought|found|sold|stolen|repaired|designed|painted} by <p1>{| <t>}.
The <n1> {that|which} <p1> {bought|found|lost|mended|borrowed} {is|was} <adj> and <adj2>.
<p1>, {a|the famous|a retired|a young} <role> from <c>, {has|had} <num> <n1s> and {a|one} <n2>.
<num> percent of {the <roles>|all visitors|our customers|the people in <c>} {like|use|want|own} <np>.
{Why|When|How|Where} did <p1> <b>?
{Do|Did|Would|Could|Can} {you|they|we} <b>?
{Let's|Please|Never|Always|Don't} <b>{| or <cl>}.
{What a|How about a|Such a} <adj> <n1>!
{Neither|Both} <p1> {nor|and} <p2> <past>.
{As soon as|The moment|Ever since} <cl>, <p1> {has been|was|felt} <adj>.
<p1> {used to|would often|liked to|had to|was able to|was allowed to} <b>.
<p1> has {never|already|just|always|not yet} been to <c>.
The {price|number|size|weight|colour|name} of the <n1> {rose|fell|changed|was <adj>} {in|since} <year>.
In <year>, <p1> {opened|founded|closed|bought|sold} a <place> in <c>.
{First|To begin with}, <b>. {Then|Next|After that}, <b2>. {Finally|At last|In the end}, wait {a minute|an hour}.
There {is|was} {no|little|a lot of|enough} <idea> in the <place>{|, so <cl>}.
{Although|Even though} the <n1> was <adj>, <p1> <past>.
The <role> who <past> {was|is} <p1>.
{I think|I am sure|I doubt|We hope|They say|It seems} that <cl>.
{Thank you for|I am sorry about|I am glad about|I look forward to} <g2>.
{According to|Like|Unlike|Together with} <p1>, the <role> <past>.
The <place> {in|near} <c> {opens|closes} at <hour> {every day|on weekdays|at weekends} and {costs|charges} <num> {euros|dollars}.
<p1> {is|was} {the best|the oldest|the youngest|the most <adj>} <role> {in|of} <c>.
{My|His|Her|Our} <n1> {needs|lacks|deserves} a <adj> <n2>.
{Instead of|Before|After|By|Without> <g2>, <p1> <past>.
{Heavy rain|A strike|A fire|The snow|A power cut|The flood} {closed|delayed|damaged} the <place> in <c> {on <day>|for <num> days}.
The {mayor|council|police|government|company} of <c> {plans|has decided|refused|promised} to <b>.
{Scientists|Doctors|Teachers|Experts} {warn|say|agree|found} that <g2> is {good|bad|useful|dangerous} for {your health|children|the climate|the economy}.
<p1> {asked|told|begged|helped|taught|reminded} <p2> to <b>.
{The more|The longer} you <b>, the {better|worse|happier} you {feel|become}.
{Once upon a time|Long ago|One night}, a <adj> <animal> {lived|slept|waited} <pl>.
A <n1> is {a kind of|something like} a <n2> {made of|used for|found near} <np>.
{Neither the|The> <animal> nor the <animal2> {was|looked} <adj>.
<p1> {can't|cannot|couldn't|won't} <b> because the <n1> {isn't|wasn't|is not} <adj>.
{Today|Tonight|Tomorrow|On <day>} we {are going to|plan to|will} <b> with <p2>.
{Welcome to|Greetings from|You are now in} <c>, {home of|known for|the city of} the <adj> <n1>.
{Half|Most|Some|None} of the <n1s> {were|are} <adj>{|, the others <adj2>}.
{Not only|It was not only} the <n1> but also the <n2> {was|were} <adj>.
<p1> {spent|paid|saved|won|lost} <num> {dollars|euros|pounds} {on|for} <np>.""".replace(
    "{Neither the|The> <animal>", "Neither the <animal>").replace("{Instead of|Before|After|By|Without> <g2>", "{Instead of|Before|After|By|Without} <g2>").splitlines()


def _gerund(rng: random.Random) -> str:
    return predicate(rng, "ing")


def framed(rng: random.Random) -> str:
    """One sentence in one of the frames."""
    number = rng.choice([str(rng.randint(2, 99)), rng.choice(words.NUMBERS)])
    text = expand(
        rng, rng.choice(FRAMES), p1=first(rng) if chance(rng, 0.6) else person(rng), p2=first(rng), cl=clause(rng), b=predicate(rng, "base"),
        b2=predicate(rng, "base"), adj=rng.choice(words.ADJECTIVES), adj2=rng.choice(words.ADJECTIVES), gg=cap(_gerund(rng)), g2=_gerund(rng),
        n1=rng.choice(words.OBJECTS + words.FOODS), n2=rng.choice(words.OBJECTS + words.IDEAS), n1s=plural(rng.choice(words.OBJECTS)), t=time(rng),
        role=rng.choice(words.ROLES), roles=plural(rng.choice(words.ROLES)), c=city(rng), num=number, np=noun_phrase(rng, "oflai"), past=predicate(rng),
        year=rng.randint(1700, 2030), place=rng.choice(words.PLACES), idea=rng.choice(words.IDEAS), hour=rng.randint(1, 12), day=rng.choice(words.DAYS),
        animal=rng.choice(words.ANIMALS), animal2=rng.choice(words.ANIMALS), pl=place(rng), last=last(rng))
    return cap(text)


def sentences(rng: random.Random, low: int, high: int) -> list[str]:
    """A few sentences about nothing in particular."""
    return [framed(rng) if chance(rng, 0.45) else sentence(rng) for _ in range(rng.randint(low, high))]
