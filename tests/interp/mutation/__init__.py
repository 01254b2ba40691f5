"""The mutation suite: IR broken in one place, and the kind of finding that must notice."""
