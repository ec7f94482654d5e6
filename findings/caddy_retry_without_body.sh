#!/usr/bin/env bash
# Caddy 2.6.2 repeats a POST without its body, and buffer_requests does not change that.
# Version: Debian 12, caddy 2.6.2-5 and curl 7.88.1-10+deb12u15.
#
# With lb_try_duration and `lb_retry_match { method POST }`, a POST is sent again when the upstream's connection
# breaks before the answer. Even where buffer_requests has read the body whole beforehand, the first try has used it
# up: each repeat has the right Content-Length and not a byte behind it, until the time is over and the client gets
# 502. So a POST that one repeat would have saved is lost, and the upstream waits for a body that does not come.
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
# The first request is read whole and not answered.
for (my $answered = 0; my $client = $listener->accept; $answered = 1) {
    my $length = 0;
    while (my $line = <$client>) {
        $length = $1 if $line =~ /^content-length: *(\d+)/i;
        last if $line eq "\r\n";
    }
    my $read = $client->read(my $body, $length);
    print $seen "Content-Length: $length, $read bytes came\n";
    print $client "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" if $answered && $read == $length;
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
	reverse_proxy 127.0.0.1:$(cat port) {
		buffer_requests
		lb_try_duration 1s
		lb_retry_match {
			method POST
		}
	}
}
END
HOME=$work usr/bin/caddy run --config Caddyfile --adapter caddyfile 2>log &
listens "$front"

curl -s -o /dev/null -w 'the client: %{http_code}\n' --data-binary 'twelve bytes' "http://127.0.0.1:$front/" >answer
# How many repeats there are depends on time; what they are like does not.
diff - <(uniq seen; cat answer) <<'END'
Content-Length: 12, 12 bytes came
Content-Length: 12, 0 bytes came
the client: 502
END
echo "as described"
