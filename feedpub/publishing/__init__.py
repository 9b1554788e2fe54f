"""Carries a plan out: the build, and the only writers of what is published."""
