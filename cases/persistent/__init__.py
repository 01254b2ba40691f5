"""Blocks that outlive one tile, and kernels whose blocks meet."""
