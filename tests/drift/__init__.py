"""Tests of the drift engine, on hand-made lowerings and on two real lanes."""
