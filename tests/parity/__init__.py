"""Tests of tl_passlab.parity."""
