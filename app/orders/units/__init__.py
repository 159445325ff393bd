"""Units with serial numbers: whose they are, what stood in for what, and which went back."""
