"""Accounts: what vendors' papers settle of what is owed, and the statement of the rest."""
