"""The clocks of debts: when they fall due, stop, run on, and are set anew."""
