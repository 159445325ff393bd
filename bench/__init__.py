"""Benchmarks: ratios against a baseline in the same run, never by a timed test."""
