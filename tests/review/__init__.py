"""Tests of the pending goldens and their review."""
