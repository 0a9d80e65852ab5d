"""The one exception of the parser: a reason code and where. No message text here; `problems.py` has it."""

from __future__ import annotations


class RefusedError(Exception):
    """The file is refused as a whole.

    Attributes:
        reason: stable reason code.
        facts: small numbers or words for the message; never a cell's value.
    """

    def __init__(self, reason: str, **facts: str | int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.facts = facts
