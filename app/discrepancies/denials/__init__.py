"""A vendor's refusals: as they were said, and what they are worth."""
