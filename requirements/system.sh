#!/bin/sh
# Install what the tests need from Debian: a browser, the web servers that people host on, a token of
# software (PKCS#11), and the programs that the documentation shows.
# As root on Debian they are installed; elsewhere what is missing is named, the tests that need it
# are skipped visibly, and with CI set that is a failure.
set -eu
missing=""
for pair in chromium:chromium nginx:nginx-light caddy:caddy apache2:apache2 node:nodejs npm:npm \
    curl:curl jq:jq sqlite3:sqlite3 softhsm2-util:softhsm2; do
    PATH=$PATH:/usr/sbin command -v "${pair%%:*}" >/dev/null || missing="$missing ${pair##*:}"
done
brotli=libnginx-mod-http-brotli-static
if command -v dpkg >/dev/null; then
    dpkg -s "$brotli" >/dev/null 2>&1 || missing="$missing $brotli"
fi
[ -z "$missing" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq
    # shellcheck disable=SC2086 # one word for each package
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
    exit 0
fi
echo "missing, so the tests that need it will be skipped:$missing" >&2
[ -z "${CI:-}" ]
