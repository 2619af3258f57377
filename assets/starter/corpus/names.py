"""Names of people, places and brands, known and invented."""

import random

from .text import chance

FIRST = """Aaron Abigail Ada Adam Adele Agnes Ahmed Aisha Alan Alba Albert Alex Alice Alicia Alina Amara Amelia
Amir Amy Ana Andrea Andrew Angela Anita Anna Anthony Anton Arjun Arthur Asha Astrid Ava Barbara Beatrice Ben
Benjamin Bernard Beth Bianca Bill Boris Brenda Brian Bruno Camille Carl Carla Carlos Caroline Catherine Cecilia
Charles Charlotte Chen Chloe Chris Christina Clara Claire Colin Connor Cora Craig Daisy Dan Daniel Daphne David
Dawn Deborah Dennis Diana Diego Dmitri Dominic Dora Doris Edgar Edith Edward Elena Eli Elias Elisa Elizabeth Ella
Ellen Emil Emily Emma Eric Erika Esther Ethan Eva Evelyn Farid Fatima Felix Fiona Florence Frances Frank Freya
Gabriel Gareth George Gina Giulia Grace Graham Greta Gus Hanna Harold Harry Hassan Hazel Heidi Helen Henry Hugo
Ian Ibrahim Ida Igor Ines Ingrid Irene Iris Isaac Isabel Ivan Ivy Jack Jacob Jade James Jana Jane Jason Jasper
Jean Jenny Jeremy Jess Jill Jim Joan Joe Johan John Jonas Jordan Jose Joseph Joy Juan Judith Julia Julian Kai
Karen Karim Karl Kate Keiko Keith Kemal Ken Kevin Kim Kirsten Klara Kofi Lara Lars Laura Lauren Lea Leo Leila
Lena Leon Liam Lily Lin Linda Lisa Lola Louis Lucas Lucy Luis Luke Lydia Mabel Magnus Malik Marco Margaret Maria
Marie Mark Martha Martin Mary Matilda Matt Max Maya Megan Mei Mia Michael Miguel Mila Milan Mina Miriam Mohamed
Molly Mona Monica Nadia Naomi Natalie Nathan Neil Nell Nick Nicole Nikhil Nina Noah Nora Olga Oliver Olivia Omar
Oscar Owen Pablo Patricia Paul Paula Pedro Penny Peter Petra Philip Pia Priya Quentin Rachel Rafael Raj Ralph
Rashid Ravi Rebecca Rhys Richard Rita Robert Robin Rosa Rose Ruby Ruth Ryan Sally Sam Samira Sandra Sara Scott
Sean Sergio Silvia Simon Sofia Sonia Stefan Stella Steve Sunil Susan Sven Sylvia Tania Tara Ted Teresa Theo
Thomas Tim Tina Toby Tom Tony Ulla Ursula Uma Vera Victor Vincent Viola Walter Wanda Wendy Will William Xavier
Yara Yusuf Yuki Yvonne Zara Zoe""".split()

LAST = """Abbott Adams Alvarez Anders Archer Ashby Bailey Baker Banks Barlow Barnes Becker Bell Bennett Berg
Bishop Blake Bloom Bond Booth Bowen Bradley Brandt Brook Brown Burke Butler Byrne Campbell Carr Carter Castro
Chan Chandra Clark Cole Collins Cook Cooper Costa Cox Crane Cross Curtis Dale Davies Dawson Dean Delgado Dixon
Doyle Drake Duncan Dunn Eaton Edwards Ellis Evans Farrell Ferreira Fields Fischer Fisher Fleming Flores Ford
Foster Fox Frost Fuller Garcia Gibson Gilbert Gomez Gordon Grant Gray Green Griffin Gupta Haas Hale Hall Hansen
Harper Harris Hart Hayes Herrera Hill Holt Hughes Hunt Hussain Ito Jackson Jensen Johnson Jones Kaplan Kaur
Kelly Khan King Klein Knight Kovac Lambert Lane Larsen Lee Leroy Lewis Lin Lloyd Lopez Lowe Lund Marsh Martin
Mason Mendez Meyer Miller Mills Mitchell Moore Moreno Morgan Morris Moss Murphy Nash Nelson Newman Nguyen Nolan
Novak Oakley Okafor Olsen Ortiz Osman Owens Palmer Park Parker Patel Payne Pearce Perez Perry Peters Pham Pierce
Pope Porter Powell Price Quinn Ramos Reed Reid Reyes Rice Rivera Roberts Robinson Rossi Rowe Russell Ryan Sato
Schmidt Scott Shah Shaw Silva Singh Smith Snow Sousa Stein Stone Sutton Suzuki Tanaka Taylor Thomas Todd Torres
Tran Tucker Turner Underwood Vance Vargas Vaughan Vega Wagner Walker Walsh Ward Watts Weaver Webb Weiss Wells
West White Wilson Winter Wolf Wong Wood Wright Yang York Young Zhang Ziegler""".split()

