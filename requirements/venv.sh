#!/bin/sh
# Make a virtual environment: venv.sh PYTHON FOLDER
# Debian's python3 comes without the venv module; as root it is installed, otherwise named.
set -eu
python=$1 folder=$2

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "error: $("$python" --version) is too old, Python 3.11 or newer is needed (make PYTHON=python3.12 ...)" >&2
    exit 2
}
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        apt-get update -qq && apt-get install -y -qq python3-venv >/dev/null
    else
        echo "error: $python has no venv module. On Debian: sudo apt-get install python3-venv" >&2
        exit 2
    fi
fi
exec "$python" -m venv "$folder"
