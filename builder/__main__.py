"""`python -m builder` is the command `mcp-registry`."""

from builder.cli import main

if __name__ == "__main__":
    main()
