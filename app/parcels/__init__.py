"""Parcels: what carriers and scales said of a package, and the story it makes."""
