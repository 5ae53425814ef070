"""Turns a title into a slug."""

import re
import unicodedata


def slug(title: str) -> str:
    """Lower-case ASCII letters and digits; everything else becomes one hyphen."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")
