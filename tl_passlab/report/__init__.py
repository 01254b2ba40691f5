"""Rendering: each function takes frozen dataclasses and returns text."""
