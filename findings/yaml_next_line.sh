#!/usr/bin/env bash
# PyYAML 6.0 and libyaml 0.2.5 change the texts of a JSON file without an error: U+0085, U+2028 and U+2029 are line
# breaks to them.
# Version: Debian 12, python3-yaml 6.0-3+b2, libyaml-0-2 0.2.5-1, libyaml-libyaml-perl 0.86+ds-1+deb12u1 and python3.11
# 3.11.2-6+deb12u9; npm, yaml 2.9.1 and js-yaml 5.5.0.
#
# JSON is often read as YAML. It has these characters stand in a text as they are (RFC 8259, section 7). YAML 1.1
# counts them among the line breaks, and a line break within quotes is folded: U+0085 becomes a blank, two of them one
# line feed, and the blanks around any of the three are gone. YAML 1.2 took that back for JSON's sake; yaml and js-yaml
# follow it. Whoever compares the value, or checks a signature over it, has another one than JSON's readers.
#
# Seen: the table at the end, in JSON's escapes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# The packages by version and what they need, unpacked here: nothing is installed.
mkdir -p lists/partial archives/partial
apt=(apt-get -qq -o Debug::NoLocking=1 -o APT::Sandbox::User=root -o Dir::State::lists="$work/lists" -o Dir::Cache="$work")
"${apt[@]}" update
"${apt[@]}" install -y --reinstall --download-only --no-install-recommends python3-yaml=6.0-3+b2 \
    libyaml-libyaml-perl=0.86+ds-1+deb12u1 libyaml-0-2=0.2.5-1 \
    {python3.11-minimal,libpython3.11-minimal,libpython3.11-stdlib}=3.11.2-6+deb12u9
for package in archives/*.deb; do dpkg-deb -x "$package" .; done
npm install --silent --no-audit --no-fund --cache .npm --prefix . yaml@2.9.1 js-yaml@5.5.0
export LD_LIBRARY_PATH="$work/usr/lib/x86_64-linux-gnu" PERL5LIB="$work/usr/lib/x86_64-linux-gnu/perl5/5.36"

# Each reads texts.json as YAML and writes its texts as JSON, one a line.
cat >read.py <<'END'
import json, sys, yaml

for text in yaml.load(open('texts.json', encoding='utf-8'), getattr(yaml, sys.argv[1])):
    print(json.dumps(text))
END
cat >read.pl <<'END'
use strict;
use warnings;
use JSON::PP;
use YAML::XS;

print JSON::PP->new->ascii->allow_nonref->encode($_), "\n" for @{ YAML::XS::LoadFile('texts.json') };
END
cat >read.mjs <<'END'
import fs from 'node:fs';
import * as jsYaml from 'js-yaml';
import * as yaml from 'yaml';

const read = { json: JSON.parse, yaml: yaml.parse, 'js-yaml': jsYaml.load }[process.argv[2]];
const escaped = (text) => JSON.stringify(text).replace(/[^ -~]/g, (it) => `\\u${it.charCodeAt().toString(16).padStart(4, 0)}`);
for (const text of read(fs.readFileSync('texts.json', 'utf8'))) console.log(escaped(text));
END
python() { PYTHONHOME="$work/usr" PYTHONPATH="$work/usr/lib/python3/dist-packages" "$work/usr/bin/python3.11" "$@"; }

next=$'\xc2\x85' line=$'\xe2\x80\xa8' paragraph=$'\xe2\x80\xa9'
printf '["%s"]' "a${next}b\",\"a $next b\",\"a$next${next}b\",\"a${line}b\",\"a $line b\",\"a $paragraph b" >texts.json
diff /dev/fd/3 <(
    for reader in json yaml js-yaml; do echo "$reader: $(node read.mjs "$reader" | paste -sd ' ')"; done
    for loader in SafeLoader CSafeLoader; do echo "PyYAML, $loader: $(python read.py "$loader" | paste -sd ' ')"; done
    echo "YAML::XS: $(perl read.pl | paste -sd ' ')"
) 3<<'END'
json: "a\u0085b" "a \u0085 b" "a\u0085\u0085b" "a\u2028b" "a \u2028 b" "a \u2029 b"
yaml: "a\u0085b" "a \u0085 b" "a\u0085\u0085b" "a\u2028b" "a \u2028 b" "a \u2029 b"
js-yaml: "a\u0085b" "a \u0085 b" "a\u0085\u0085b" "a\u2028b" "a \u2028 b" "a \u2029 b"
PyYAML, SafeLoader: "a b" "a b" "a\nb" "a\u2028b" "a\u2028b" "a\u2029b"
PyYAML, CSafeLoader: "a b" "a b" "a\nb" "a\u2028b" "a\u2028b" "a\u2029b"
YAML::XS: "a b" "a b" "a\nb" "a\u2028b" "a\u2028b" "a\u2029b"
END
echo "as described"
