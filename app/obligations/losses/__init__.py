"""What was lost once, and the rights of ours that end on a day."""
