"""Judges signed requests by slack_sdk's verifier: one request a line on standard input, "valid" or "invalid" on output.

Where the verifier raises an error, the request is not valid.
"""

import json
import sys

from slack_sdk.signature import SignatureVerifier


def judge(request):
    verifier = SignatureVerifier(request["secret"])
    try:
        return verifier.is_valid(request["body"], request["timestamp"], request["signature"])
    except ValueError:
        return False


for line in sys.stdin:
    print("valid" if judge(json.loads(line)) else "invalid")
