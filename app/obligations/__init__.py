"""The ledger: who owes what to whom, by when, on what ground, and whether it was kept."""