CITIES = """Aberdeen Accra Amsterdam Ankara Athens Auckland Austin Baltimore Bangkok Barcelona Basel Beijing Belfast
Belgrade Bergen Berlin Bilbao Bogota Bologna Boston Brighton Brisbane Bristol Brussels Bucharest Budapest Cairo
Calgary Cambridge Canberra Cardiff Casablanca Chicago Cologne Copenhagen Cork Dallas Delhi Denver Detroit Dresden
Dubai Dublin Durban Edinburgh Florence Frankfurt Gdansk Geneva Genoa Ghent Glasgow Granada Graz Hamburg Hanoi
Havana Helsinki Houston Istanbul Jakarta Kiev Kyoto Lagos Leeds Leipzig Lima Lisbon Liverpool London Lyon Madrid
Malaga Manchester Manila Marseille Melbourne Miami Milan Montreal Moscow Mumbai Munich Nairobi Naples Nice
Oakland Osaka Oslo Ottawa Oxford Palermo Paris Perth Phoenix Porto Portland Prague Quito Riga Rome Rotterdam
Salzburg Santiago Seattle Seoul Seville Shanghai Singapore Sofia Stockholm Sydney Tallinn Tokyo Toronto Trieste
Turin Utrecht Valencia Vancouver Venice Vienna Vilnius Warsaw Wellington York Zagreb Zurich""".split()

COUNTRIES = """Argentina Australia Austria Belgium Brazil Canada Chile China Colombia Croatia Cuba Denmark Egypt
Estonia Finland France Germany Ghana Greece Hungary Iceland India Indonesia Iran Ireland Italy Japan Kenya Latvia
Lebanon Malaysia Mexico Morocco Nepal Netherlands Nigeria Norway Pakistan Peru Poland Portugal Romania Senegal
Serbia Slovenia Spain Sweden Switzerland Thailand Tunisia Turkey Uganda Ukraine Uruguay Vietnam""".split()

STREETS = """Abbey Acorn Bridge Castle Cedar Chapel Church Garden Elm Forest Grange Harbour High Hill King's Lake
Lime Linden Main Maple Market Meadow Mill Oak Orchard Park Queen's River School Station Sycamore Temple Victoria
Water Willow""".split()

_ONSETS = "b bl br c ch cl cr d dr f fl fr g gl gr h j k kl kr l m n p pl pr qu r s sc sh sk sl sm sn sp st str t th tr v w y z".split()
_VOWELS = "a a a e e e i i o o o u ai ay ea ee ei ia ie io oa oo ou y".split()
_CODAS = ["", "", "", "", "l", "m", "n", "n", "r", "r", "s", "t", "x", "ck", "nd", "ng", "nt", "rd", "rn", "st", "th", "ll"]


def pseudo(rng: random.Random, low: int = 1, high: int = 3) -> str:
    """An invented lower-case word of so many syllables: what a model can only copy."""
    count = rng.randint(low, high)
    parts = (rng.choice(_ONSETS) + rng.choice(_VOWELS) + rng.choice(_CODAS) for _ in range(count))
    return "".join(parts)


def coined(rng: random.Random, low: int = 1, high: int = 3) -> str:
    """An invented name with a capital."""
    return pseudo(rng, low, high).capitalize()


def first(rng: random.Random) -> str:
    """A first name, now and then an invented one."""
    return coined(rng, 2, 2) if chance(rng, 0.12) else rng.choice(FIRST)


def last(rng: random.Random) -> str:
    """A family name, now and then an invented one."""
    return coined(rng, 2, 3) if chance(rng, 0.15) else rng.choice(LAST)


def person(rng: random.Random) -> str:
    """A full name."""
    return f"{first(rng)} {last(rng)}"


def city(rng: random.Random) -> str:
    """A city, one in three of them invented."""
    if chance(rng, 0.67):
        return rng.choice(CITIES)
    ending = rng.choice(["", "", "ton", "ford", "burg", "ville", "by", "ham", "mouth", " Bay", " Falls", " Hill"])
    return coined(rng, 1, 2) + ending


def street(rng: random.Random) -> str:
    """A street with or without a number."""
    kind = rng.choice(["Street", "Street", "Road", "Lane", "Avenue", "Square", "Way", "Row"])
    stem = rng.choice(STREETS) if chance(rng, 0.7) else coined(rng)
    return f"{rng.randint(1, 220)} {stem} {kind}" if chance(rng, 0.4) else f"{stem} {kind}"


def two_people(rng: random.Random) -> tuple[str, str]:
    """Two different first names."""
    one = first(rng)
    other = first(rng)
    while other == one:
        other = first(rng)
    return one, other
