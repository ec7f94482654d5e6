#!/usr/bin/env bash
# HAProxy 2.6 gives a client no answer at all when a kept connection to the server breaks and it cannot repeat the
# request, in spite of retry-on.
# Version: Debian 12, haproxy 2.6.12-1+deb12u4.
#
# Whoever sends the first request of a connection gets 502 then, as from any proxy. From the second request on,
# HAProxy closes the client's connection without a word, as a server does that ends a kept connection: it leaves the
# repeat to the client. `retry-on empty-response` changes that for requests that fit into the buffer with their head
# (tune.bufsize, 16 KiB); a longer one is neither repeated nor answered. So webhooks over 16 KiB are lost where short
# ones are not, and no status tells of it.
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
# The first request of a connection is answered; a second one is read and the connection closed.
while (my $client = $listener->accept) {
    for my $kind ('new', 'kept') {
        my $length;
        while (defined(my $line = <$client>)) {
            $length = $1 if $line =~ /^content-length: *(\d+)/i;
            last if $line eq "\r\n";
        }
        defined $length or last;
        $client->read(my $body, $length);
        print $seen "    $length bytes on a $kind connection\n";
        print $client "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" if $kind eq 'new';
    }
    close $client;
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
    option http-buffer-request
    http-reuse always
    retries 3
    retry-on conn-failure empty-response
listen both
    bind 127.0.0.1:$front
    server upstream 127.0.0.1:$(cat port)
END
usr/sbin/haproxy -db -f haproxy.cfg &
listens "$front"

# Requests of so many bytes on one connection of a client.
cat >client.pl <<'END'
use strict;
use warnings;
use IO::Socket::INET;

my ($port, @lengths) = @ARGV;
my $proxy = IO::Socket::INET->new(PeerAddr => "127.0.0.1:$port") or die $!;
$proxy->autoflush(1);
for my $length (@lengths) {
    print $proxy "POST / HTTP/1.1\r\nHost: example\r\nContent-Length: $length\r\n\r\n" . 'x' x $length;
    my $status = <$proxy>;
    print defined $status ? $status =~ s/\r\n//r : 'the end of the connection', "\n";
    while (defined(my $line = <$proxy>)) { last if $line eq "\r\n" }
}
END
{
    echo "one connection:"
    perl client.pl "$front" 10 10
    echo "one connection:"
    perl client.pl "$front" 10 20000
    echo "two connections:"
    perl client.pl "$front" 10
    perl client.pl "$front" 20000
} >>seen
diff - seen <<'END'
one connection:
    10 bytes on a new connection
    10 bytes on a kept connection
    10 bytes on a new connection
HTTP/1.1 200 OK
HTTP/1.1 200 OK
one connection:
    10 bytes on a kept connection
    10 bytes on a new connection
    20000 bytes on a kept connection
HTTP/1.1 200 OK
the end of the connection
two connections:
    10 bytes on a new connection
HTTP/1.1 200 OK
    20000 bytes on a kept connection
HTTP/1.1 502 Bad Gateway
END
echo "as described"
