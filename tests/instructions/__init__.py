"""Tests of the pass wrappers."""
