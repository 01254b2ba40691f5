"""The nightly run: every kind of test in child processes, brought to one `Run`, kept in the history and shown."""
