"""Detection: prices that were seen to fall open notices, and a second sight confirms them."""
