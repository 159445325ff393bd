"""Many events told to a receiver that fails each of them a while: all arrive, in order."""
