"""An upstream registry brought into servers/."""
