"""Judges calls by botocore's description of the APIs: one call a line on standard input, one fault a line on output.

A call is {"service", "operation", "input", "status", "reply"}; see shapes.rs beside this.
"""

import functools
import json
import re
import sys
from xml.etree import ElementTree

import botocore.loaders
import botocore.model

BOTOCORE_NAMES = {"monitoring": "cloudwatch"}
NUMBERS = {"integer": int, "long": int, "float": (int, float), "double": (int, float)}


@functools.cache
def service_model(service):
    name = BOTOCORE_NAMES.get(service, service)
    return botocore.model.ServiceModel(botocore.loaders.Loader().load_service_model(name, "service-2"), name)


def judge(value, shape, path, xml):
    """Yields what is wrong with a value; in XML every scalar is text."""
    kind = shape.type_name
    if kind == "structure":
        yield from judge_structure(value, shape, path, xml)
    elif kind == "list":
        if not isinstance(value, list):
            yield f"{path}: a list is wanted, not {value!r}"
            return
        yield from within(len(value), shape, path)
        for number, item in enumerate(value):
            yield from judge(item, shape.member, f"{path}[{number}]", xml)
    elif kind == "map":
        if not isinstance(value, dict):
            yield f"{path}: a map is wanted, not {value!r}"
            return
        yield from within(len(value), shape, path)
        for key, item in value.items():
            yield from judge(key, shape.key, f"{path} key {key}", xml)
            yield from judge(item, shape.value, f"{path}.{key}", xml)
    elif kind == "string":
        yield from judge_string(value, shape, path)
    elif kind == "boolean":
        if not (isinstance(value, bool) or (xml and value in ("true", "false"))):
            yield f"{path}: a boolean is wanted, not {value!r}"
    elif kind == "timestamp":
        text = isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", value)
        if not (text if xml else isinstance(value, (int, float)) and not isinstance(value, bool)):
            yield f"{path}: {value!r} is no time in this protocol"
    elif kind in NUMBERS:
        if xml:
            value = int(value) if isinstance(value, str) and re.fullmatch(r"-?\d+", value) else value
        if not isinstance(value, NUMBERS[kind]) or isinstance(value, bool):
            yield f"{path}: a number is wanted, not {value!r}"
        else:
            yield from within(value, shape, path)


def judge_structure(value, shape, path, xml):
    if not isinstance(value, dict):
        yield f"{path}: a structure is wanted, not {value!r}"
        return
    members = {member.serialization.get("name", name): member for name, member in shape.members.items()}
    for name in shape.required_members:
        if shape.members[name].serialization.get("name", name) not in value:
            yield f"{path}: {name} is required"
    for name, item in value.items():
        if name not in members:
            yield f"{path}: {shape.name} has no member {name}"
        else:
            yield from judge(item, members[name], f"{path}.{name}", xml)


def judge_string(value, shape, path):
    if not isinstance(value, str):
        yield f"{path}: text is wanted, not {value!r}"
        return
    if shape.enum and value not in shape.enum:
        yield f"{path}: {value!r} is none of {', '.join(shape.enum)}"
    yield from within(len(value), shape, path)
    pattern = shape.metadata.get("pattern")
    if pattern:
        try:
            matches = re.search(pattern, value)
        except re.error:  # some are written for Java, with classes that Python does not know
            return
        if not matches:
            yield f"{path}: {value!r} does not match {pattern}"


def within(size, shape, path):
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if (least is not None and size < least) or (most is not None and size > most):
        yield f"{path}: {size} is not within {least} and {most}"


def from_xml(element, shape):
    """An XML answer in the form that JSON would have."""
    name = lambda child: child.tag.rsplit("}", 1)[-1]
    if shape is None:
        return {name(child): child.text or "" for child in element}
    if shape.type_name == "structure":
        members = {member.serialization.get("name", key): member for key, member in shape.members.items()}
        return {name(child): from_xml(child, members.get(name(child))) for child in element}
    if shape.type_name == "list":
        return [from_xml(child, shape.member) for child in element]
    return element.text or ""


def from_form(form):
    """A form's fields, as far as they are not lists or structures."""
    return {name: value for name, value in form.items() if name not in ("Action", "Version") and "." not in name}


def judge_call(call):
    model = service_model(call["service"])
    where = f"{call['service']} {call['operation']}"
    if call["operation"] not in model.operation_names:
        yield f"{where}: there is no such operation"
        return
    operation = model.operation_model(call["operation"])
    query = model.metadata["protocol"] == "query"
    sent = from_form(call["input"]) if query else call["input"]
    if operation.input_shape is not None and sent is not None:
        yield from judge(sent, operation.input_shape, f"{where} request", query)
    if call["status"] >= 300:
        yield from judge_refusal(call, operation, where)
    elif operation.output_shape is None:
        return
    elif query:
        result = [child for child in ElementTree.fromstring(call["reply"]) if child.tag.endswith("Result")]
        value = from_xml(result[0], operation.output_shape) if result else None
        yield from judge(value, operation.output_shape, f"{where} reply", True)
    else:
        yield from judge(json.loads(call["reply"]), operation.output_shape, f"{where} reply", False)


# What any operation may answer; the models leave them out.
COMMON_ERRORS = {
    "ThrottlingException", "ServiceUnavailableException", "InternalFailure", "AccessDeniedException", "ValidationException",
    "ValidationError", "UnrecognizedClientException", "ExpiredTokenException",
}


def judge_refusal(call, operation, where):
    reply = call["reply"]
    if not reply.startswith("{"):
        return
    code = json.loads(reply).get("__type", "").rsplit("#", 1)[-1]
    known = {shape.error_code for shape in operation.error_shapes} | {shape.name for shape in operation.error_shapes}
    if code not in known | COMMON_ERRORS:
        yield f"{where} refusal: {code} is no error of this operation"


# All is read before anything is written, so that neither side of the pipes can wait for the other.
print(*[fault for line in sys.stdin for fault in judge_call(json.loads(line))], sep="\n")
