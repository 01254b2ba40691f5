"""Blackwell's matrix products, whose result lives in tensor memory."""
