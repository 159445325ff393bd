"""What a unit is entitled to, from whom, and through which door. By these terms; no legal advice.

Nothing is stored but what vendors' warranty pages said; entitlements are read anew each time.
"""
