#!/usr/bin/env bash
# jq 1.6 reads arrays that nest 256 levels deep, but objects only to 128.
# Version: Debian 12, jq 1.6-2.1+deb12u3.
#
# Its parser allows 256 open places, and an object takes two: one for itself, one for the key whose value is under
# way. The message names the same limit for both. jq then stops for good: of a file with a document a line, nothing
# behind that line is read. It exits with 4, which its manual keeps for --exit-status, although lines before were
# printed.
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
"${apt[@]}" install -y --reinstall --download-only --no-install-recommends jq=1.6-2.1+deb12u3
for package in archives/*.deb; do dpkg-deb -x "$package" .; done
export PATH="$work/usr/bin:$PATH" LD_LIBRARY_PATH="$work/usr/lib/x86_64-linux-gnu"

times() { for ((i = 0; i < $2; i++)); do printf %s "$1"; done; }
arrays() { times '[' "$1"; times ']' "$1"; }
objects() { times '{"a":' "$1"; printf 1; times '}' "$1"; }
# What jq makes of three lines, the second of which nests as deep as that.
reads() {
    local status=0
    { echo 1; "$1" "$2"; printf '\n3\n'; } >lines
    jq -c . lines >printed 2>error || status=$?
    echo "$2 $1: $(wc -l <printed) of 3 lines, exit $status$(sed 's/^/, /' error)"
}

diff /dev/fd/3 <(reads arrays 256; reads arrays 257; reads objects 128; reads objects 129) 3<<'END'
256 arrays: 3 of 3 lines, exit 0
257 arrays: 1 of 3 lines, exit 4, parse error: Exceeds depth limit for parsing at line 2, column 257
128 objects: 3 of 3 lines, exit 0
129 objects: 1 of 3 lines, exit 4, parse error: Exceeds depth limit for parsing at line 2, column 641
END
echo "as described"
