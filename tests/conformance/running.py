"""The hosts themselves, started on loopback over a built folder, each with its own configuration.

Each function takes the folder a host publishes, the path prefix below it, and a folder for its own
files; as a context manager it gives the base URL of the registry.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

from tests.patience import LOOPBACK, PATIENCE, free_port

ROOT = Path(__file__).parents[2]
HOSTS_PAGE = ROOT / "site/docs/operate/hosts.md"
WORKERD = ROOT / "node_modules/@cloudflare/workerd-linux-64/bin/workerd"

Start = Callable[[Path, str, Path], AbstractContextManager[str]]


@contextmanager
def nginx(www: Path, prefix: str, own: Path) -> Iterator[str]:
    port = free_port()
    site = _documented("nginx", www, prefix).replace("listen 443 ssl;", f"listen {port};")
    site = re.sub(r"^ *ssl_.*\n", "", site, flags=re.MULTILINE)
    with nginx_with(site, port, own) as url:
        yield url + prefix


@contextmanager
def nginx_with(site: str, port: int, own: Path) -> Iterator[str]:
    """nginx with a server block of ours."""
    temporary = "".join(
        f"{kind}_temp_path {own};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (own / "registry.conf").write_text(site)
    (own / "nginx.conf").write_text(
        f"daemon off; master_process off; pid {own}/pid; error_log stderr;"
        f"events {{}} http {{ access_log off; {temporary} include /etc/nginx/mime.types;"
        f"include {own}/registry.conf; }}"
    )
    with running(["/usr/sbin/nginx", "-c", f"{own}/nginx.conf", "-p", str(own)], port) as url:
        yield url


@contextmanager
def caddy(www: Path, prefix: str, own: Path) -> Iterator[str]:
    port = free_port()
    site = _documented("caddyfile", www, prefix)
    site = site.replace("registry.example.com {", f"http://127.0.0.1:{port} {{")
    (own / "Caddyfile").write_text("{\n\tadmin off\n\tauto_https off\n}\n" + site)
    arguments = ["caddy", "run", "--config", f"{own}/Caddyfile", "--adapter", "caddyfile"]
    with running(arguments, port, HOME=str(own), XDG_DATA_HOME=str(own)) as url:
        yield url + prefix


@contextmanager
def apache(www: Path, prefix: str, own: Path) -> Iterator[str]:
    site = re.sub(r"^ *SSL.*\n", "", _documented("apache", www, prefix), flags=re.MULTILINE)
    with _apache(site.replace("*:443", "*:80"), own) as url:
        yield url + prefix


@contextmanager
def htaccess(www: Path, prefix: str, own: Path) -> Iterator[str]:
    """Apache where only .htaccess is ours."""
    host = f"""
<VirtualHost *:80>
    DocumentRoot {www}
    AllowEncodedSlashes On
    DeflateAlterETag NoChange
    BrotliAlterETag NoChange
    <Directory {www}>
        Require all granted
        AllowOverride All
        Options FollowSymLinks
    </Directory>
</VirtualHost>
"""
    with _apache(host, own) as url:
        yield url + prefix


@contextmanager
def worker(www: Path, prefix: str, own: Path) -> Iterator[str]:
    """The edge worker in workerd, over the files of a folder."""
    port = free_port()
    folder = www / prefix.lstrip("/")
    modules = sorted((folder / "_worker.js").iterdir())
    for module in modules:
        shutil.copy(module, own / module.name)
    # The first module is the one that is run.
    names = sorted((module.name for module in modules), key=lambda name: name != "index.js")
    embedded = "\n".join(f'    (name = "{name}", esModule = embed "{name}"),' for name in names)
    values = {"folder": folder, "port": port, "modules": embedded}
    (own / "config.capnp").write_text(_WORKERD % values)
    with running([str(WORKERD), "serve", str(own / "config.capnp")], port) as url:
        yield url + prefix


@contextmanager
def cloudflare(www: Path, prefix: str, own: Path) -> Iterator[str]:
    """Cloudflare's own programs for static assets in front of the worker, as miniflare has them."""
    port = free_port()
    folder = www / prefix.lstrip("/")
    script = Path(__file__).with_name("cloudflare.mjs")
    with running(["node", str(script), str(folder), str(port)], port) as url:
        yield url + prefix


