#!/usr/bin/env bash
# Caddy 2.6.2 opens a second listening socket at a reload, and resets who had just connected to the first.
# Version: Debian 12, caddy 2.6.2-5.
#
# A reload (caddy reload, POST /load) of an unchanged configuration does not go on with the socket that listens. A
# second one is bound to the same address with SO_REUSEPORT, and then the first is closed. The kernel spreads new
# connections over both while both are open, and resets those that wait in the queue of the one that is closed
# (tcp(7)): so a client that connects at that moment may get a reset for a request that nobody has seen.
# net.ipv4.tcp_migrate_req=1 has the kernel hand them on to the socket that stays.
#
# Seen: the table at the end.
set -euo pipefail
work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null; wait; rm -rf "$work"' EXIT
cd "$work"

# The package by version and what it needs, unpacked here: nothing is installed.
mkdir -p lists/partial archives/partial
apt=(apt-get -qq -o Debug::NoLocking=1 -o APT::Sandbox::User=root -o Dir::State::lists="$work/lists" -o Dir::Cache="$work")
"${apt[@]}" update
"${apt[@]}" install -y --reinstall --download-only --no-install-recommends caddy=2.6.2-5
for package in archives/*.deb; do dpkg-deb -x "$package" .; done
export HOME=$work

free_port() { perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(LocalAddr => "127.0.0.1", Listen => 1)->sockport'; }
# The inode of each socket that listens at a port: the kernel's name of it.
listening() { awk -v port=":$(printf %04X "$1")" '$4 == "0A" && index($2, port) { print $10 }' /proc/net/tcp; }
listens() { until [ -n "$(listening "$1")" ]; do sleep 0.05; done; }

front=$(free_port) admin=$(free_port)
cat >Caddyfile <<END
{
	admin 127.0.0.1:$admin
	auto_https off
}
http://127.0.0.1:$front {
	bind 127.0.0.1
	respond "here"
}
END
usr/bin/caddy run --config Caddyfile --adapter caddyfile 2>log &
listens "$front"
first=$(listening "$front")

# Without --force an unchanged configuration is no reload at all.
usr/bin/caddy reload --force --config Caddyfile --adapter caddyfile --address "127.0.0.1:$admin" 2>>log
until [ "$(listening "$front" | wc -l)" = 1 ]; do sleep 0.05; done
second=$(listening "$front")

{
    echo "sockets that listen before the reload: $(wc -w <<<"$first")"
    [ "$first" = "$second" ] && echo "after it: the same socket" || echo "after it: another socket"
} >seen

# What that means for who waits in the queue of the first, without Caddy: two sockets, one client, one close.
perl -MIO::Socket::INET -e '
    use strict; use warnings;
    my %at = (LocalAddr => "127.0.0.1", Listen => 8, ReusePort => 1);
    my $old = IO::Socket::INET->new(%at) or die $!;
    my @clients = map { IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => $old->sockport) or die $! } 1 .. 4;
    my $new = IO::Socket::INET->new(%at, LocalPort => $old->sockport) or die $!;
    close $old;
    my $reset = grep { !defined sysread($_, my $byte, 1) && $!{ECONNRESET} } @clients;
    print "clients in the queue of the socket that was closed: $reset of 4 reset\n";
' >>seen
diff seen - <<'END'
sockets that listen before the reload: 1
after it: another socket
clients in the queue of the socket that was closed: 4 of 4 reset
END
echo "as described"
