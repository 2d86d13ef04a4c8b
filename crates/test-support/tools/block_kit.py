"""Judges Slack messages by slack_sdk's models: one payload a line on standard input, one fault a line on output. A payload
with a view is a form or a Home tab.

The models drop members that they do not know and coerce some that are wrong, so what they make of a block is compared
with what they were given.
"""

import json
import sys

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View


def judge(payload):
    if "view" in payload:
        try:
            View(**payload["view"]).to_dict()
        except (SlackObjectFormationError, TypeError) as error:
            yield f"view: {error}"
        payload = payload["view"]
    for number, given in enumerate(payload["blocks"]):
        block = Block.parse(given)
        if block is None:
            yield f"block {number}: {given.get('type')!r} is no type of block"
            continue
        try:
            made = block.to_dict()
        except SlackObjectFormationError as error:
            yield f"block {number}: {error}"
            continue
        if made != given:
            yield f"block {number}: {json.dumps(given)} is taken for {json.dumps(made)}"


print(*[fault for line in sys.stdin for fault in judge(json.loads(line))], sep="\n")
