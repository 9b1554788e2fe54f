"""feedpub: from a folder of articles to valid, stable category feeds."""

from feedpub.validator import Finding, validate

__version__ = "0.1.0"

__all__ = ["Finding", "__version__", "validate"]
