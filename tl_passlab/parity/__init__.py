"""Numeric parity: kernels executed on a device against a float64 reference, with bounds from an error model."""
