#!/usr/bin/env bash
# PHP's json_decode refuses a whole document for one key that begins with NUL, and only when it makes objects.
# Version: Debian 12, php8.2-cli 8.2.36-1~deb12u1.
#
# {"\u0000a":1} is valid JSON. PHP marks its private properties by names that begin with NUL, so such a key cannot be
# a property: the whole document is null, with the error 9. Arrays take it, json_encode writes it, and NUL elsewhere
# in a key is taken either way. So what one script has read and written again cannot be read by the next.
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
"${apt[@]}" install -y --reinstall --download-only --no-install-recommends php8.2-cli=8.2.36-1~deb12u1
for package in archives/*.deb; do dpkg-deb -x "$package" .; done
export PATH="$work/usr/bin:$PATH" LD_LIBRARY_PATH="$work/usr/lib/x86_64-linux-gnu"

cat >keys.php <<'END'
<?php
foreach (['{"b":1,"c":{"\u0000a":2}}', '{"b":1,"c":{"a\u0000":2}}'] as $text) {
    foreach (['objects' => false, 'arrays' => true] as $as => $associative) {
        $value = json_decode($text, $associative);
        echo "$text as $as: ", json_last_error(), ', ', json_last_error_msg(), '; again as JSON: ', json_encode($value), "\n";
    }
}
END
diff /dev/fd/3 <(php8.2 -n keys.php) 3<<'END'
{"b":1,"c":{"\u0000a":2}} as objects: 9, The decoded property name is invalid; again as JSON: null
{"b":1,"c":{"\u0000a":2}} as arrays: 0, No error; again as JSON: {"b":1,"c":{"\u0000a":2}}
{"b":1,"c":{"a\u0000":2}} as objects: 0, No error; again as JSON: {"b":1,"c":{"a\u0000":2}}
{"b":1,"c":{"a\u0000":2}} as arrays: 0, No error; again as JSON: {"b":1,"c":{"a\u0000":2}}
END
echo "as described"
