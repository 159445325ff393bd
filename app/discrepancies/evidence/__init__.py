"""What is known of a discrepancy: read from the rooms beneath, never assumed."""
