"""Kernels whose lowering varies from one process to the next: they store no goldens."""
