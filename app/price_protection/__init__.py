"""Prices that fell, and what units that were bought shortly before earn by it."""
