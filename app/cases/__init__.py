"""Cases: the customer's side, from what she reports until she is made whole.

The recovery from a vendor or a carrier goes on behind her: it has a state of its own here, and
its debts stand in the ledger. Marketing holds on a customer come into this room with a file of
their own, `holds.py`: a case in `rules.UNSETTLED` is what they will hang on.
"""
