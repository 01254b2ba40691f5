"""What was tested when, with what outcome: the record that nightly writes, history keeps and the report shows."""
