"""feedpub: from a folder of articles to valid, stable category feeds."""

__version__ = "0.1.0"
