"""Which language a text in Latin letters is in, by its small words; in doubt it says none."""

from __future__ import annotations

import re

LOOKED_AT = 600  # characters
FEWEST_WORDS = 8  # in a text, for its small words to tell anything
FEWEST_SMALL = 3  # different small words of the language
SHARE = 0.2  # of all words are small words of the language
AHEAD = 2.0  # times as many as of the language that comes next
_WORD = re.compile(r"[^\W\d_]+")
# Words that hold a sentence together and hardly occur in another of these languages.
_SMALL = {
    "English": (
        "the of and to is that it was for on are with as they be at this have from or had by "
        "not but what were we when your can said there an which do their if will how about "
        "would you he she his her my has been our"
    ),
    "German": (
        "der die das und ist nicht ein eine den von zu mit sich auf für im dem des wird sind "
        "auch als wir ihr sie ich werden aus bei nach wie einen einem haben hat kann wurde "
        "noch uns"
    ),
    "French": (
        "le les des et est une dans que qui pour pas sur au avec ce il elle sont nous vous "
        "par plus cette ses aux mais ou leur été ont fait du je votre très être c'est"
    ),
    "Spanish": (
        "el los las y es una que en por con para su se al lo como más pero sus le ya está muy "
        "cuando también del fue son hay todo esta nos usted ser tiene"
    ),
    "Italian": (
        "il gli che di è un una per non sono con del della si ha più anche come dei nel alla "
        "ma questo le hanno essere stato questa loro delle nella al"
    ),
    "Portuguese": (
        "os um uma que não em para com por mais as dos foi ao ele das tem seu sua ou quando "
        "muito nos já está também pelo pela até isso ela são você"
    ),
    "Dutch": (
        "de het een en van is dat niet op te zijn voor met die aan er ook als bij maar om hij "
        "wordt dan naar nog wel zij worden heeft kan uw deze"
    ),
    "Swedish": (
        "och att det som en på är av för med den till inte om ett han men var jag vi har från "
        "så kan när ska eller vid också"
    ),
    "Polish": (
        "nie się na jest że to do jak ale za od po przez dla tak czy tylko przy był może jego "
        "jej są także która który"
    ),
    "Turkish": (
        "bir ve bu için ile da de çok daha olarak gibi kadar sonra ama en var olan ne değil "
        "ki her mi siz biz"
    ),
}
SMALL_WORDS = {language: frozenset(words.split()) for language, words in _SMALL.items()}


def language_of(text: str) -> str:
    """The language, or "" where the text is short or none is clearly ahead."""
    words = _WORD.findall(text[:LOOKED_AT].casefold())
    if len(words) < FEWEST_WORDS:
        return ""
    best, name, second = 0, "", 0
    for language, small in SMALL_WORDS.items():
        count = sum(word in small for word in words)
        if count > best:
            best, name, second = count, language, best
        elif count > second:
            second = count
    different = len(SMALL_WORDS[name] & set(words)) if name else 0
    clear = different >= FEWEST_SMALL and best >= SHARE * len(words) and best >= AHEAD * second
    return name if clear else ""
