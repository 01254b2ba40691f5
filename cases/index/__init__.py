"""Index arithmetic: its sign and its width."""
