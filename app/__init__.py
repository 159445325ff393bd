"""Makegood: holds vendors and carriers to their word after the sale."""
