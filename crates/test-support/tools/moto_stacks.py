"""Serves moto as moto_server.py does, with what its CloudFormation lacks for the templates of services."""

import moto_cloudformation  # noqa: F401
import moto_server

moto_server.serve_parent()
