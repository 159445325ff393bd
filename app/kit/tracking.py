"""Tracking numbers and the like as people write them, made one form to look them up by."""

import re
import unicodedata

# Longer ones exist nowhere; a B-tree refuses a row of more than some 2,700 bytes.
_LONGEST = 200
_UNSEEN = re.compile(r"[\s\u00ad\u200b-\u200f\u2010-\u2015\u2060\u2212\ufeff-]+")


def normalize_tracking_number(text: str) -> str:
    """Return the form a tracking number is looked up by: upper case, no blanks, no dashes.

    People and label makers put those in and leave them out at will. "" if nothing remains.
    """
    # NFKC makes the full-width letters of Asian keyboards plain ones.
    plain = unicodedata.normalize("NFKC", text)
    return _UNSEEN.sub("", plain).upper()[:_LONGEST]
