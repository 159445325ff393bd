"""Products: the catalog, with its part numbers and what a unit weighs."""
