"""Conditions and loops: what is split, merged, hoisted and unrolled."""
