"""What each operation of the IR does, one file per kind, each with an explicit name-to-function table."""
