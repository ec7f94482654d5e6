#!/usr/bin/env bash
# Caddy 2.6.2 with buffer_requests cuts a chunked body off at request_body's max_size and sends the rest on as if it
# were whole.
# Version: Debian 12, caddy 2.6.2-5 and curl 7.88.1-10+deb12u15.
#
# Without buffer_requests a chunked body beyond the limit is 413. With it, the error of the limit is dropped with the
# read that met it: the upstream gets a correctly ended body that is short, and the client gets the upstream's 200. A
# receiver of signed webhooks then sees a wrong signature. A body that says its length beforehand is 502 in both
# cases, not 413.
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
"${apt[@]}" install -y --reinstall --download-only --no-install-recommends caddy=2.6.2-5 curl=7.88.1-10+deb12u15
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
    my ($first, $ended, $bytes) = (scalar <$client>, 0, 0);
    my ($path) = $first =~ m{ (/\S*) };
    my $length;
    while (my $line = <$client>) {
        $length = $1 if $line =~ /^content-length: *(\d+)/i;
        last if $line eq "\r\n";
    }
    if (defined $length) {
        $bytes = $client->read(my $body, $length);
        $ended = $bytes == $length;
    } else {
        while (defined(my $line = <$client>)) {
            my ($digits) = $line =~ /^([0-9a-f]+)/i or last;
            my $size = hex $digits;
            $bytes += $client->read(my $chunk, $size) if $size;
            <$client>;
            last if $ended = $size == 0;
        }
    }
    my $framing = defined $length ? "length $length" : 'chunked';
    print $seen "$path, $framing: $bytes bytes, ", $ended ? "whole\n" : "broken off\n";
    print $client "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n" if $ended;
    close $client;
}
END

free_port() { perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(LocalAddr => "127.0.0.1", Listen => 1)->sockport'; }
listens() { until (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; do sleep 0.05; done; }

perl upstream.pl &
until [ -e port ]; do sleep 0.05; done
front=$(free_port)
cat >Caddyfile <<END
{
	admin off
	auto_https off
}
http://127.0.0.1:$front {
	request_body {
		max_size 1000
	}
	handle /buffered {
		reverse_proxy 127.0.0.1:$(cat port) {
			buffer_requests
		}
	}
	handle /straight {
		reverse_proxy 127.0.0.1:$(cat port)
	}
}
END
HOME=$work usr/bin/caddy run --config Caddyfile --adapter caddyfile 2>log &
listens "$front"

printf '%01500d' 0 >body
for path in /buffered /straight; do
    for framing in Transfer-Encoding:chunked X-Nothing:more; do
        curl -s -o /dev/null -w "$path, $framing: %{http_code}\n" -H "$framing" --data-binary @body "http://127.0.0.1:$front$path"
    done
done >answers
diff - <(cat seen answers) <<'END'
/buffered, chunked: 1000 bytes, whole
/buffered, length 1500: 1000 bytes, broken off
/straight, chunked: 1000 bytes, broken off
/straight, length 1500: 1000 bytes, broken off
/buffered, Transfer-Encoding:chunked: 200
/buffered, X-Nothing:more: 502
/straight, Transfer-Encoding:chunked: 413
/straight, X-Nothing:more: 502
END
echo "as described"
