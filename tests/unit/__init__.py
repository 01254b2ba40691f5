"""IR written by hand for one pass each: `before`, the PASS, its TARGET and the PREREQUISITES that run first."""
