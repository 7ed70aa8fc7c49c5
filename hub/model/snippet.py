"""The piece of a text that shows why it was found."""

from __future__ import annotations

WIDTH = 200
LEAD = 40


def snippet(text: str, query: str, width: int = WIDTH) -> str:
    """Up to `width` characters on one line around the first part of the query that stands in the text."""
    line = " ".join(text.split())
    folded = line.casefold()
    places = [folded.find(part) for part in query.casefold().split()]
    start = max(0, min((place for place in places if place >= 0), default=0) - LEAD)
    # casefolding can lengthen a text ("ß"), so the place is a hint, not an index to trust
    cut = line[start : start + width]
    return f"{'…' if start else ''}{cut}{'…' if start + width < len(line) else ''}"
