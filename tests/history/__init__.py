"""Tests of the run record, the history database and the nightly."""
