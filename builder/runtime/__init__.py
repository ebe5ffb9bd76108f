"""What the process runs on: worker processes, progress, garbage collection, installed files."""
