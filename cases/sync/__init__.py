"""Barriers between threads: where one is needed, where none is, and reductions across threads."""
