#!/bin/sh
# Runs the function beside this with the Python of the tests: a function's binary has a path and no arguments.
exec "$PYTHON" "${0%.sh}.py"
