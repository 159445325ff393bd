"""The journeys, told through HTTP as a reseller's own systems would, and shown as they happen."""
