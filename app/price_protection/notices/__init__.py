"""What is known of a fall in price: told by the vendor, heard from a customer, or seen."""
