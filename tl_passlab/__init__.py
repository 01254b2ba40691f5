"""tl_passlab: test harness and golden-file suite for TileLang's pass pipeline.

Importing this package must stay cheap and must not import tilelang: `passlab --help` and `passlab diff` start here.
"""

__version__ = "0.1.0"
