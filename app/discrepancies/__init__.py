"""What arrived differs from what was shipped: what the evidence says, and what follows from it."""
