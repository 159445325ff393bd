"""How claims end: made good in the ledger, kept with an allowance, or written off."""
