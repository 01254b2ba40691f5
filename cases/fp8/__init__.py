"""Eight-bit floating-point kernels."""
