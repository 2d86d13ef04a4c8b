"""A Lambda function that does what it is told, as the tests of the Runtime API's host need it.

INIT in its environment says how it starts: `error`, `exit`, `hang`, or as it should. An event is {"do": ...}.
"""

import json
import os
import sys
import time
import urllib.request

API = f"http://{os.environ['AWS_LAMBDA_RUNTIME_API']}/2018-06-01/runtime"


def post(path, value):
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    try:
        urllib.request.urlopen(urllib.request.Request(f"{API}{path}", body)).read()
    except urllib.error.HTTPError as refused:
        print("refused with", refused.code, flush=True)


def failure(message):
    return {"errorType": "Told", "errorMessage": message}


start = os.environ.get("INIT")
if start == "error":
    post("/init/error", failure("told to"))
if start in ("error", "exit"):
    print("no good", file=sys.stderr)
    sys.exit(7)
while start == "hang":
    time.sleep(60)

while True:
    with urllib.request.urlopen(f"{API}/invocation/next") as answer:
        headers, event = answer.headers, json.load(answer)
    id = headers["Lambda-Runtime-Aws-Request-Id"]
    do = event.get("do")
    if do == "fail":
        post(f"/invocation/{id}/error", failure("as told"))
    elif do == "exit":
        print("last words", flush=True)
        os._exit(3)
    elif do == "sleep":
        time.sleep(60)
    elif do == "environment":
        post(f"/invocation/{id}/response", dict(os.environ))
    elif do == "headers":
        post(f"/invocation/{id}/response", {name.lower(): value for name, value in headers.items()})
    elif do == "boast":
        post(f"/invocation/{id}/response", json.dumps("x" * (6 * 1024 * 1024)).encode())
    elif do == "mumble":
        post(f"/invocation/{id}/response", b"not json")
    elif do == "mistake":
        post("/invocation/00000000-0000-0000-0000-000000000000/response", {})
        post(f"/invocation/{id}/response", "done")
    elif do == "grow":
        grown = bytearray(50_000_000)
        grown = None
        post(f"/invocation/{id}/response", {})
    else:
        print("echo", flush=True)
        post(f"/invocation/{id}/response", event)
