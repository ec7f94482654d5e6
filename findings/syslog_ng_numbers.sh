#!/usr/bin/env bash
# syslog-ng 3.38 reads a JSON number as six digits after the point: 1e-7 becomes zero, and a place on earth moves.
# Version: Debian 12, syslog-ng-core 3.38.1-5+deb12u1.
#
# json-parser() keeps each value as a text, but not the text of the line: a number with a point or an exponent is
# printed anew with six digits, and an integer beyond 64 bits becomes the largest one that fits. $(format-json) writes
# what is kept, in quotes (configuration 3.38) or as numbers (4.0). The same number inside an array of objects stays as
# it was, since such an array is one text. An object without members is not written again at all.
#
# Seen: the table at the end: a number, and what the two configurations write of {"v":N,"in":[{"v":N}],"none":{}}.
set -euo pipefail
work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; wait; rm -rf "$work"' EXIT
cd "$work"

# The packages by version and what they need, unpacked here: nothing is installed.
mkdir -p lists/partial archives/partial
apt=(apt-get -qq -o Debug::NoLocking=1 -o APT::Sandbox::User=root -o Dir::State::lists="$work/lists" -o Dir::Cache="$work")
"${apt[@]}" update
"${apt[@]}" install -y --reinstall --download-only --no-install-recommends syslog-ng-core=3.38.1-5+deb12u1
for package in archives/*.deb; do dpkg-deb -x "$package" .; done
export PATH="$work/usr/sbin:$PATH" LD_LIBRARY_PATH="$work/usr/lib/syslog-ng:$work/usr/lib/x86_64-linux-gnu"

numbers=(0.1 52.520008123456 0.000000123 1e-7 1.5e20 9007199254740993 18446744073709551615)
for number in "${numbers[@]}"; do printf '{"v":%s,"in":[{"v":%s}],"none":{}}\n' "$number" "$number"; done >lines

# What syslog-ng writes of the lines with a configuration of this version.
passes_on() {
    cat >conf <<END
@version: $1
options { stats-freq(0); };
source lines { file("$work/lines" flags(no-parse) follow-freq(0.1)); };
parser json { json-parser(prefix("json.")); };
destination written { file("$work/written.$1" template("\$(format-json --key json.* --shift-levels 1)\n")); };
log { source(lines); parser(json); destination(written); };
END
    timeout 30 syslog-ng --foreground --no-caps --cfgfile=conf --module-path="$work/usr/lib/syslog-ng/3.38" \
        --persist-file="persist.$1" --pidfile="$work/pid" --control="$work/control" 2>log &
    until [ -e "written.$1" ] && [ "$(wc -l <"written.$1")" -ge ${#numbers[@]} ]; do
        kill -0 $! || { cat log; return 1; }
        sleep 0.1
    done
    kill $!
    wait $! || true
}
passes_on 3.38
passes_on 4.0

diff /dev/fd/3 <(paste -d ' ' <(printf '%s:\n' "${numbers[@]}") written.3.38 written.4.0) 3<<'END'
0.1: {"v":"0.100000","in":"[{\"v\":0.1}]"} {"v":0.100000,"in":[{"v":0.1}]}
52.520008123456: {"v":"52.520008","in":"[{\"v\":52.520008123456}]"} {"v":52.520008,"in":[{"v":52.520008123456}]}
0.000000123: {"v":"0.000000","in":"[{\"v\":0.000000123}]"} {"v":0.000000,"in":[{"v":0.000000123}]}
1e-7: {"v":"0.000000","in":"[{\"v\":1e-7}]"} {"v":0.000000,"in":[{"v":1e-7}]}
1.5e20: {"v":"150000000000000000000.000000","in":"[{\"v\":1.5e20}]"} {"v":150000000000000000000.000000,"in":[{"v":1.5e20}]}
9007199254740993: {"v":"9007199254740993","in":"[{\"v\":9007199254740993}]"} {"v":9007199254740993,"in":[{"v":9007199254740993}]}
18446744073709551615: {"v":"9223372036854775807","in":"[{\"v\":18446744073709551615}]"} {"v":9223372036854775807,"in":[{"v":18446744073709551615}]}
END
echo "as described"
