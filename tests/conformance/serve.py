"""Run `mcp-registry serve`'s application over a built folder: serve.py FOLDER PORT [--plain] [--descriptions]."""

from __future__ import annotations

import sys
from pathlib import Path

import uvicorn

from builder.serve import app

if __name__ == "__main__":
    folder, port, *options = sys.argv[1:]
    application = app.application(
        Path(folder),
        plain="--plain" in options,
        searched="name-or-description" if "--descriptions" in options else "name",
        base_url="https://registry.example.com",
    )
    uvicorn.run(application, host="127.0.0.1", port=int(port), log_level="warning")
