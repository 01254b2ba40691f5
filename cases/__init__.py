"""Small kernels, one idea each: what the golden files, the claims and the numeric checks run on."""
