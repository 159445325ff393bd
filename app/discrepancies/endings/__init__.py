"""How a discrepancy ends: made good, accepted as refused, or written off."""
