"""Layouts of shared memory: inferred, annotated by hand, and what each costs or enables."""
