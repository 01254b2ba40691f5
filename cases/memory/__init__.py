"""Where buffers lie: the shared arena, L2 persistence, parameters that may alias."""
