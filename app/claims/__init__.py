"""Recoveries asked of a vendor for units that failed: warranty, and dead on arrival."""
