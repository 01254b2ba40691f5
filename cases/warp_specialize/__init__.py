"""Warp specialisation: which statements the producer runs, which the consumers, and who waits for whom."""
