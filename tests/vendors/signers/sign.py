#!/usr/bin/env python3
"""Signs a webhook as a vendor would: an independent oracle for the vendor files.

Every function below is written from the page that its comment names, never from a file in src/vendors/files, so that a
mistake there cannot repeat itself here. Needs Python 3.9 and, for the three public-key vendors, python3-cryptography.

  sign.py slack --secret s --body '{"type":"event_callback"}' --time 1700000000
  sign.py twilio --secret s --url https://hooks.example.com/twilio --body 'From=%2B1&Body=hi'
  sign.py discord --secret generate --body-file body.json
  sign.py --list | --self-test

prints {"headers": {...}}, with "body" if the vendor changes the body and "public_key" if the vendor signs with a private
key; that is what the receiver configures then. --time is in seconds, with a fraction where the vendor has milliseconds.
"""
import argparse
import base64
import hmac
import json
import sys
import time
from datetime import datetime, timezone
from urllib.parse import parse_qsl

sys.dont_write_bytecode = True

from js_json import stringify  # noqa: E402, behind the line that keeps Python from writing beside it

VENDORS = {}


class Request:
    """What a sender knows: its secret, the body's bytes, the clock, its own id for the message, and the address it calls."""

    def __init__(self, secret, body=b"", at=0.0, id="msg_example", url="https://hooks.example.com/hook"):
        self.secret = secret
        self.key = secret.encode()
        self.body = body
        self.seconds = str(int(at))
        self.milliseconds = str(round(at * 1000))
        self.iso8601 = datetime.fromtimestamp(int(at), timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        self.id = id
        self.url = url


def vendor(name):
    def register(function):
        VENDORS[name] = function
        return function
    return register


def mac(algorithm, key, *parts):
    text = b"".join(part if isinstance(part, bytes) else part.encode() for part in parts)
    return hmac.new(key, text, algorithm).digest()


def b64(data):
    return base64.b64encode(data).decode()


# --- Live chat, help desk ------------------------------------------------------------------------------------------------

# tawk.to, "Webhooks" (developer.tawk.to/webhooks): SHA-1 in hex over the raw body.
@vendor("tawk")
def tawk(r):
    return {"X-Hook-Event-Id": r.id, "X-Tawk-Signature": mac("sha1", r.key, r.body).hex()}


# Intercom, "Webhook notifications": X-Hub-Signature is sha1= and the hex MAC of the JSON body; the key is the client secret.
@vendor("intercom")
def intercom(r):
    return {"X-Hub-Signature": "sha1=" + mac("sha1", r.key, r.body).hex()}


# Crisp, "Plugin hooks", and node-crisp-api lib/crisp.ts: HMAC-SHA256 of [timestamp;body], the body as JSON.stringify gives it.
@vendor("crisp")
def crisp(r):
    text = b"[" + r.milliseconds.encode() + b";" + stringify(r.body) + b"]"
    return {"X-Crisp-Request-Timestamp": r.milliseconds, "X-Crisp-Signature": mac("sha256", r.key, text).hex()}


# Chatwoot 4.11.2, lib/webhooks/trigger.rb (pull request #13573): sha256= over "timestamp.body".
@vendor("chatwoot")
def chatwoot(r):
    return {"X-Chatwoot-Delivery": r.id, "X-Chatwoot-Timestamp": r.seconds,
            "X-Chatwoot-Signature": "sha256=" + mac("sha256", r.key, r.seconds, ".", r.body).hex()}


# Tidio, "Webhooks signature verification": the body, an underscore and the time.
@vendor("tidio")
def tidio(r):
    return {"X-Tidio-Signature": f"t={r.seconds},s=" + mac("sha256", r.key, r.body, "_", r.seconds).hex()}


# LiveChat, "Webhooks" (platform.text.com/docs/management/webhooks): no signature, the secret key stands in the body.
@vendor("livechat")
def livechat(r):
    body = json.loads(r.body)
    body["secret_key"] = r.secret
    return {}, json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


# Zendesk, "Verifying webhook authenticity": base64 of HMAC-SHA256 over timestamp + body, timestamp in ISO 8601.
@vendor("zendesk")
def zendesk(r):
    return {"X-Zendesk-Webhook-Signature-Timestamp": r.iso8601,
            "X-Zendesk-Webhook-Signature": b64(mac("sha256", r.key, r.iso8601, r.body))}


# Freshchat, "Webhooks - payload structure and authentication": SHA256withRSA over the raw body, base64.
@vendor("freshchat")
def freshchat(r):
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import padding, rsa
    if r.secret == "generate":
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    else:
        key = serialization.load_pem_private_key(r.key, None)
    signature = key.sign(r.body, padding.PKCS1v15(), hashes.SHA256())
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return {"X-Freshchat-Signature": b64(signature)}, None, public.decode()


# Front, "Application webhooks": the time in milliseconds and a colon, then the raw body; SHA-256, base64.
@vendor("front-app")
def front_app(r):
    return {"X-Front-Request-Timestamp": r.milliseconds,
            "X-Front-Signature": b64(mac("sha256", r.key, r.milliseconds, ":", r.body))}


# Front, "Rule webhooks": SHA-1 in base64 of the request body, in the sample JSON.stringify(data), with the API secret.
@vendor("front-rule")
def front_rule(r):
    return {"X-Front-Signature": b64(mac("sha1", r.key, stringify(r.body)))}


# Front, "Security" of connectors: timestamp, colon, JSON.stringify(body); SHA-256, base64, channel type secret.
@vendor("front-channel")
def front_channel(r):
    return {"X-Front-Request-Timestamp": r.milliseconds,
            "X-Front-Signature": b64(mac("sha256", r.key, r.milliseconds, ":", stringify(r.body)))}


# Kommunicate, "Webhooks": the header Authentication (not Authorization) with "Basic" and the base64 of the token.
@vendor("kommunicate")
def kommunicate(r):
    return {"Authentication": "Basic " + b64(r.key)}


# --- Messengers ----------------------------------------------------------------------------------------------------------

# Meta, "Webhooks: getting started", validating payloads: sha256= and the hex MAC of the payload; the key is the app secret.
@vendor("meta")
def meta(r):
    return {"X-Hub-Signature-256": "sha256=" + mac("sha256", r.key, r.body).hex()}


# LINE, "Verify webhook signature": base64 of HMAC-SHA256 over the request body with the channel secret.
@vendor("line")
def line(r):
    return {"X-Line-Signature": b64(mac("sha256", r.key, r.body))}


# Telegram, Bot API, setWebhook: the secret token itself, 1 to 256 of A-Z a-z 0-9 _ -.
@vendor("telegram")
def telegram(r):
    return {"X-Telegram-Bot-Api-Secret-Token": r.secret}


# Slack, "Verifying requests from Slack": v0:timestamp:body.
@vendor("slack")
def slack(r):
    return {"X-Slack-Request-Timestamp": r.seconds,
            "X-Slack-Signature": "v0=" + mac("sha256", r.key, "v0:", r.seconds, ":", r.body).hex()}


# Twilio, "Secure webhooks" and twilio-node src/webhooks: the address, then every name with its value, sorted by name; of
# one name's values every distinct one once, sorted.
@vendor("twilio")
def twilio(r):
    fields = {}
    for name, value in parse_qsl(r.body.decode(), keep_blank_values=True):
        fields.setdefault(name, set()).add(value)
    text = r.url + "".join(name + value for name in sorted(fields) for value in sorted(fields[name]))
    return {"X-Twilio-Signature": b64(mac("sha1", r.key, text))}


# Discord, "Setting up an endpoint: validating security request headers": Ed25519 over timestamp + body, hex.
@vendor("discord")
def discord(r):
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    generate = r.secret == "generate"
    key = Ed25519PrivateKey.generate() if generate else Ed25519PrivateKey.from_private_bytes(bytes.fromhex(r.secret))
    public = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return {"X-Signature-Timestamp": r.seconds,
            "X-Signature-Ed25519": key.sign(r.seconds.encode() + r.body).hex()}, None, public.hex()


# --- Voice agents --------------------------------------------------------------------------------------------------------

# Retell AI, "Secure the webhook", and retell-typescript-sdk src/lib/webhook_auth.ts: the body and the time in milliseconds.
@vendor("retell")
def retell(r):
    return {"X-Retell-Signature": f"v={r.milliseconds},d=" + mac("sha256", r.key, r.body, r.milliseconds).hex()}


# ElevenLabs, "Webhooks", HMAC authentication: t and v0 over "timestamp.body".
@vendor("elevenlabs")
def elevenlabs(r):
    return {"ElevenLabs-Signature": f"t={r.seconds},v0=" + mac("sha256", r.key, r.seconds, ".", r.body).hex()}


# --- Forms, calendars, shops, generic ------------------------------------------------------------------------------------

# HubSpot, "Validating requests", v3: method, address, body and time in milliseconds; SHA-256, base64, client secret.
# The page's twelve escapes in the address are decoded.
@vendor("hubspot-v3")
def hubspot_v3(r):
    address = r.url
    for code in "3A 2F 3F 40 21 24 27 28 29 2A 2C 3B".split():
        for spelled in (code, code.lower()):
            address = address.replace("%" + spelled, chr(int(code, 16)))
    return {"X-HubSpot-Request-Timestamp": r.milliseconds,
            "X-HubSpot-Signature-v3": b64(mac("sha256", r.key, "POST", address, r.body, r.milliseconds))}


def standard(r, prefix):
    secret = r.secret[len("whsec_"):] if r.secret.startswith("whsec_") else r.secret
    signature = mac("sha256", base64.b64decode(secret, validate=True), r.id, ".", r.seconds, ".", r.body)
    return {prefix + "-id": r.id, prefix + "-timestamp": r.seconds, prefix + "-signature": "v1," + b64(signature)}


# Standard Webhooks, spec/standard-webhooks.md, "Signature scheme": id.timestamp.payload, key in base64 after whsec_.
@vendor("standard-webhooks")
def standard_webhooks(r):
    return standard(r, "webhook")


# Svix, "Verifying webhooks manually": the same with headers of its own.
@vendor("svix")
def svix(r):
    return standard(r, "svix")


# Calendly, "Webhook signatures": t and v1 over "timestamp.body".
@vendor("calendly")
def calendly(r):
    return {"Calendly-Webhook-Signature": f"t={r.seconds},v1=" + mac("sha256", r.key, r.seconds, ".", r.body).hex()}


# Cal.com, "Webhooks", verifying the authenticity: hex over the body, no prefix.
@vendor("cal-com")
def cal_com(r):
    return {"X-Cal-Signature-256": mac("sha256", r.key, r.body).hex()}


# Typeform, "Secure your webhooks": sha256= and base64 over the payload.
@vendor("typeform")
def typeform(r):
    return {"Typeform-Signature": "sha256=" + b64(mac("sha256", r.key, r.body))}


# Tally, "Webhooks", signing secret: base64 over the payload.
@vendor("tally")
def tally(r):
    return {"Tally-Signature": b64(mac("sha256", r.key, r.body))}


# Webflow, "Working with webhooks", validating request signatures: timestamp in milliseconds, colon, body; hex.
@vendor("webflow")
def webflow(r):
    return {"X-Webflow-Timestamp": r.milliseconds,
            "X-Webflow-Signature": mac("sha256", r.key, r.milliseconds, ":", r.body).hex()}


# Shopify, "Verify webhook deliveries": base64 over the raw body with the app's client secret.
@vendor("shopify")
def shopify(r):
    return {"X-Shopify-Webhook-Id": r.id, "X-Shopify-Hmac-SHA256": b64(mac("sha256", r.key, r.body))}


# Stripe, "Verify webhook signatures manually": t and v1 over "timestamp.payload"; whsec_ belongs to the key.
@vendor("stripe")
def stripe(r):
    return {"Stripe-Signature": f"t={r.seconds},v1=" + mac("sha256", r.key, r.seconds, ".", r.body).hex()}


# GitHub, "Validating webhook deliveries": sha256= and the hex MAC of the payload.
@vendor("github")
def github(r):
    return {"X-GitHub-Delivery": r.id, "X-Hub-Signature-256": "sha256=" + mac("sha256", r.key, r.body).hex()}


# SendGrid, "Getting started with the Event Webhook security features": ECDSA P-256 over timestamp + payload, DER, base64.
@vendor("sendgrid")
def sendgrid(r):
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    if r.secret == "generate":
        key = ec.generate_private_key(ec.SECP256R1())
    else:
        key = serialization.load_pem_private_key(r.key, None)
    signature = key.sign(r.seconds.encode() + r.body, ec.ECDSA(hashes.SHA256()))
    public = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return {"X-Twilio-Email-Event-Webhook-Timestamp": r.seconds,
            "X-Twilio-Email-Event-Webhook-Signature": b64(signature)}, None, b64(public)


def sign(name, request):
    answer = VENDORS[name](request)
    headers, body, public = answer + (None,) * (3 - len(answer)) if isinstance(answer, tuple) else (answer, None, None)
    result = {"headers": headers}
    if body is not None:
        result["body"] = body.decode("utf-8", "surrogateescape")
    if public is not None:
        result["public_key"] = public
    return result


def main():
    parser = argparse.ArgumentParser(description="Signs a webhook as a vendor would.")
    parser.add_argument("vendor", nargs="?", choices=sorted(VENDORS))
    parser.add_argument("--secret", help="the secret; of discord 64 hex digits, of freshchat and sendgrid a private key in PEM")
    parser.add_argument("--secret-file", help="a file with the secret, taken exactly")
    parser.add_argument("--body", help="the body as text")
    parser.add_argument("--body-file", help="a file with the body's bytes, - for standard input")
    parser.add_argument("--time", type=float, default=None, help="Unix time in seconds; default: now")
    parser.add_argument("--id", default="msg_example", help="the sender's id of the message")
    parser.add_argument("--url", default="https://hooks.example.com/hook", help="the address that the sender calls")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--self-test", action="store_true")
    options = parser.parse_args()
    if options.list:
        print("\n".join(sorted(VENDORS)))
        return 0
    if options.self_test:
        import self_test
        return self_test.run()
    if options.vendor is None:
        parser.error("name a vendor, --list or --self-test")
    secret = options.secret
    if options.secret_file is not None:
        with open(options.secret_file, encoding="utf-8", newline="") as file:
            secret = file.read()
    if secret is None:
        parser.error("--secret or --secret-file is needed")
    if options.body_file == "-":
        body = sys.stdin.buffer.read()
    elif options.body_file is not None:
        with open(options.body_file, "rb") as file:
            body = file.read()
    else:
        body = (options.body or "").encode("utf-8", "surrogateescape")
    at = time.time() if options.time is None else options.time
    print(json.dumps(sign(options.vendor, Request(secret, body, at, options.id, options.url))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
