"""T.alloc_reducer: a reduction whose layout and communication the compiler plans."""
