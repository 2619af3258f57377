"""Personal data and secrets, told from what only resembles them."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.data import examine
from jobs.data.private import _KEYS, KINDS, masked
from jobs.types import Example

# Numbers that pass their checksums and belong to nobody: those that networks publish for tests.
REAL = {
    "Write to amina.haddad+shop@mail.co.uk today.": "email",
    "Pay with 4111 1111 1111 1111 please": "card",
    "Amex 3782 822463 10005": "card",
    "card 5555555555554444.": "card",
    "IBAN DE89 3704 0044 0532 0130 00 it is": "account",
    "GB82WEST12345698765432": "account",
    "Ring +49 30 901820 at noon": "phone",
    "Ring +1 (415) 555-2671": "phone",
    "or (212) 736-5000 instead": "phone",
    "Telefon: 030 901820-15": "phone",
    "my number is 078-05-1120": "social",
    "AKIA" + "IOSFODNN7EXAMPLE": "key",
    "token ghp_" + "16C7e42F292c6912E7710c838347Ae178B4a": "key",
    "sk-" + "proj-a8Fk29dkLs0q1mZx7YtR": "key",
    "xoxb-" + "1234567890-abcdefXYZ": "key",
    "eyJhbGciOiJIUzI1NiJ9." + "eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmN": "key",
    "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----": "private_key",
}
ONLY_SEEMS = [
    "Write to help@example.com or me@shop.example.",
    "Order 4111111111111112 and 1234567890123456",  # Luhn fails; no network begins with 1
    "IBAN DE89 3704 0044 0532 0130 01",
    "On 2024-01-15 at 15:30, 12/03/2024, 192.168.100.200",
    "Order #95994, SCN-0854, CV584, 00713, 419603",
    "Call 555-0142 or (212) 555-0142.",  # set aside for stories
    "1,234,567,890 and 3.14159265358979 and 1 234 567 890",
    "ISBN 978-3-16-148410-0 and ISBN 9783161484100",
    "version 10.15.7.2024 build 20240115123456",
    "sk-xxxxxxxxxxxxxxxxxxxxxxxxxxxx and ghp_token",
    "a @ b, @amina, user@host, price@20",
    "room 000-12-3456 and 900-11-2222",
    "score 415-555 to 212-736",
    "the year 02020 and 007",
]


@pytest.mark.parametrize(("text", "kind"), REAL.items(), ids=list(REAL.values()))
def test_it_is_found_and_masked(text, kind):
    counted = Counter()
    after = masked(text, counted)
    assert counted == {kind: 1}
    assert "[" in after
    again = Counter()
    assert masked(after, again) == after
    assert not again


@pytest.mark.parametrize("text", ONLY_SEEMS)
def test_what_only_resembles_it_stays(text):
    assert masked(text) == text


@pytest.mark.parametrize("text", REAL)
def test_the_coarse_look_overlooks_none(text):
    rows = [Example(f"prompt {i}", (f"answer {i}",), i + 1) for i in range(60)]
    found = {f.code: f for f in examine([*rows, Example(text, ("x",), 61)])}
    assert found["secrets"].rows == (61,)
    assert "1 row holds" in found["secrets"].sentence


def test_the_finding_says_what_there_is():
    rows = [Example(f"ask {i}", (f"me{i}@mail.de", f"you{i}@mail.de"), i + 1) for i in range(60)]
    (finding,) = [f for f in examine(rows) if f.code == "secrets"]
    assert finding.count == 60
    assert "120 e-mail addresses" in finding.sentence
    assert "Names of people are not looked for" in finding.why


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("key", f"(?:{_KEYS})"),
        ("email", r"[A-Za-z0-9][\w.%+-]{0,9}@([A-Za-z0-9-]{1,9}\.){1,2}[a-z]{2,4}"),
        ("account", r"[A-Z]{2}\d{2}( ?[A-Z0-9]{4}){2,7}( ?[A-Z0-9]{1,3})?"),
        ("card", r"\d([ -]?\d){11,17}\d"),
        ("social", r"\d{3}-\d{2}-\d{4}"),
        ("phone", r"\+\d{1,3}[ .-]?\d([ ./-]?\d){6,12}"),
    ],
)
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_whatever_is_real_has_the_signs_and_digits_of_its_kind(name, pattern, data):
    kind = next(kind for kind in KINDS if kind.name == name)
    text = data.draw(st.from_regex(pattern, fullmatch=True))
    assert any(sign in text for sign in kind.signs)
    assert sum(map(str.isdecimal, text)) >= kind.digits or not kind.real(text)
