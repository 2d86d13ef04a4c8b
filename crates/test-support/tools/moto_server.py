"""Serves moto on a free loopback port, prints the port, and stops when its standard input closes.

The closing input is how it learns that its parent is gone, however that died. Requests are answered one at a time:
moto checks a condition and then writes, with no lock around the two, and tests rely on one of two writers losing.
"""

import os
import sys
import threading

from moto.server import DomainDispatcherApplication, create_backend_app
from moto_cbor import speaks_cbor
from werkzeug.serving import WSGIRequestHandler, make_server


class Quiet(WSGIRequestHandler):
    """One connection can carry many requests, and a request is no news."""

    protocol_version = "HTTP/1.1"

    def log_request(self, *_):
        pass


def serve(wait_for_end, announce):
    """Announces the port and serves moto, until the wait for the end is over."""
    one_at_a_time = threading.Lock()
    application = speaks_cbor(DomainDispatcherApplication(create_backend_app))

    def serialised(environ, start_response):
        with one_at_a_time:
            return list(application(environ, start_response))

    def stop():
        wait_for_end()
        os._exit(0)

    threading.Thread(target=stop, daemon=True).start()
    server = make_server("127.0.0.1", 0, serialised, threaded=True, request_handler=Quiet)
    announce(server.server_port)
    server.serve_forever()


def serve_parent():
    """Serves the process that started this one."""
    serve(sys.stdin.buffer.read, lambda port: print(port, flush=True))


if __name__ == "__main__":
    serve_parent()
