"""Kernels that the compiler refuses: the message is the golden."""
