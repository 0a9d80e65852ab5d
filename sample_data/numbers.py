"""Fictional identity and account numbers with valid check digits. No people, no files."""

from __future__ import annotations

import datetime as dt
import random

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = "10X98765432"


def check_digit(body: str) -> str:
    """Return the 18th character of a citizen number (GB 11643, ISO 7064 MOD 11-2)."""
    return CHECKS[sum(int(d) * w for d, w in zip(body, WEIGHTS, strict=True)) % 11]


def luhn_digit(body: str) -> str:
    """Return the digit that makes a card number pass Luhn."""
    total = 0
    for place, digit in enumerate(reversed(body)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


class Numbers:
    """Hands out numbers nobody else in the district has."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.used: set[str] = set()
        self.accounts = 0

    def identity(self, region: str, born: dt.date, male: bool) -> str:
        """Return an unused 18-character number of that region, birth date and sex."""
        while True:
            sequence = self.rng.randrange(1, 499) * 2 + (1 if male else 0)
            body = f"{region}{born:%Y%m%d}{sequence:03d}"
            if body not in self.used:
                self.used.add(body)
                return body + check_digit(body)

    def account(self) -> str:
        """Return an unused 19-digit card number under a bank prefix that was never issued."""
        self.accounts += 1
        body = f"629945{self.rng.randrange(10**4):04d}{self.accounts:08d}"
        return body + luhn_digit(body)


def broken_check(idno: str) -> str:
    """Return the number with a check character that does not fit."""
    return idno[:17] + ("8" if idno[17] != "8" else "3")


def fifteen(idno: str) -> str:
    """Return the 15-digit form of a number of somebody born in the 1900s."""
    return idno[:6] + idno[8:17]
