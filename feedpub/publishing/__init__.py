"""Carries a plan out: the build, and the only code that writes published files."""
