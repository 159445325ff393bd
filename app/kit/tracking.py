"""Tracking numbers and the like as people write them, made one form to look them up by."""

import unicodedata

# Longer ones exist nowhere; a B-tree refuses a row of more than some 2,700 bytes.
_LONGEST = 200
# Unicode's categories of blanks, controls, invisible signs, accents and dashes.
_BETWEEN = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Mn", "Me", "Pd"})


def normalize_tracking_number(text: str) -> str:
    """Return the form a number is looked up by: upper case, without what people put between.

    Blanks, dashes, invisible characters and accents go; what was written is kept elsewhere.
    "" if nothing remains.
    """
    # NFKD makes the full-width letters of Asian keyboards plain ones.
    plain = unicodedata.normalize("NFKD", text)
    kept = (each for each in plain if unicodedata.category(each) not in _BETWEEN)
    return "".join(kept).replace("\u2212", "").upper()[:_LONGEST]