def serve(*options: str) -> Start:
    @contextmanager
    def start(www: Path, prefix: str, own: Path) -> Iterator[str]:
        port = free_port()
        script = Path(__file__).with_name("serve.py")
        arguments = [sys.executable, str(script), str(www), str(port), *options]
        with running(arguments, port, PYTHONPATH=str(ROOT)) as url:
            yield url

    return start


HOSTS: Mapping[str, Start] = {
    "serve": serve(),
    "serve --plain": serve("--plain"),
    "nginx": nginx,
    "caddy": caddy,
    "apache": apache,
    "apache .htaccess": htaccess,
    "worker": worker,
    "cloudflare": cloudflare,
    "serve packed": serve(),
    "worker packed": worker,
    "cloudflare packed": cloudflare,
}


@contextmanager
def all_started(hosts: Mapping[str, Start], root: Path) -> Iterator[Mapping[str, str]]:
    """Start hosts over the site in `www` of a folder; their addresses."""
    with ExitStack() as stack:
        urls = {}
        for name, start in hosts.items():
            own = root / name
            own.mkdir()
            urls[name] = stack.enter_context(start(root / "www", "", own))
        yield urls


PACKED = {name for name in HOSTS if name.endswith(" packed")}
"""Over a packed site: answers must be those over files."""


@contextmanager
def _apache(site: str, own: Path) -> Iterator[str]:
    port = free_port()
    modules = "".join(
        f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n"
        for name in [
            "mpm_event",
            "authz_core",
            "mime",
            "dir",
            "headers",
            "rewrite",
            "filter",
            "deflate",
            "brotli",
        ]
    )
    user = "User www-data\nGroup www-data\n" if os.geteuid() == 0 else ""
    (own / "httpd.conf").write_text(
        f"ServerRoot {own}\nServerName localhost\nPidFile {own}/pid\nErrorLog {own}/error.log\n"
        f"DefaultRuntimeDir {own}\nListen 127.0.0.1:{port}\n{modules}"
        f"{user}TypesConfig /etc/mime.types\n{site.replace('*:80', f'*:{port}')}"
    )
    with running(["/usr/sbin/apache2", "-X", "-f", f"{own}/httpd.conf"], port) as url:
        yield url


def _documented(language: str, www: Path, prefix: str) -> str:
    """The configuration that the documentation shows, with its folders replaced by those here."""
    match = re.search(
        rf"^```{language}\n(.*?)^```$", HOSTS_PAGE.read_text(), re.DOTALL | re.MULTILINE
    )
    assert match
    text = match[1].replace("/srv/registry/.hosts", f"{www}{prefix}/.hosts")
    return text.replace("/srv/registry", str(www))


@contextmanager
def running(arguments: Sequence[str], port: int, **environment: str) -> Iterator[str]:
    process = subprocess.Popen(
        arguments,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        _wait(process, port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        try:
            process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if process.poll() is not None:
            output = process.communicate()[0].decode()
            raise AssertionError(f"{process.args!r} ended with {process.returncode}: {output}")
        try:
            socket.create_connection((LOOPBACK, port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"{process.args!r} does not listen after {PATIENCE} s")


_WORKERD = """\
using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "registry", worker = .registry),
    (name = "files", disk = (path = "%(folder)s")),
    (name = "outside", network = (allow = ["private"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:%(port)d", http = (), service = "registry")],
);

const registry :Workerd.Worker = (
  modules = [
%(modules)s
  ],
  bindings = [(name = "ASSETS", service = "files")],
  compatibilityDate = "2026-01-01",
  globalOutbound = "outside",
);
"""
