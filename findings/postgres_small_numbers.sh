#!/usr/bin/env bash
# PostgreSQL 15 refuses JSON as jsonb for a number that is almost nothing, with "value overflows numeric format".
# Version: Debian 12, postgresql-15 15.20-0+deb12u1.
#
# jsonb keeps numbers as numeric, which has 16,383 digits after the point and 131,072 before it. 1e-16384 is 0 for
# every reader that uses doubles; here the whole document is an error, and so is the COPY or INSERT that it is one
# line of. Zero itself overflows as 0e-16384. json (without b) takes everything as text.
#
# Seen: the table at the end.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# The packages by version and what they need, unpacked here: nothing is installed.
mkdir -p lists/partial archives/partial
apt=(apt-get -qq -o Debug::NoLocking=1 -o APT::Sandbox::User=root -o Dir::State::lists="$work/lists" -o Dir::Cache="$work")
"${apt[@]}" update
"${apt[@]}" install -y --reinstall --download-only --no-install-recommends postgresql-15=15.20-0+deb12u1
for package in archives/*.deb; do dpkg-deb -x "$package" .; done

export LD_LIBRARY_PATH="$work/usr/lib/x86_64-linux-gnu"
programs=$work/usr/lib/postgresql/15/bin
# The server refuses to run as root.
as=()
if [ "$(id -u)" = 0 ]; then
    as=(setpriv --reuid=65534 --regid=65534 --clear-groups)
    chmod 711 "$work"
fi
mkdir -m 777 data
cd data
"${as[@]}" "$programs/initdb" -D base -U test -E UTF8 --locale=C -A trust -N >/dev/null

# What each becomes, in a server of one session without a socket.
for number in 1e-16383 1e-16384 -1e-16384 0e-16384 1e131071 1e131072; do
    for type in jsonb json; do
        query="select length('{\"a\":$number}'::$type::text)"
        said=$("${as[@]}" "$programs/postgres" --single -D base postgres 2>&1 <<<"$query" || true)
        echo "$number as $type: $(grep -oE 'ERROR: .*|length = "[0-9]+"' <<<"$said")"
    done
done >seen
diff - seen <<'END'
1e-16383 as jsonb: length = "16392"
1e-16383 as json: length = "14"
1e-16384 as jsonb: ERROR:  value overflows numeric format at character 15
1e-16384 as json: length = "14"
-1e-16384 as jsonb: ERROR:  value overflows numeric format at character 15
-1e-16384 as json: length = "15"
0e-16384 as jsonb: ERROR:  value overflows numeric format at character 15
0e-16384 as json: length = "14"
1e131071 as jsonb: length = "131079"
1e131071 as json: length = "14"
1e131072 as jsonb: ERROR:  value overflows numeric format at character 15
1e131072 as json: length = "14"
END
echo "as described"
