"""Imports: an ERP's export taken in as a whole, by the rules of a PUT of each record."""
