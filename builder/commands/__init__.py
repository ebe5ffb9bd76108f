"""One module for each command: options, one call, and what is printed. No logic."""
