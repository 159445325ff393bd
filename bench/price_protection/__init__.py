"""How long a notice of 500 products takes that reaches 200,000 of 1, 3 and 10 million order lines.

Beside it one statement written by hand for just these terms, which inserts the same rows into the
same table; alternating runs, medians.
"""
