"""What becomes of a kernel on the host: launches, and memory that it allocates."""
