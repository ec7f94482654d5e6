#!/usr/bin/env bash
# HAProxy 2.6 forgets a signal to reload that comes while its master starts again.
# Version: Debian 12, haproxy 2.6.12-1+deb12u4.
#
# SIGUSR2 has a master read its configuration again: it executes itself, starts a worker, and the worker takes the
# connections. From its execution until it is back in its loop it ignores SIGUSR2; the signal is neither carried out
# later nor told in the log. So who renews a certificate and changes the configuration within a tenth of a second
# keeps the first of both. A new worker's process is no sign that the master listens again; the answer at its socket
# (-S), which comes from that loop, is one.
#
# Seen: the table at the end.
set -euo pipefail
work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null; wait; rm -rf "$work"' EXIT
cd "$work"

# The packages by version and what they need, unpacked here: nothing is installed.
mkdir -p lists/partial archives/partial
apt=(apt-get -qq -o Debug::NoLocking=1 -o APT::Sandbox::User=root -o Dir::State::lists="$work/lists" -o Dir::Cache="$work")
"${apt[@]}" update
"${apt[@]}" install -y --reinstall --download-only --no-install-recommends haproxy=2.6.12-1+deb12u4
for package in archives/*.deb; do dpkg-deb -x "$package" .; done
export PATH="$work/usr/bin:$PATH" LD_LIBRARY_PATH="$work/usr/lib/x86_64-linux-gnu"

cat >haproxy.cfg <<END
global
    master-worker
defaults
    mode http
    timeout connect 5s
    timeout client 5s
    timeout server 5s
frontend nobody
    bind unix@$work/front.sock
    http-request return status 200
END
usr/sbin/haproxy -W -S "$work/master.sock" -f haproxy.cfg >output.log 2>&1 &
master=$!

# A master that executed itself names its former worker: "-sf 1234".
arguments() { tr '\0' ' ' <"/proc/$master/cmdline"; }
# The master's own count of its reloads, as soon as it answers with a worker.
reloads() {
    perl -MIO::Socket::UNIX -e '
        for (1 .. 2000) {
            if (my $master = IO::Socket::UNIX->new($ARGV[0])) {
                print $master "show proc\n";
                $master->shutdown(1);
                my $answer = join "", <$master>;
                if ($answer =~ /master\s+(\d+).*^\d+\s+worker/ms) { print $1; exit 0 }
            }
            select undef, undef, undef, 0.01;
        }
        exit 1' "$work/master.sock"
}
# Two signals, the second as soon as $1 has happened; how many reloads the master counts then.
two_signals() {
    local before earlier
    before=$(reloads)
    earlier=$(arguments)
    kill -USR2 "$master"
    case $1 in
    execution) until [ "$(arguments)" != "$earlier" ]; do :; done ;;
    answer) until [ "$(reloads)" -gt "$before" ]; do sleep 0.001; done ;;
    esac
    kill -USR2 "$master"
    # Time enough for a reload that was only put off: one takes less than a tenth of a second.
    sleep 2
    echo "$1: $(($(reloads) - before))"
}

{
    for i in 1 2 3; do two_signals execution; done
    for i in 1 2 3; do two_signals answer; done
} >counted
diff - counted <<'END'
execution: 1
execution: 1
execution: 1
answer: 2
answer: 2
answer: 2
END
echo "as described"
