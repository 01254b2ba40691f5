"""What only the Metal backend does."""
