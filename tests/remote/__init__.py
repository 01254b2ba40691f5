"""Tests of runs over several hosts."""
