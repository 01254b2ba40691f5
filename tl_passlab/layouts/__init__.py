"""Layouts as a trace prints them: read, expanded by leading dimensions, compared, and drawn. Text in, text out."""
