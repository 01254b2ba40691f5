"""Reviewing pending goldens: grouped by cause, walked on a terminal, accepted or rejected one cause at a time."""
