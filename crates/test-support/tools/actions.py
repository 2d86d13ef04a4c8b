"""Prints, as one JSON document, every action of the services that are named, and whether it knows resources.

    actions.py SERVICE ...

What AWS's service authorization reference says of it comes with cfn-lint. An action that knows none is allowed on "*" or
not at all, whatever a policy says of names.
"""

import json
import sys
from pathlib import Path

from cfnlint.data import AdditionalSpecs

with open(Path(AdditionalSpecs.__file__).parent / "Policies.json") as file:
    services = json.load(file)

json.dump(
    {
        f"{service}:{action}": bool(properties.get("Resources"))
        for service in sys.argv[1:]
        for action, properties in services[service]["Actions"].items()
    },
    sys.stdout,
)
