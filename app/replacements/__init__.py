"""Advance replacements: the vendor ships first; what failed goes back by a day, or is charged."""
