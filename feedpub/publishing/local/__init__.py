"""Publishes documents to a folder of this machine."""
