"""What each tile operator of a kernel becomes: derived from a real lowering, and checked against the generated
source."""
