"""Tests of tl_passlab; the tree mirrors the package."""
