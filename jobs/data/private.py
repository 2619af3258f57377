"""What looks like personal data or a secret, told from what only resembles it.

Checksums decide where there are some (card numbers, bank accounts); names and addresses that are
set aside for examples (RFC 2606, the 555-01xx numbers) are nobody's. Names of people are not
looked for: without a model they cannot be told from other words.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """One sort of thing that should not be learnt by heart."""

    name: str
    one: str
    many: str
    mask: str
    pattern: re.Pattern[str]
    real: Callable[[str], bool] = lambda text: True
    digits: int = 0  # that each has at least
    signs: tuple[str, ...] = ("",)  # one of them at least stands in each; looked for much faster


def _email(text: str) -> bool:
    domain = text.rsplit("@", 1)[1].casefold()
    kept = ("example", "test", "invalid", "localhost")  # RFC 2606
    return not (
        domain.split(".")[-1] in kept
        or ".".join(domain.split(".")[-2:]) in ("example.com", "example.org", "example.net")
    )


def _digits(text: str) -> str:
    return "".join(filter(str.isdecimal, text))


def _phone(text: str) -> bool:
    digits = _digits(text)
    fictional = re.search(r"555[ .-]?01\d\d$", text)
    return 8 <= len(digits) <= 15 and len(set(digits)) > 2 and not fictional


def _luhn(digits: str) -> bool:
    """ISO/IEC 7812-1, annex B."""
    total = 0
    for place, digit in enumerate(map(int, reversed(digits))):
        total += digit if place % 2 == 0 else sum(divmod(2 * digit, 10))
    return total % 10 == 0


# Leading digits and lengths of the networks (ISO/IEC 7812 registry): Visa, Mastercard, American
# Express, Diners Club, Discover, JCB.
_NETWORK = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}"
    r"|3[47]\d{13}|3(?:0[0-5]|[68]\d)\d{11}|6(?:011|4[4-9]\d|5\d\d)\d{12}|35(?:2[89]|[3-8]\d)\d{12}"
)


def _card(text: str) -> bool:
    digits = _digits(text)
    groups = [len(part) for part in re.split("[ -]", text)]
    grouped = len(groups) == 1 or groups[:-1] == [4] * (len(groups) - 1) or groups == [4, 6, 5]
    return grouped and len(set(digits)) > 1 and bool(_NETWORK.fullmatch(digits)) and _luhn(digits)


def _account(text: str) -> bool:
    """An IBAN: ISO 13616, remainder 1 modulo 97."""
    plain = text.replace(" ", "")
    turned = plain[4:] + plain[:4]
    return 15 <= len(plain) <= 34 and int("".join(str(int(c, 36)) for c in turned)) % 97 == 1


def _varied(text: str) -> bool:
    """Keys are random: they have digits, and no letter that goes on for ever ("xxxxxxxx")."""
    return any(map(str.isdecimal, text)) and len(set(text)) > 8


_KEYS = "|".join(
    (
        r"(?:AKIA|ASIA)[0-9A-Z]{16}\b",
        r"gh[pousr]_[A-Za-z0-9]{36,}|github_pat_\w{22,}|glpat-[\w-]{20,}",
        r"sk-[A-Za-z0-9_-]{20,}|[srp]k_(?:live|test)_[0-9A-Za-z]{16,}",
        r"xox[abeoprs]-[0-9A-Za-z-]{10,}|AIza[0-9A-Za-z_-]{35}|hf_[A-Za-z0-9]{30,}",
        r"eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}",
        r"npm_[A-Za-z0-9]{36}|pypi-[A-Za-z0-9_-]{40,}",
    )
)
_DIGIT = re.compile(r"\d")
_KEY_SIGNS = (
    *("AKIA", "ASIA", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "_pat_", "glpat-", "sk-", "k_live_"),
    *("k_test_", "xox", "AIza", "hf_", "eyJ", "npm_", "pypi-"),
)
KINDS = (
    Kind(
        "private_key",
        "private key",
        "private keys",
        "[private key]",
        re.compile(
            r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----.*?(?:-----END (?:[A-Z0-9]+ )*PRIVATE "
            r"KEY-----|\Z)",
            re.DOTALL,
        ),
        signs=("-----BEGIN",),
    ),
    Kind(
        "key",
        "access key",
        "access keys",
        "[key]",
        re.compile(rf"\b(?:{_KEYS})"),
        _varied,
        signs=_KEY_SIGNS,
    ),
    Kind(
        "email",
        "e-mail address",
        "e-mail addresses",
        "[e-mail]",
        re.compile(
            r"(?<![\w.+-])[A-Za-z0-9](?:[\w.%+-]{0,63})@(?:[A-Za-z0-9-]{1,63}\.){1,6}[A-Za-z]{2,24}\b"
        ),
        _email,
        signs=("@",),
    ),
    Kind(
        "account",
        "bank account",
        "bank accounts",
        "[account]",
        re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b"),
        _account,
        digits=2,
    ),
    Kind(
        "card",
        "card number",
        "card numbers",
        "[card]",
        re.compile(r"(?<![\w.-])\d(?:[ -]?\d){11,17}\d(?![\w-])"),
        _card,
        digits=13,
    ),
    Kind(
        "social",
        "social security number",
        "social security numbers",
        "[social security number]",
        re.compile(r"(?<![\w-])(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\w-])"),
        digits=9,
        signs=("-",),
    ),
    Kind(
        "phone",
        "phone number",
        "phone numbers",
        "[phone]",
        re.compile(
            # +49 30 1234567 and +1 (415) 555-2671; 415-555-2671 and (415) 555-2671; numbers that
            # begin with 0 only where a word beside them says what they are.
            # What all of them begin with stands first, so that most places are passed over at once.
            r"(?=[+(0-9])(?:"
            r"(?<![\w.+-])\+\d{1,3}[ .-]?(?:\(\d{1,4}\)[ .-]?)?\d(?:[ ./-]?\d){6,12}(?![\w-])"
            r"|(?<![\w.(-])\(?[2-9]\d{2}\)?[ .-][2-9]\d{2}[ .-]\d{4}(?![\w-])"
            r"|(?i:(?<=tel )|(?<=tel: )|(?<=tel\. )|(?<=phone )|(?<=phone: )|(?<=telefon )|"
            r"(?<=telefon: )|(?<=mobile )|(?<=mobile: )|(?<=handy: )|(?<=call ))"
            r"\(?0\d(?:[ ()./-]{0,2}\d){6,12}(?![\w-]))"
        ),
        _phone,
        digits=8,
    ),
)
# What a row must hold at all to be looked at closely; RE2, and over whole columns at once.
COARSE = (
    r"@[A-Za-z0-9]|\+\d|\d(?:[ -]?\d){11}|\d{3}\)?[ .-]\d{2,3}[ .-]\d{4}|[A-Z]{2}\d{2} ?[A-Z0-9]{4}"
    r"|\b0\d[\d ()./-]{5}|PRIVATE KEY|gh[pousr]_|github_pat_|glpat-|sk-|k_live_|k_test_"
    r"|xox[abeoprs]-|AIza|hf_|eyJ|npm_|pypi-|AKIA|ASIA"
)


def masked(text: str, found: Counter[str] | None = None) -> str:
    """The text with a word like “[e-mail]” in place of each; what was replaced is counted."""
    digits = len(_DIGIT.findall(text))
    for kind in KINDS:
        if digits < kind.digits or not any(sign in text for sign in kind.signs):
            continue

        def put(match: re.Match[str], kind: Kind = kind) -> str:
            if not kind.real(match[0]):
                return match[0]
            if found is not None:
                found[kind.name] += 1
            return kind.mask

        text = kind.pattern.sub(put, text)
    return text
