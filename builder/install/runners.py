"""What starts the packages of each registry, and how it reads its command line, as data.

Sources: `npx --help` and npm's own table of configuration (11), `uvx --help` (uv 0.9), `pipx run
--help` (1.8), `docker run --help` (28.2), `podman run --help`, `dotnet tool exec --help` (10). Left
out on purpose are options after which nobody can tell what starts: npx -c, docker's --health-cmd (a line for
the container's shell), a configuration file, a cache
at some address, volumes that a driver fetches, Node's own options, lists that put other packages in the place of those asked for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from builder.install.grammar import Grammar, spellings

_NPX = Grammar(
    command=("npx",),
    flags=spellings(
        "-y --yes, -q --quiet, -s --silent, --prefer-offline, "
        "--prefer-online, --offline, --ignore-scripts, --legacy-peer-deps, --force"
    ),
    valued=spellings("-p --package, --registry, --loglevel, --omit"),
    package=frozenset(("--package",)),
    sources=frozenset(("--registry",)),
)
_NPM_EXEC = replace(
    _NPX,
    command=("npm", "exec"),
    valued={name: shared for name, shared in _NPX.valued.items() if name != "-p"},
    divider=True,
)
_UVX = Grammar(
    command=("uvx",),
    flags=spellings(
        "--isolated, --lfs, -U --upgrade, --no-index, --no-sources, --reinstall, "
        "--compile-bytecode, --no-build, --no-build-isolation, --no-binary, "
        "-n --no-cache, --refresh, --managed-python, --no-managed-python, "
        "--no-python-downloads, -q --quiet, -v --verbose, --native-tls, --system-certs, "
        "--offline, --no-progress, --no-config, --no-env-file"
    ),
    valued=spellings(
        "--from, -w --with, --python-platform, --torch-backend, --index, --default-index, "
        "-i --index-url, --extra-index-url, -f --find-links, --index-strategy, "
        "--keyring-provider, -P --upgrade-package, --resolution, --prerelease, "
        "--exclude-newer, --reinstall-package, --link-mode, --no-build-package, "
        "--no-binary-package, --refresh-package, -p --python, "
        "--python-preference, --color, --allow-insecure-host"
    ),
    package=frozenset(("--from",)),
    beside=frozenset(("--with",)),
    versions=frozenset(("--python",)),
    sources=frozenset(
        ("--index", "--default-index", "--index-url", "--extra-index-url", "--find-links")
    ),
    clustered=True,
)
_PIPX_RUN = Grammar(
    command=("pipx", "run"),
    flags=spellings(
        "-q --quiet, -v --verbose, --no-cache, --refresh, --no-path-check, "
        "--fetch-missing-python, --system-site-packages, --skip-maintenance"
    ),
    valued=spellings("--spec, --with, --python, --fetch-python, --index-url, --backend"),
    package=frozenset(("--spec",)),
    beside=frozenset(("--with",)),
    versions=frozenset(("--python",)),
    sources=frozenset(("--index-url",)),
)
_DOCKER = Grammar(
    command=("docker", "run"),
    flags=spellings(
        "-d --detach, --disable-content-trust, --init, -i --interactive, "
        "--no-healthcheck, --oom-kill-disable, --privileged, -P --publish-all, "
        "-q --quiet, --read-only, --rm, --sig-proxy, -t --tty, --use-api-socket"
    ),
    valued=spellings(
        "--add-host, --annotation, -a --attach, --blkio-weight, --blkio-weight-device, "
        "--cap-add, --cap-drop, --cgroup-parent, --cgroupns, --cidfile, --cpu-count, "
        "--cpu-percent, --cpu-period, --cpu-quota, --cpu-rt-period, --cpu-rt-runtime, "
        "-c --cpu-shares, --cpus, --cpuset-cpus, --cpuset-mems, --detach-keys, "
        "--device, --device-cgroup-rule, --device-read-bps, --device-read-iops, "
        "--device-write-bps, --device-write-iops, --dns, --dns-option --dns-opt, "
        "--dns-search, --domainname, --entrypoint, -e --env, --env-file, --expose, "
        "--gpus, --group-add, --health-interval, --health-retries, "
        "--health-start-interval, --health-start-period, --health-timeout, "
        "-h --hostname, --ip, --ip6, --ipc, --isolation, --kernel-memory, -l --label, "
        "--label-file, --link, --link-local-ip, --log-driver, --log-opt, --mac-address, "
        "-m --memory, --memory-reservation, --memory-swap, --memory-swappiness, "
        "--mount, --name, --net --network, --net-alias --network-alias, "
        "--oom-score-adj, --pid, --pids-limit, --platform, -p --publish, --pull, "
        "--restart, --runtime, --security-opt, --shm-size, --stop-signal, "
        "--stop-timeout, --storage-opt, --sysctl, --tmpfs, --ulimit, -u --user, "
        "--userns, --uts, -v --volume, -w --workdir"
    ),
    programs=frozenset(("--entrypoint",)),
    mounts=frozenset(("--mount",)),
    environment=frozenset(("--env",)),
    clustered=True,
)
_DNX = Grammar(
    command=("dnx",),
    flags=spellings(
        "-y --yes, --prerelease, --allow-roll-forward, --disable-parallel, "
        "--ignore-failed-sources, --no-http-cache, --interactive"
    ),
    valued=spellings("--source, --add-source, -v --verbosity, --framework"),
    sources=frozenset(("--source", "--add-source")),
    anywhere=True,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Runner:
    """What starts the packages of one registry.

    `before` are options that always stand first, `agree` the one that answers the runner's
    question, for clients where nobody can. `pin` joins name and version where the package stands,
    `option_pin` in an option that names it. `after` follows the package, `divide` its arguments.
    `names_environment`: variables are passed on by `-e NAME`. `full_names`: it has a list of its own
    of where an image without a host comes from. `base_option` names another
    registry than the usual one. `steered_by` are patterns of variables (`fnmatch`, small letters)
    that have the runner, or what it runs in, take other packages or begin with other code. What
    matches `not_packages`, in small letters, it takes for something else than a package.
    """

    grammar: Grammar
    before: tuple[str, ...] = ()
    agree: str = ""
    pin: str = "@"
    option_pin: str = "@"
    after: tuple[str, ...] = ()
    divide: tuple[str, ...] = ()
    names_environment: bool = False
    full_names: bool = False
    base_option: str = ""
    steered_by: tuple[str, ...] = ()
    not_packages: re.Pattern[str] | None = None


# ld.so(8), gconv(5), dyld(1), bash(1), openssl-env(7), git(1); npm's config(7), node(1), Corepack's
# README; uv's and pip's own lists of variables, python(1) and webbrowser, which a filter of warnings
# imports; `docker --help`, podman(1); .NET's host and its profiling API, NuGet's reference of variables.
_ANY = (
    *("ld_*", "dyld_*", "gconv_path", "path", "pathext", "comspec", "systemroot", "windir"),
    *("bash_env", "bash_func_*", "shellopts", "ps4", "openssl_*"),
    *("git_ssh*", "git_config*", "git_exec_path", "git_askpass", "git_proxy_command"),
)
_HOMES = (
    "home",
    "userprofile",
    "appdata",
    "localappdata",
    "programdata",
    "xdg_*_home",
    "xdg_*_dirs",
)
"""Where programs look for the user's configuration."""
_BUILDERS = ("cc", "cxx", "make", "makeflags", "pkg_config*", "cmake_*", "rustc*", "cargo_*")
"""What a package that is built where it is installed is built by: node-gyp's README, make(1), Cargo's reference."""
_NODE = ("node_options", "node_path", "node_extra_ca_certs", "node_compile_cache")
_PYTHON = (
    *("pythonpath", "pythonhome", "pythonstartup", "pythonwarnings", "pythonuserbase"),
    *("pythonbreakpoint", "pythonexecutable", "pythonpycacheprefix", "pythonplatlibdir", "browser"),
)
_DOTNET = (
    *("dotnet_startup_hooks", "dotnet_additional_deps", "coreclr_*", "cor_*", "complus_*"),
    *("dotnet_root*", "dotnet_host_path", "dotnet_shared_store", "dotnet_diagnosticports"),
)
# perlrun(1), ruby(1), java(1) and the JVM's guide, php(1), lua(1), erl(1), R's Startup, Bun's documentation.
_IN_IMAGES = (
    *(*_NODE, *_PYTHON, *_DOTNET, "bun_options", "perl5opt", "perl5lib", "perl5db", "perllib"),
    *("rubyopt", "rubylib", "java_tool_options", "_java_options", "jdk_java_options", "classpath"),
    *("phprc", "php_ini_scan_dir", "lua_init*", "lua_path*", "lua_cpath*", "erl_*flags"),
    *("elixir_erl_options", "r_profile*", "r_environ*", "julia_load_path"),
)
"""By which a language in an image begins with other code: what runs there is not known."""
_NPM = Runner(
    grammar=_NPX,
    agree="-y",
    base_option="--registry",
    steered_by=(
        *(*_ANY, *_HOMES, *_BUILDERS, *_NODE, "npm_config_*", "corepack_*", "prefix"),
        *("node_repl_external_module", "python", "node_gyp_force_python"),
    ),
)
_PYPI = Runner(
    grammar=_UVX,
    option_pin="==",
    base_option="--index-url",
    steered_by=(
        *(*_ANY, *_HOMES, *_BUILDERS, *_PYTHON, "uv_*", "pip_*", "pipx_*"),
        *("ssl_cert_file", "ssl_cert_dir"),
    ),
    # https://docs.astral.sh/uv/concepts/tools/ and try_from_tool_name in uv's discovery of Python
    not_packages=re.compile(
        r"(?:pythonw?|cpython|pypy|graalpy|pyodide)(?:[-.]?\d[\d.-]*(?:[a-z]{1,2}\d*)?)?"
    ),
)
_OCI = Runner(
    grammar=_DOCKER,
    before=("-i", "--rm"),
    pin=":",
    names_environment=True,
    steered_by=(
        *(*_ANY, *_IN_IMAGES, "docker_*", "container_*", "containers_*", "podman_*", "buildah_*"),
        *("storage_driver", "storage_opts"),
    ),
)
_NUGET = Runner(
    grammar=_DNX,
    after=("--yes",),
    divide=("--",),
    base_option="--source",
    steered_by=(*(*_ANY, *_HOMES, *_DOTNET, "nuget_*", "dotnet_cli_home", "msbuild*"),),
)

RUNNERS: Mapping[str, Mapping[str, Runner]] = {
    "npm": {"npx": _NPM, "npm": replace(_NPM, grammar=_NPM_EXEC)},
    "pypi": {"uvx": _PYPI, "pipx": replace(_PYPI, grammar=_PIPX_RUN, pin="==")},
    "oci": {
        "docker": _OCI,
        "podman": replace(
            _OCI, grammar=replace(_DOCKER, command=("podman", "run")), full_names=True
        ),
    },
    "nuget": {"dnx": _NUGET},
}
"""Runners by package type and by the word of `runtimeHint` that asks for them; the first is usual."""


def runner(kind: str, hint: str) -> Runner | None:
    """Return the runner of a package type: the one that the entry hints at, or the usual one."""
    offered = RUNNERS.get(kind)
    if not offered:
        return None
    return offered.get(hint) or next(iter(offered.values()))


def is_steered(starter: Runner | None, variable: str) -> bool:
    """Return whether a variable decides what a runner, or a program without one, starts."""
    patterns = starter.steered_by if starter else _ANY
    return any(fnmatchcase(variable.lower(), pattern) for pattern in patterns)
