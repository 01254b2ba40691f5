"""Executes TIR at pass boundaries without a GPU: values, races, deadlocks, and the pass that is to blame."""
