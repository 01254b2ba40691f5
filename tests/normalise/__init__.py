"""Tests of the normalisation rules."""
