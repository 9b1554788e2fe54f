"""Decides what each document of each feed contains, and whether a build may publish it."""
