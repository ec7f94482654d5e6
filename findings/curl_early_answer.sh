#!/usr/bin/env bash
# curl 7.88 over HTTP/2 loses an answer that comes before its body is sent, when the server ends the stream in the
# same breath.
# Version: Debian 12, curl 7.88.1-10+deb12u15 with libnghttp2-14 1.52.0-1+deb12u2.
#
# A server may answer at once and then reset the stream with NO_ERROR, to say that the rest of the body is not wanted;
# a client must not discard the answer for it (RFC 9113, section 8.1). Go's servers, Caddy among them, do that for a
# body that is too large. If both arrive in one read, curl reports error 92 and no answer at all; 0.3 s later it is an
# answer. So the same refusal is a 413 at one time and a broken connection at another. Over HTTP/1.1 curl takes it
# always.
#
# Seen: the table at the end. The server here speaks just enough HTTP/2 to decide when it sends what.
set -euo pipefail
work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null; wait; rm -rf "$work"' EXIT
cd "$work"

# The packages by version and what they need, unpacked here: nothing is installed.
mkdir -p lists/partial archives/partial
apt=(apt-get -qq -o Debug::NoLocking=1 -o APT::Sandbox::User=root -o Dir::State::lists="$work/lists" -o Dir::Cache="$work")
"${apt[@]}" update
"${apt[@]}" install -y --reinstall --download-only --no-install-recommends curl=7.88.1-10+deb12u15 libnghttp2-14=1.52.0-1+deb12u2
for package in archives/*.deb; do dpkg-deb -x "$package" .; done
export PATH="$work/usr/bin:$PATH" LD_LIBRARY_PATH="$work/usr/lib/x86_64-linux-gnu"

cat >server.pl <<'END'
use strict;
use warnings;
use IO::Socket::INET;

my $listener = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 8) or die $!;
open(my $port, '>', 'port.new') or die $!;
print $port $listener->sockport;
close $port;
rename 'port.new', 'port';

my ($data, $headers, $reset, $settings) = (0, 1, 3, 4); # types of frames: RFC 9113, section 6
my ($acknowledged, $end_of_stream, $end_of_headers) = (1, 1, 4); # flags
sub frame {
    my ($type, $flags, $stream, $payload) = @_;
    return substr(pack('N', length $payload), 1) . pack('CCN', $type, $flags, $stream) . $payload;
}

for my $pause (0, 0.3) {
    my $client = $listener->accept;
    $client->autoflush(1);
    $client->read(my $preface, 24);
    print $client frame($settings, 0, 0, '');
    # As much of the body as the client may send without leave.
    for (my $got = 0; $got < 65535;) {
        $client->read(my $head, 9) == 9 or last;
        my ($length, $type, $flags) = (unpack('N', "\0" . substr $head, 0, 3), unpack('CC', substr $head, 3));
        $client->read(my $payload, $length) if $length;
        print $client frame($settings, $acknowledged, 0, '') if $type == $settings && !($flags & $acknowledged);
        $got += $length if $type == $data;
    }
    my $not_found = "\x8d"; # :status 404: RFC 7541, appendix A
    my $answer = frame($headers, $end_of_headers, 1, $not_found) . frame($data, $end_of_stream, 1, "no such place\n");
    my $no_error = frame($reset, 0, 1, pack('N', 0));
    if ($pause) {
        print $client $answer;
        select(undef, undef, undef, $pause);
        print $client $no_error;
    } else {
        print $client $answer . $no_error;
    }
    1 while $client->sysread(my $rest, 65536);
}
END
perl server.pl &
until [ -e port ]; do sleep 0.05; done

head -c 1000000 /dev/zero >body
for when in 'at once' 'a little later'; do
    status=0
    : >answer
    code=$(curl -s -m 10 --http2-prior-knowledge -H Expect: --data-binary @body -o answer -w '%{http_code}' \
        "http://127.0.0.1:$(cat port)/") || status=$?
    echo "NO_ERROR $when: exit $status, status $code, $(cat answer)"
done >seen
diff - seen <<'END'
NO_ERROR at once: exit 92, status 000, 
NO_ERROR a little later: exit 0, status 404, no such place
END
echo "as described"
