"""Refusals: kept as they were said, judged, appealed against, and counted over the years."""
