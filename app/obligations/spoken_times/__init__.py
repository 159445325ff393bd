"""What people say for a time, read by stated rules. What no rule reads stays unread. Pure.

No package does this: those that read dates from prose guess where they are not sure, and do not
say by what rule.
"""

from app.obligations.spoken_times.due import (
    LOOK_AGAIN_ELSE,
    NO_DATE,
    WAITS,
    Due,
    look_again_at,
)
from app.obligations.spoken_times.reading import read

__all__ = ["LOOK_AGAIN_ELSE", "NO_DATE", "WAITS", "Due", "look_again_at", "read"]
