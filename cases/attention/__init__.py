"""Attention: two matrix products around an online softmax, in one pipelined loop."""
