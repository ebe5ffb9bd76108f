"""A folder as hosts serve it: HTTP/2, compressed, to be kept for a year. nginx does, with a certificate of its own."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.conformance import running
from tests.patience import free_port

_CERTIFICATE = ("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1")  # fmt: skip


@contextmanager
def served(site: Path, prefix: str = "/") -> Iterator[str]:
    """Serve a folder below a path that ends in a slash, and so does the address."""
    with tempfile.TemporaryDirectory(prefix="http2-") as folder:
        own, port = Path(folder), free_port()
        command = [*_CERTIFICATE, "-keyout", f"{own}/key", "-out", f"{own}/cert"]
        subprocess.run(command, check=True, capture_output=True)
        server = (
            f"server {{ listen {port} ssl http2; ssl_certificate {own}/cert; ssl_certificate_key {own}/key;"
            f"gzip on; gzip_types *; gzip_comp_level 9; expires max; error_page 404 {prefix}404.html;"
            f"location {prefix} {{ alias {site.resolve()}/; }} }}"
        )
        with running.nginx_with(server, port, own) as url:
            yield url.replace("http:", "https:") + prefix
