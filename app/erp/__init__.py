"""The ERP hears: events told to its endpoints, signed, in order, again until they arrive."""
