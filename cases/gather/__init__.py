"""TMA gather4 and scatter4: four rows of a tensor, chosen at run time, in one instruction."""
