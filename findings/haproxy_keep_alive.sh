#!/usr/bin/env bash
# HAProxy 2.6 passes a server's Keep-Alive header on to its HTTP/1.1 clients, though their connection is another one.
# Version: Debian 12, haproxy 2.6.12-1+deb12u4.
#
# Keep-Alive tells how long a sender keeps this one connection, and RFC 9110, section 7.6.1, has intermediaries remove
# it. nginx and Caddy do. HAProxy leaves it in while it takes its neighbour "Connection: keep-alive" out: a client is
# promised the server's 150 s and meets the end after HAProxy's own `timeout http-keep-alive`. A client that believes
# the promise loses the request that it sends in between. `http-response del-header Keep-Alive` mends it.
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

# A server for one connection at a time, that writes its port and what it was sent into files.
cat >upstream.pl <<'END'
use strict;
use warnings;
use IO::Socket::INET;

my $listener = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 8) or die $!;
open(my $seen, '>>', 'seen') or die $!;
$seen->autoflush(1);
open(my $port, '>', 'port.new') or die $!;
print $port $listener->sockport;
close $port;
rename 'port.new', 'port';
while (my $client = $listener->accept) {
    while (my $line = <$client>) { last if $line eq "\r\n" }
    print $client "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: keep-alive\r\nKeep-Alive: timeout=150\r\n\r\n";
    <$client>;
}
END

free_port() { perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(LocalAddr => "127.0.0.1", Listen => 1)->sockport'; }
listens() { until (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; do sleep 0.05; done; }

perl upstream.pl &
until [ -e port ]; do sleep 0.05; done
front=$(free_port)
cat >haproxy.cfg <<END
defaults
    mode http
    timeout connect 5s
    timeout client 30s
    timeout server 30s
    timeout http-keep-alive 1s
listen both
    bind 127.0.0.1:$front
    server upstream 127.0.0.1:$(cat port)
END
usr/sbin/haproxy -db -f haproxy.cfg &
listens "$front"

exec 4<>"/dev/tcp/127.0.0.1/$front"
printf 'GET / HTTP/1.1\r\nHost: example\r\n\r\n' >&4
SECONDS=0
tr -d '\r' <&4 >answer
((SECONDS <= 10)) && echo "(end of the connection, within ten seconds)" >>answer

diff - answer <<'END'
HTTP/1.1 200 OK
content-length: 0
keep-alive: timeout=150

(end of the connection, within ten seconds)
END
echo "as described"
