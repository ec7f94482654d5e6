#!/usr/bin/env bash
# PHP's json_encode writes one level more than its json_decode reads, both with their default depth of 512.
# Version: Debian 12, php8.2-cli 8.2.36-1~deb12u1.
#
# For json_encode the depth counts arrays and objects, for json_decode also the value in the innermost of them, even
# if that is empty. So 512 levels are written and not read again, and json_decode('[]', true, 1) is "Maximum stack
# depth exceeded".
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

cat >depth.php <<'END'
<?php
foreach ([[1, 1], [1, 2], [511, 512], [512, 512], [513, 512]] as [$levels, $depth]) {
    $value = [];
    for ($i = 1; $i < $levels; ++$i) $value = [$value];
    json_encode($value, 0, $depth);
    $encode = json_last_error_msg();
    json_decode(str_repeat('[', $levels) . str_repeat(']', $levels), true, $depth);
    echo "$levels levels, depth $depth: json_encode: $encode; json_decode: ", json_last_error_msg(), "\n";
}
END
diff /dev/fd/3 <(php8.2 -n depth.php) 3<<'END'
1 levels, depth 1: json_encode: No error; json_decode: Maximum stack depth exceeded
1 levels, depth 2: json_encode: No error; json_decode: No error
511 levels, depth 512: json_encode: No error; json_decode: No error
512 levels, depth 512: json_encode: No error; json_decode: Maximum stack depth exceeded
513 levels, depth 512: json_encode: Maximum stack depth exceeded; json_decode: Maximum stack depth exceeded
END
echo "as described"
