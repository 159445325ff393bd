"""Claims: what is asked of a supplier for a fall in price, what came of it, and who gets it."""
