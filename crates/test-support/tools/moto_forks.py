"""Gives each connection a moto of its own, by a fork of this process: importing moto takes seconds, a fork does not.

Prints its port. A connection sends the name of the program that it would start otherwise, `moto_server.py` or
`moto_stacks.py`, and a line feed; it gets the port of its moto, and a line feed. That moto stops when the connection
closes, and this process when its standard input does.
"""

import os
import random
import select
import signal
import socket
import sys

import moto.cloudformation.models  # noqa: F401  It imports the services whose resources stacks have.
import moto_server
import sam  # noqa: F401  So does moto_cloudformation, and it takes long.
from moto.moto_api._internal import mock_random


def serve_connection(connection):
    reader = connection.makefile("rb")
    program = reader.readline().strip()
    if not program:
        return
    if program == b"moto_stacks.py":
        import moto_cloudformation  # noqa: F401
    # Without this, each fork would make up the same identifiers.
    random.seed()
    mock_random.seed()
    moto_server.serve(reader.read, lambda port: connection.sendall(b"%d\n" % port))


signal.signal(signal.SIGCHLD, signal.SIG_IGN)
listener = socket.create_server(("127.0.0.1", 0), backlog=64)
print(listener.getsockname()[1], flush=True)
while True:
    ready, _, _ = select.select([listener, sys.stdin], [], [])
    if sys.stdin in ready:
        os._exit(0)
    connection, _ = listener.accept()
    if os.fork() == 0:
        listener.close()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        serve_connection(connection)
        os._exit(0)
    connection.close()
