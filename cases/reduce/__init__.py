"""Reductions and scans over a tile."""
