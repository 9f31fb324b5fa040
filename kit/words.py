"""Words made comparable: what every comparison of names begins with."""

from __future__ import annotations

import unicodedata


def unaccented(text: str) -> str:
    """The text without diacritics, compatibility signs written out.

    Examples:
        >>> unaccented("Peñón, 20 m²")
        'Penon, 20 m2'
    """
    if text.isascii():
        return text
    return "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
