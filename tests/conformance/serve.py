"""Run `mcp-registry serve`'s application over a built folder: serve.py FOLDER PORT [--plain] [--descriptions]."""

from __future__ import annotations

import socket
import sys
from contextlib import suppress
from pathlib import Path

from builder.serve import app
from builder.serve.server import make_server, run

if __name__ == "__main__":
    folder, port, *options = sys.argv[1:]
    application = app.application(
        Path(folder),
        plain="--plain" in options,
        searched="name-or-description" if "--descriptions" in options else "name",
        base_url="https://registry.example.com",
    )
    with socket.create_server(("127.0.0.1", int(port))) as listener, suppress(KeyboardInterrupt):
        run(make_server(application), [listener])
