"""Shapes that the tile does not divide, and shapes known only at launch."""
