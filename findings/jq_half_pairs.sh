#!/usr/bin/env bash
# jq 1.6 takes the second half of a surrogate pair alone, and stops for good at the first half alone.
# Version: Debian 12, jq 1.6-2.1+deb12u3.
#
# JSON's grammar (RFC 8259, section 7) allows an escape of half a surrogate pair in a text; JSON.stringify writes one
# for a text that was cut in the middle of an emoji. "\ude00" becomes U+FFFD, without a word. "\ud83d" is an error,
# and nothing behind that line is read. The position that the error names is the end of the text, not the escape.
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

# What jq makes of three lines, the second of which is this text.
reads() {
    local status=0
    printf '1\n"%s"\n3\n' "$1" >lines
    jq -ca . lines >printed 2>error || status=$?
    echo "$1: $(paste -sd ' ' printed), exit $status$(sed 's/^/, /' error)"
}

diff /dev/fd/3 <(
    reads '\ud83d\ude00'
    reads '\ude00'
    reads '\ude00\ude00 and more'
    reads '\ud83d'
    reads '\ud83d and more'
    reads '\ud83d\ud83d\ude00'
) 3<<'END'
\ud83d\ude00: 1 "\ud83d\ude00" 3, exit 0
\ude00: 1 "\ufffd" 3, exit 0
\ude00\ude00 and more: 1 "\ufffd\ufffd and more" 3, exit 0
\ud83d: 1, exit 4, parse error: Invalid \uXXXX\uXXXX surrogate pair escape at line 2, column 8
\ud83d and more: 1, exit 4, parse error: Invalid \uXXXX\uXXXX surrogate pair escape at line 2, column 17
\ud83d\ud83d\ude00: 1, exit 4, parse error: Invalid \uXXXX\uXXXX surrogate pair escape at line 2, column 20
END
echo "as described"
