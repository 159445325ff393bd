"""Files: photos and documents kept as evidence, known by what they contain."""
