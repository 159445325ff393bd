"""How many durable, acknowledged webhooks a second, beside what a plain endpoint takes."""
