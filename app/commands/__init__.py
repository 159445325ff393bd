"""What the `makegood` command can be told, by what it is about."""
