"""Vendors: who makes, distributes and services what we sell, and on which terms."""
