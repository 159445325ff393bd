"""How often verdicts are right: simulated shipments whose truth is known."""
