"""Tests of the subcommands, through the real command line."""
