"""Passes of our own, over the same IR as upstream's: they annotate, check or repair what upstream leaves open."""
