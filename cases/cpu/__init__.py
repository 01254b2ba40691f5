"""What only the CPU pipeline does."""
