"""Judges deliveries of webhooks, a JSON object a line, by the rules of Standard Webhooks: prints what is wrong."""

import base64
import hashlib
import hmac
import json
import sys

SECRET = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")

for line in sys.stdin:
    delivery = json.loads(line)
    kind, id, timestamp, signature = delivery["headers"]
    signed = f"{id}.{timestamp}.{delivery['body']}".encode()
    expected = "v1," + base64.b64encode(hmac.new(SECRET, signed, hashlib.sha256).digest()).decode()
    if not hmac.compare_digest(signature, expected):
        print("the signature is wrong", flush=True)
    if not kind.startswith("application/cloudevents+json"):
        print("it is not a CloudEvent", flush=True)
