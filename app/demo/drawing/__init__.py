"""Plots and tables for a terminal. They know nothing of any chapter."""
