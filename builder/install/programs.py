"""Programs that stand on people's machines anyway: a package of the same name would not be what starts.

A crate is started by its own name, which the system looks up; with `bash` for a name, the arguments of
an entry would be a script.
"""

from __future__ import annotations

import re

_SHELLS = "ash bash busybox cmd csh dash fish ksh ksh93 mksh nu powershell pwsh rbash sh tcsh toybox yash zsh"
_LANGUAGES = """
awk bun clisp cscript deno dotnet elixir erl escript gawk ghci go groovy guile irb java javaw jshell
julia kotlin lua luajit mawk mshta node nodejs ocaml octave osascript perl php py pypy pypy3 python
python2 python3 pythonw r racket raku rscript ruby runghc sbcl scala sed swift tclsh ts-node tsx wish
wscript
"""
_STARTERS = """
at bunx cargo chroot command corepack cron crontab docker env eval exec expect explorer find flatpak
forfiles gem git go-run ionice ld-linux make msbuild msiexec nerdctl nice nix nohup npm npx nsenter open
parallel pip pip3 pipenv pipx pkexec pnpm pnpx podman poetry regsvr32 rundll32 runas rustc rustup schtasks
screen script service setsid snap source ssh start stdbuf strace su sudo doas systemctl systemd-run
launchctl bwrap capsh catatonit chrt dbus-launch dbus-run-session docker-init dumb-init fakeroot
firejail gosu prlimit proot run-parts runuser setpriv start-stop-daemon su-exec taskset time timeout tini tini-static tmux unshare uv uvx watch winget wmic wsl xargs xdg-open yarn
"""
_TOOLS = """
apt apt-get base64 bitsadmin brew busctl cat certutil chmod chown cp curl dd del dig dnf ed emacs ex
ftp gdb gpg kill killall ln ls mail more mount mv nano nc ncat netcat netsh nmap nslookup openssl ps
reg rm rmdir rsync scp sc sftp shred socat sqlite3 tar tee telnet tftp umount unzip vi view vim wget yum
zip
"""
_NAMES = frozenset(" ".join((_SHELLS, _LANGUAGES, _STARTERS, _TOOLS)).split())


# What Windows adds or leaves out of a file's name, and the version in `python3.12` and `lua-5.4`.
_ENDING = re.compile(r"\.(?:exe|com|bat|cmd|ps1)$|[. ]+$|-?\d[\d.]*[a-z]?$")


# What loads programs takes one as its argument: /lib64/ld-linux-x86-64.so.2 /bin/sh.
_LOADER = re.compile(r"ld(?:64|-[\w.-]+)?\.so(?:\.\d+)*")


def is_program(name: str) -> bool:
    """Return whether a name, however it is spelled, is that of a program that many systems have."""
    spelled = name.lower()
    while spelled not in _NAMES and (match := _ENDING.search(spelled)) and match.start():
        spelled = spelled[: match.start()]
    return spelled in _NAMES or _LOADER.fullmatch(name.lower()) is not None
