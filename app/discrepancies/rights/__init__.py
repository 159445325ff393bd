"""By when our rights end, and what that is reckoned from."""
