#!/usr/bin/env bash
# nginx 1.22 sends a request twice although proxy_next_upstream_tries is 1 and there is one server.
# Version: Debian 12, nginx 1.22.1-9+deb12u11 and curl 7.88.1-10+deb12u15.
#
# When a connection from the upstream's `keepalive` breaks before the answer, nginx gives one more try for it, behind
# every limit of tries: a GET with the default of proxy_next_upstream, a POST with `non_idempotent`. Only
# `proxy_next_upstream off` prevents it. On a connection of its own nothing is repeated. So with one server, `error
# non_idempotent` means: repeat a POST if, and only if, the connection was kept.
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
"${apt[@]}" install -y --reinstall --download-only --no-install-recommends nginx=1.22.1-9+deb12u11 curl=7.88.1-10+deb12u15
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
# The first request of a connection is answered unless its path says no; a second one is read and the connection closed.
for (my $connection = 1; my $client = $listener->accept; ++$connection) {
    for my $kind ('new', 'kept') {
        defined(my $first = <$client>) or last;
        my ($method, $path) = split ' ', $first;
        my $length = 0;
        while (my $line = <$client>) {
            $length = $1 if $line =~ /^content-length: *(\d+)/i;
            last if $line eq "\r\n";
        }
        $client->read(my $body, $length) if $length;
        print $seen "    $method $path on a $kind connection\n";
        last if $kind eq 'kept' or $path eq '/refused';
        print $client "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    }
    close $client;
}
END

free_port() { perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(LocalAddr => "127.0.0.1", Listen => 1)->sockport'; }
listens() { until (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; do sleep 0.05; done; }

perl upstream.pl &
until [ -e port ]; do sleep 0.05; done
front=$(free_port)
cat >nginx.conf <<END
daemon off; master_process off; pid $work/pid; error_log $work/log;
events {}
http {
    access_log off;
    client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
    upstream one { server 127.0.0.1:$(cat port); keepalive 1; }
    server {
        listen 127.0.0.1:$front;
        proxy_http_version 1.1;
        proxy_set_header Connection "";
        proxy_next_upstream_tries 1;
        location / { proxy_pass http://one; }
        location /off { proxy_pass http://one; proxy_next_upstream off; }
        location /any { proxy_pass http://one; proxy_next_upstream error non_idempotent; }
        location /refused { proxy_pass http://one; proxy_next_upstream error non_idempotent; }
    }
}
END
usr/sbin/nginx -c "$work/nginx.conf" -p "$work" 2>>log &
listens "$front"

# Each request in turn; the first leaves a kept connection for the second, and so on.
ask() { curl -s -o /dev/null -w "$* %{http_code}\n" "${@:2}" "http://127.0.0.1:$front$1" >>seen; }
ask /default
ask /default
ask /any -d body
ask /default -d body
ask /default
ask /off
ask /refused -d body
diff - seen <<'END'
    GET /default on a new connection
/default 200
    GET /default on a kept connection
    GET /default on a new connection
/default 200
    POST /any on a kept connection
    POST /any on a new connection
/any -d body 200
    POST /default on a kept connection
/default -d body 502
    GET /default on a new connection
/default 200
    GET /off on a kept connection
/off 502
    POST /refused on a new connection
/refused -d body 502
END
echo "as described"
