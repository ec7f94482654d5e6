"""Holds sign.py to signatures that others published. Run it with `sign.py --self-test`."""
import base64
import sys

import sign

SLACK_BODY = (
    "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar"
    "&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com"
    "%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121."
    "803a0bc887a14d10d2c447fce8b6703c")
TWILIO_URL = "https://mycompany.com/myapp.php?foo=1&bar=2"
TWILIO_BODY = "CallSid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=1234&From=%2B14158675309&To=%2B18005551212"
STANDARD = dict(secret="whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", body='{"test": 2432232314}', at=1614265330,
                id="msg_p5jXN8AQM9LWM0D4loKWxJek")
HUBSPOT = dict(secret="yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy", body="{'example_field':'example_value'}",
               url="https://www.example.com/webhook_uri")

# (where it stands, vendor, what the sender knew, header, value)
PUBLISHED = [
    ("Slack, Verifying requests from Slack; python-slack-sdk tests/signature", "slack",
     dict(secret="8f742231b10e8888abcd99yyyzzz85a5", body=SLACK_BODY, at=1531420618), "X-Slack-Signature",
     "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"),
    ("GitHub, Validating webhook deliveries, testing", "github",
     dict(secret="It's a Secret to Everybody", body="Hello, World!"), "X-Hub-Signature-256",
     "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"),
    ("line-bot-sdk-nodejs test/validate-signature.spec.ts", "line",
     dict(secret="test_secret", body='{"hello":"world"}'), "X-Line-Signature",
     "t7Hn4ZDHqs6e+wdvI5TyQIvzie0DmMUmuXEBqyyE/tM="),
    ("twilio-node spec/validation.spec.js", "twilio",
     dict(secret="12345", body=TWILIO_BODY, url=TWILIO_URL), "X-Twilio-Signature", "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
    ("twilio-node spec/validation.spec.js, several values of one name", "twilio",
     dict(secret="12345", url=TWILIO_URL, body="MessagingBinding.Address=%2B1415xxxxxxx"
          "&MessagingBinding.Address=%2B1325xxxxxxx"), "X-Twilio-Signature", "83O6e2vORAoJHUNzJjDWN1jz+BA="),
    ("twilio-node spec/validation.spec.js, the same value twice counts once", "twilio",
     dict(secret="12345", url=TWILIO_URL, body="Sid=CA123&SidAccount=AC123&Digits=5678&Digits=1234&Digits=1234"),
     "X-Twilio-Signature", "IK+Dwps556ElfBT0I3Rgjkr1wJU="),
    ("Kommunicate, Webhooks", "kommunicate", dict(secret="abcdef"), "Authentication", "Basic YWJjZGVm"),
    ("standard-webhooks libraries, tests", "standard-webhooks", STANDARD, "webhook-signature",
     "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
    ("svix libraries, tests", "svix", STANDARD, "svix-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
    ("hubspot-api-python tests, get_signature v3", "hubspot-v3", dict(HUBSPOT, at=1693657560),
     "X-HubSpot-Signature-v3", "K36dawei4A+QBNolUOqo7s91KQDWQ5MXZ/QufNYuk/Y="),
    ("hubspot-api-ruby spec, get_signature v3", "hubspot-v3", dict(HUBSPOT, at=1700000300),
     "X-HubSpot-Signature-v3", "RnbPH7+UMKVkbV32P8bz450N4M56aPmcru1+D3kSDtw="),
    ("retell-typescript-sdk tests", "retell", dict(secret="test-api-key", body='{"event":"call_ended"}', at=1700000000),
     "X-Retell-Signature", "v=1700000000000,d=07024cabe7dd8f6d1c6e4a8324ca92c812e6ad4a7ee506c04f7e462e3321823e"),
    ("whatsapp_sdk for Elixir, documentation", "meta", dict(secret="secret", body="test"), "X-Hub-Signature-256",
     "sha256=0329a06b62cd16b33eb6792be8c60b158d89a2ee3a876fce9a881ebb488c0914"),
]

FRESHCHAT_KEY = (
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAuGJLF4hTTtxWogT6dNkGf3CEgLAR2mGJzlds5cNbrHFoJNFnmVhkRYGzLYxx4EtDiezNCZVH"
    "fyMI2AKuNSQW2fEdDatVIG+q3Zr/X9eeDl8kQOGy804J/fgCYDrN8RQu0n5Dh1inv4puca0wb29SCvoAwrWb33ehDBIvv6+rUKBdjtv2xTV65kNiVDo5"
    "VRCaYRVeE10osxeONgw55HVY4nczuxnR+dmc2282de6WHe5LXtr0ZBdJ8yttFOLIluZ/sNM5DIWZBkIWQhyT581tbA7bTpsIbrT/IMBlmioIILw8WGtI"
    "7zcmNkjU5dnq5HnlVKEDhj/Ug/dLiyno8+Vp7QIDAQAB")
FRESHCHAT_SIGNATURE = (
    "AhrmypOSWoewHG6LmIRuWjxyokuMDmPklrSU9p0gpUNjdSRCJzvpL6rjuTi5poV/ZLzWRWNM7X9yWjT5m9YFPshYrvigcd1ph4Ot2xmaJGYoUNJHijQc"
    "cE6oDtDIp6i/8oLRafHgObQnGukZWPbP9OE5EiKz/VcsMP0Wv7hawI/sfIviM0w+6fNOKXWi0jDBH9ap1mj5CqOUOojni7OD5iYmIrjV/h33dyNmbvAt"
    "a9E+trzcEhYqxfHIN4Z8R2FsatfRHWicoQ4PE5cQ8+UONVya8qr85nQ9w8N7Ql7yNg9fEViYG4/W/JnGEbPPEf8WrYtKzoVyuupDz4mVHdfKWg==")
FRESHCHAT_BODY = (
    '{"actor":{"actor_type":"user","actor_id":"882f3926-b292-414b-a411-96380db373cd"},"action":"message_create",'
    '"action_time":"2019-06-21T17:43:20.875Z","data":{"message":{"message_parts":[{"text":{"content":"Test 2"}}],'
    '"app_id":"55b190fa-5d3c-45c4-bc49-74ddcfcf53d7","actor_id":"882f3926-b292-414b-a411-96380db373cd",'
    '"id":"7a454fde-c720-4c97-a61d-0ffe70449eb6","channel_id":"c8fddfaf-622a-4a0e-b060-4f3ccbeab606",'
    '"conversation_id":"c327498e-f713-481e-8d83-0603e03d2521","message_type":"normal","actor_type":"user",'
    '"created_time":"2019-06-21T17:43:20.866Z"}}}')
SENDGRID = [
    ("sendgrid-python test/unit/test_eventwebhook.py", "1600112502",
     "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE83T4O/n84iotIvIW4mdBgQ/7dAfSmpqIM8kF9mN1flpVKS3GRqe62gw+2fNNRaINXvVpiglSI8eNEc6wEA3F"
     "+g==",
     "MEUCIGHQVtGj+Y3LkG9fLcxf3qfI10QysgDWmMOVmxG0u6ZUAiEAyBiXDWzM+uOe5W0JuG+luQAbPIqHh89M15TluLtEZtM=",
     '[{"email":"hello@world.com","event":"dropped","reason":"Bounced Address","sg_event_id":"ZHJvcC0xMDk5NDkxOS1MUnpYbF9OSFN0T0do'
     'UTRrb2ZTbV9BLTA","sg_message_id":"LRzXl_NHStOGhQ4kofSm_A.filterdrecv-p3mdw1-756b745b58-kmzbl-18-5F5FC76C-9.0","smtp-id":'
     '"<LRzXl_NHStOGhQ4kofSm_A@ismtpd0039p1iad1.sendgrid.net>","timestamp":1600112492}]\r\n'),
    ("sendgrid-nodejs packages/eventwebhook/src/eventwebhook.spec.js", "1588788367",
     "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEEDr2LjtURuePQzplybdC+u4CwrqDqBaWjcMMsTbhdbcwHBcepxo7yAQGhHPTnlvFYPAZFceEu/1FwCM/QmGU"
     "hA==",
     "MEUCIQCtIHJeH93Y+qpYeWrySphQgpNGNr/U+UyUlBkU6n7RAwIgJTz2C+8a8xonZGi6BpSzoQsbVRamr2nlxFDWYNH2j/0=",
     '{"category":"example_payload","event":"test_event","message_id":"message_id"}'),
]

# JSON.stringify(JSON.parse(x)) as node 20 prints it.
STRINGIFIED = [
    ('{"b":1.0,"a":[ ],"10":0,"2":1e21}', '{"2":1e+21,"10":0,"b":1,"a":[]}'),
    ('[1e-7,0.000001,123456789012345680000,-0,1e400,5e-324,1.5,100]',
     '[1e-7,0.000001,123456789012345680000,0,null,5e-324,1.5,100]'),
    ('{"a":"\\u00e4\\/\\u2028\\ud83d","a":"\\u0001\\b"}', '{"a":"\\u0001\\b"}'),
    ('["\\ud83d","\\ud83d\\ude00","\\/"]', '["\\ud83d","\U0001f600","/"]'),
]


def requested(known):
    known = dict(known)
    return sign.Request(known.pop("secret"), known.pop("body", "").encode(), **known)


def public_keys_fail():
    """The public-key vendors' published signatures fit the text that sign.py signs, and sign.py's own fit their keys."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec, padding
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    def freshchat(public, headers, body):
        key = serialization.load_pem_public_key(public.encode())
        key.verify(base64.b64decode(headers["X-Freshchat-Signature"]), body, padding.PKCS1v15(), hashes.SHA256())

    def sendgrid(public, headers, body):
        key = serialization.load_der_public_key(base64.b64decode(public))
        text = headers["X-Twilio-Email-Event-Webhook-Timestamp"].encode() + body
        key.verify(base64.b64decode(headers["X-Twilio-Email-Event-Webhook-Signature"]), text, ec.ECDSA(hashes.SHA256()))

    def discord(public, headers, body):
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public))
        key.verify(bytes.fromhex(headers["X-Signature-Ed25519"]), headers["X-Signature-Timestamp"].encode() + body)

    pem = f"-----BEGIN PUBLIC KEY-----\n{FRESHCHAT_KEY}\n-----END PUBLIC KEY-----\n"
    cases = [("courier handlers/freshchat/handler_test.go", freshchat, pem,
              {"X-Freshchat-Signature": FRESHCHAT_SIGNATURE}, FRESHCHAT_BODY.encode())]
    for where, at, public, signature, body in SENDGRID:
        cases.append((where, sendgrid, public, {"X-Twilio-Email-Event-Webhook-Timestamp": at,
                                                "X-Twilio-Email-Event-Webhook-Signature": signature}, body.encode()))
    for name, check in (("freshchat", freshchat), ("sendgrid", sendgrid), ("discord", discord)):
        made = sign.sign(name, sign.Request("generate", b'{"a":1}', 1700000000))
        cases.append(("sign.py " + name, check, made["public_key"], made["headers"], b'{"a":1}'))
    failed = 0
    for where, check, public, headers, body in cases:
        try:
            check(public, headers, body)
        except InvalidSignature:
            print(f"FAILED {where}")
            failed += 1
            continue
        try:
            check(public, headers, body + b" ")
        except InvalidSignature:
            continue
        print(f"FAILED {where}: a changed body passes")
        failed += 1
    return len(cases), failed


def run():
    failed = 0
    for where, name, known, header, value in PUBLISHED:
        made = sign.sign(name, requested(known))["headers"][header]
        if made != value:
            print(f"FAILED {where}: {made} instead of {value}")
            failed += 1
    for text, expected in STRINGIFIED:
        made = sign.stringify(text).decode()
        if made != expected:
            print(f"FAILED stringify {text}: {made} instead of {expected}")
            failed += 1
    # What a vendor must not send: an old page of Zendesk puts the time behind the body, and its example fits only so.
    old = dict(secret="HRkRd4BeOAoUkfZr-mhauJT64rvBASlJRoIyPsd3zeA=", body='{"say": "hello"}', at=1627207200)
    if sign.sign("zendesk", requested(old))["headers"]["X-Zendesk-Webhook-Signature"] == (
            "tRDSF7URY8BLCDlaBcQ7FHu051Zk+aAB0NKMP53teMw="):
        print("FAILED zendesk: signs in the order of the old page")
        failed += 1
    tried, bad = public_keys_fail()
    count = len(PUBLISHED) + len(STRINGIFIED) + 1 + tried
    print(f"{count - failed - bad} of {count} passed")
    return 1 if failed + bad else 0


if __name__ == "__main__":
    sys.exit(run())
