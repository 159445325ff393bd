"""The packet: all that a vendor needs to decide, as pages that survive a fax."""
