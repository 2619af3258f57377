"""What every check and every study keeps to."""

import random

import pytest

from jobs.data import examine
from jobs.data.batch import Batch
from jobs.data.checks import Whole, checks, mends_of
from jobs.data.doctor import find_mend
from jobs.data.studies import studies
from jobs.errors import NotFound
from jobs.types import Example

PARTS = [*checks(), *studies()]
NAMES = [part.__name__.rsplit(".", 1)[1] for part in PARTS]
# Text that must stay the text it was, in scripts and shapes that confuse.
AWKWARD = (
    ("What stands in field 7?", "None"),
    ("Translate nothing into SQL.", "null"),
    ("Is it applicable to this case?", "NA"),
    ("The result of 0 divided by 0, please.", "nan"),
    ("The article number of the lamp?", "00713"),
    ("When did it begin, in digits?", "01.02.2003"),
    ("When did it begin, as ISO says?", "2003-02-01"),
    ("How is “Straße” spelt in capitals?", "STRASSE or STRAẞE"),
    ("Comment dit-on « café » ?", "Un café, s’il vous plaît. À bientôt."),
    ("„Das macht Spaß“, sagte sie.", "Ja: „Ä“ ist ein Umlaut."),
    ("O que é maçã?", "MAÇÃ é uma fruta; NÃO é legume."),
    ("ما هو اسمك؟", "اسمي أمينة، تشرفنا."),
    ("می‌خواهم بدانم", "بله، می‌دانم"),
    ("家庭用の電話番号は何ですか", "番号はありません"),
    ("Which family is 👩‍👩‍👧?", "A family with two mothers 👩‍👩‍👧."),
    ("Order #95994 of 12/03/2024, SCN-0854, has not come.", "It left on 12/03/2024, 15:30."),
    ("How long is 1 234 567 890 seconds?", "About 39.1 years; 1,234,567,890 s."),
)


def awkward():
    return [Example(p, (a,), i) for i, (p, a) in enumerate(AWKWARD * 4, 1)]


class Held:
    """Rows as a mend reads them."""

    def __init__(self, **sides):
        self.sides = {"train": [], "validation": [], "test": []} | sides

    def count(self, split):
        return len(self.sides[split])

    def batches(self, split):
        rows = self.sides[split]
        return (Batch.of(rows[start : start + 7]) for start in range(0, len(rows), 7))

    def rows(self, split, positions):
        return [self.sides[split][position] for position in positions]


def mended(code, **sides):
    """What a mend makes of each side."""
    held = Held(**sides)
    edit = find_mend(code).start(held)
    out = {}
    for split in ("test", "validation", "train"):
        kept = (edit(split, row) for row in held.sides[split])
        out[split] = [row for row in kept if row is not None]
    return out


CODES = sorted({code for part in PARTS for code in mends_of(part)})


def test_there_is_a_check_for_each_harm_that_is_promised():
    assert set(NAMES) >= {
        *("blank", "duplicates", "long", "echo", "imbalance", "mixed_scripts"),
        *("control", "garbled", "leaked", "secrets", "few"),
        *("near_duplicates", "near_leaks", "mixed_languages"),
    }


def test_harm_puts_them_in_one_order():
    for parts in (checks(), studies()):
        harms = [part.HARM for part in parts]
        assert harms == sorted(harms, reverse=True)
    assert len({part.HARM for part in PARTS}) == len(PARTS)


@pytest.mark.parametrize("check", checks(), ids=[c.__name__.rsplit(".", 1)[1] for c in checks()])
def test_a_check_says_the_same_however_rows_are_batched(check):
    drawn = random.Random(3)
    rows = awkward() + [
        Example(drawn.choice(["a@b.de says hello to you", "Ã©tÃ©", "x\x00y", ""]), ("ok",) * k, n)
        for n, k in enumerate([0, 1, 1] * 30, 100)
    ]

    def found(size):
        watch = check.start()
        for start in range(0, len(rows), size):
            watch.feed(Batch.of(rows[start : start + size]), test=False)
        return list(watch.finish(Whole(lambda: 40)))

    assert found(1) == found(7) == found(10_000)


@pytest.mark.parametrize("check", checks(), ids=[c.__name__.rsplit(".", 1)[1] for c in checks()])
def test_a_check_bears_nothing_at_all(check):
    watch = check.start()
    watch.feed(Batch.of([]), test=True)
    watch.feed(Batch.of([]), test=False)
    list(watch.finish(Whole()))


@pytest.mark.parametrize("study", studies(), ids=[s.__name__.rsplit(".", 1)[1] for s in studies()])
def test_a_study_bears_nothing_at_all_and_tells_how_far_it_is(study):
    assert list(study.study(Held(), lambda rows: None)) == []
    read = []
    assert (
        list(
            study.study(
                Held(
                    train=awkward(),
                    test=[Example("A tested prompt of some length, " * 3, ("x",), 1)],
                ),
                read.append,
            )
        )
        == []
    )
    assert sum(read) >= len(awkward())


@pytest.mark.parametrize("code", CODES)
def test_a_mend_leaves_good_rows_as_they_are(code):
    """None, null, NA, leading zeros, dates and every script stay the text they were."""
    rows = awkward()[: len(AWKWARD)]
    if code in ("mixed_scripts", "mixed_languages"):
        rows = [row for row in rows if (row.prompt + row.references[0]).isascii()]
    assert mended(code, train=rows)["train"] == rows


@pytest.mark.parametrize("code", CODES)
def test_a_mend_never_takes_a_row_out_of_the_test(code):
    rows = awkward()
    prompts = {row.prompt for row in rows}
    kept = mended(code, test=rows, train=rows)["test"]
    assert {row.prompt for row in kept} == prompts


@pytest.mark.parametrize("code", CODES)
def test_a_mend_says_what_it_does(code):
    mend = find_mend(code)
    assert 5 < len(mend.label) < 50
    assert 5 < len(mend.done) < 60
    assert "!" not in mend.label + mend.done


def test_a_mend_that_nobody_wrote():
    with pytest.raises(NotFound, match="few_rows") as caught:
        find_mend("few_rows")
    assert "duplicates" in caught.value.cure


def test_awkward_text_is_no_finding():
    rows = [Example(f"{row.prompt} ({row.row})", row.references, row.row) for row in awkward()]
    assert {finding.code for finding in examine(rows, None, 100)} == set()
