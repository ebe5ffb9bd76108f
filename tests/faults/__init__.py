"""What went wrong once at run time, kept as tests: one module a kind of fault."""
