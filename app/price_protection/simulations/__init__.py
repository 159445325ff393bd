"""What a cut that is only announced or supposed would earn. Stores nothing."""
