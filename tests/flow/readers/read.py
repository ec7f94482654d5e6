# Prints the id of each line after encoding the whole line as UTF-8, which fails for lone surrogates.
import json
import sys

with open(sys.argv[1], encoding="utf-8") as lines:
    for line in lines:
        event = json.loads(line)
        json.dumps(event, ensure_ascii=False, allow_nan=False).encode("utf-8")
        print(event["id"])
