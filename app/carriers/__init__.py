"""Carriers: whose webhooks we take in, the inbox that keeps them, what their words mean."""
