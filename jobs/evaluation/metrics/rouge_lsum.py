"""ROUGE-Lsum: ROUGE-L sentence by sentence, a line being a sentence.

Without line breaks it is ROUGE-L. Each line of the reference is held against every line
of the answer; its words that lie in any of these longest common orders count, none more often
than both texts have it (Lin 2004, section 3.2, with the clipping of ROUGE 1.5.5). Where two
orders are equally long, the one that `rouge_score` takes is taken, or the numbers would differ.
"""

from __future__ import annotations

from collections import Counter

from jobs.evaluation.metrics.rouge import Rouge, Words, longest_common, matching_rows
from jobs.evaluation.metrics.words import tokens


def _by_lines(completion: str, reference: str) -> tuple[int, int, int]:
    written = [words for line in completion.split("\n") if (words := tokens(line))]
    wanted = [words for line in reference.split("\n") if (words := tokens(line))]
    lengths = sum(map(len, written)), sum(map(len, wanted))
    if len(written) == 1 and len(wanted) == 1:
        return longest_common(written[0], wanted[0]), *lengths
    of_written = Counter(word for words in written for word in words)
    of_wanted = Counter(word for words in wanted for word in words)
    common = 0
    for words in wanted:
        places = set().union(*(_shared_places(words, other) for other in written))
        for place in sorted(places):
            word = words[place]
            if of_written[word] > 0 and of_wanted[word] > 0:
                common += 1
                of_written[word] -= 1
                of_wanted[word] -= 1
    return common, *lengths


def _shared_places(wanted: Words, written: Words) -> set[int]:
    """Places in `wanted` of one longest common order, read backwards from the table's end."""
    rows = matching_rows(written, wanted)
    i, j = len(wanted), len(written)
    places = set()
    while i and j:
        if wanted[i - 1] == written[j - 1]:
            i, j = i - 1, j - 1
            places.add(i)
            continue
        below = (1 << j) - 1
        if (rows[i] & below).bit_count() == (rows[i - 1] & below).bit_count():
            i -= 1
        else:
            j -= 1
    return places


METRICS = (
    Rouge("rougeLsum", "ROUGE-Lsum", "ROUGE-L line by line; the same where there is one line.", 32,
          _by_lines),
)  # fmt: skip
