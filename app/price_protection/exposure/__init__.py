"""Which units a notice reaches, by whose terms, and what each of them earns."""
