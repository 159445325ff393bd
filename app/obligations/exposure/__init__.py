"""What is owed to us in money's worth: kept added up, and shown."""
