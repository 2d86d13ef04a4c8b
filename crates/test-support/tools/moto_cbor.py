"""Lets clients that speak Smithy's RPC v2 CBOR reach a moto that only speaks AWS JSON.

The AWS SDKs of 2026 send CloudWatch's requests as CBOR to /service/<target>/operation/<operation>. This wraps moto's
WSGI application: such a request is unpacked and asked as JSON, and the answer is packed as botocore's model of the
service says.
"""

import datetime
import functools
import gzip
import io
import json
import re
import struct

import botocore.loaders
import botocore.model
import botocore.parsers

PATH = re.compile(r"/service/(?P<target>\w+)/operation/(?P<operation>\w+)")
SERVICES = {"GraniteServiceVersion20100801": "cloudwatch"}


def speaks_cbor(application):
    """Wraps a WSGI application."""

    def answer(environ, start_response):
        asked = PATH.fullmatch(environ.get("PATH_INFO", ""))
        if asked is None or asked["target"] not in SERVICES:
            return application(environ, start_response)
        operation = model(SERVICES[asked["target"]]).operation_model(asked["operation"])
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        if environ.pop("HTTP_CONTENT_ENCODING", "") == "gzip":
            body = gzip.decompress(body)
        request = json.dumps(unpack(body), default=epoch).encode()
        environ |= {
            "PATH_INFO": "/",
            "RAW_URI": "/",
            "REQUEST_URI": "/",
            "CONTENT_TYPE": "application/x-amz-json-1.0",
            "HTTP_X_AMZ_TARGET": f"{asked['target']}.{asked['operation']}",
            "CONTENT_LENGTH": str(len(request)),
            "wsgi.input": io.BytesIO(request),
        }
        told = {}
        reply = b"".join(application(environ, lambda status, headers, *_: told.update(status=status, headers=headers)))
        value = json.loads(reply) if reply.strip() else {}
        shape = operation.output_shape if told["status"].startswith("2") else None
        packed = pack(value, shape)
        headers = [("Content-Type", "application/cbor"), ("smithy-protocol", "rpc-v2-cbor")]
        start_response(told["status"], [*headers, ("Content-Length", str(len(packed)))])
        return [packed]

    return answer


@functools.cache
def model(service):
    return botocore.model.ServiceModel(botocore.loaders.Loader().load_service_model(service, "service-2"), service)


def unpack(body):
    if not body:
        return {}
    return botocore.parsers.BaseCBORParser().parse_data_item(io.BufferedReader(io.BytesIO(body)))


def epoch(value):
    if isinstance(value, datetime.datetime):
        return value.timestamp()
    raise TypeError(f"{value!r} is nothing that CloudWatch takes")


def pack(value, shape):
    kind = shape.type_name if shape is not None else None
    if value is None:
        return b"\xf6"
    if isinstance(value, bool):
        return b"\xf5" if value else b"\xf4"
    if kind == "timestamp":
        return head(6, 1) + b"\xfb" + struct.pack(">d", value)
    if isinstance(value, float) or kind in ("double", "float"):
        return b"\xfb" + struct.pack(">d", value)
    if isinstance(value, int):
        return head(0, value) if value >= 0 else head(1, -1 - value)
    if isinstance(value, str):
        text = value.encode()
        return head(3, len(text)) + text
    if isinstance(value, list):
        member = shape.member if kind == "list" else None
        return head(4, len(value)) + b"".join(pack(item, member) for item in value)
    members = shape.members if kind == "structure" else {}
    each = shape.value if kind == "map" else None
    return head(5, len(value)) + b"".join(pack(k, None) + pack(v, members.get(k, each)) for k, v in value.items())


def head(major, number):
    for extra, (limit, form) in enumerate(((1 << 8, ">B"), (1 << 16, ">H"), (1 << 32, ">I"), (1 << 64, ">Q"))):
        if number < 24:
            return bytes([major << 5 | number])
        if number < limit:
            return bytes([major << 5 | 24 + extra]) + struct.pack(form, number)
    raise OverflowError(number)
