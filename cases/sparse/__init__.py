"""Sparsity decided at run time: pipelined loops whose body may be skipped."""
