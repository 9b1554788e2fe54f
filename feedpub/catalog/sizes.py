"""How much of the sources is read, kept or sent at once."""

PIECE = 1_000
"""The number of items of a file that are stored and loaded together."""
NEWEST = 2_500
"""The number of newest articles that are stored with their texts."""
LONG = 20_000
"""The most characters of an article that is stored among the newest. Longer ones are stored only while published."""
BATCH = 4 << 20
"""A task gets files until they have this many bytes,"""
FEW = 500
"""or until there are this many."""
