"""The one exception a user's mistake becomes: a sentence saying what happened and what to do."""

from __future__ import annotations


class Refusal(Exception):  # noqa: N818  (it refuses; nothing erred)
    """Something a user can put right; the message is the sentence to show. Exit status 2."""
