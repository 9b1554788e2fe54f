"""The config's words for dates."""
