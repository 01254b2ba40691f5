"""What was tested when, with what outcome: the record of a run that nightly writes, history keeps and the report shows."""
