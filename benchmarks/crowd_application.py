"""The application of `mcp-registry serve` over the folder in SITE, for servers that import one."""

import os
from pathlib import Path

from builder.serve import app

application = app.application(Path(os.environ["SITE"]), plain=False)
