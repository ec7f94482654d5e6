"""JSON.stringify(JSON.parse(body)) of ECMA-262, for senders whose page signs that form."""
import json
import math
from decimal import Decimal


def js_number(value):
    """Number::toString of ECMA-262: the shortest digits, as an integer or fraction up to 21 places, else with an exponent."""
    try:
        value = float(value)
    except OverflowError:
        return "null"
    if math.isinf(value):
        return "null"
    if value == 0:
        return "0"
    sign, digits, exponent = Decimal(repr(value)).as_tuple()
    point = len(digits) + exponent
    digits = "".join(map(str, digits)).rstrip("0")
    minus = "-" if sign else ""
    if len(digits) <= point <= 21:
        return minus + digits + "0" * (point - len(digits))
    if 0 < point <= 21:
        return minus + digits[:point] + "." + digits[point:]
    if -6 < point <= 0:
        return minus + "0." + "0" * -point + digits
    fraction = "." + digits[1:] if len(digits) > 1 else ""
    return f"{minus}{digits[0]}{fraction}e{'+' if point > 0 else '-'}{abs(point - 1)}"


def js_text(text):
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(f"\\u{ord(c):04x}" if 0xD800 <= ord(c) <= 0xDFFF else c for c in quoted)


def js_is_index(key):
    return key.isascii() and key.isdigit() and (key == "0" or key[0] != "0") and int(key) < 2**32 - 1


def js_value(value):
    if isinstance(value, dict):
        indices = sorted((key for key in value if js_is_index(key)), key=int)
        keys = indices + [key for key in value if not js_is_index(key)]
        return "{" + ",".join(f"{js_text(key)}:{js_value(value[key])}" for key in keys) + "}"
    if isinstance(value, list):
        return "[" + ",".join(js_value(item) for item in value) + "]"
    if isinstance(value, str):
        return js_text(value)
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return js_number(value)


def stringify(body):
    return js_value(json.loads(body)).encode()
