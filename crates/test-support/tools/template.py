"""Prints a CloudFormation template as JSON, with its short forms written out.

    template.py FILE
"""

import json
import sys

from samtranslator.yaml_helper import yaml_parse

with open(sys.argv[1]) as file:
    json.dump(yaml_parse(file.read()), sys.stdout, default=str)
