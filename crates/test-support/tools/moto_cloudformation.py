"""What moto's CloudFormation lacks, as AWS documents it: SAM's transform, a function, some types, events of resources,
failures that roll back, change sets that belong to one stack, and the drift of rules. And what its IAM lacks: to simulate
policies.

A type that moto skips is created here as far as others refer to it, and only if botocore takes its properties as the input
of the call that CloudFormation makes for it. So a property of the wrong name or form fails the stack.

moto looks for a change set by its name alone, whatever stack it is of; it creates a second stack of a name that is taken;
and what a change set leads to has the outputs, parameters and tags of before.
"""

import ipaddress
import json
import uuid
from functools import cache
from itertools import islice

import botocore.loaders
import botocore.model
import botocore.validate

from moto.cloudformation import parsing
from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.models import CloudFormationBackend as Backend
from moto.cloudformation.models import Event, Stack
from moto.cloudformation.responses import CloudFormationResponse
from moto.core.common_models import CloudFormationModel
from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.ec2.models import ec2_backends
from moto.ec2.models.route_tables import RouteTable
from moto.elbv2.models import FakeTargetGroup
from moto.events.models import events_backends
from moto.iam.access_control import IAMPolicy, IAMPolicyStatement, PermissionResult
from moto.iam.responses import IamResponse
from sam import as_text, plain
from samtranslator.yaml_helper import yaml_parse

without_cidr = parsing.clean_json


def clean_json(value, resources):
    if isinstance(value, dict) and set(value) == {"Fn::Cidr"}:
        block, count, *bits = [clean_json(each, resources) for each in value["Fn::Cidr"]]
        length = 32 - int(bits[0]) if bits else None
        return [str(each) for each in islice(ipaddress.ip_network(block).subnets(new_prefix=length), int(count))]
    return without_cidr(value, resources)


# Its own recursion finds the name in the module.
parsing.clean_json = clean_json

create, execute, delete = Backend.create_change_set, Backend.execute_change_set, Backend.delete_stack


def stack_of(backend, name):
    return next((each for each in backend.stacks.values() if name in (each.name, each.stack_id)), None)


def create_change_set(self, stack_name, change_set_name, template, parameters, description, change_set_type, **others):
    stack = stack_of(self, stack_name)
    if change_set_type == "CREATE" and stack is not None:
        if stack.status != "REVIEW_IN_PROGRESS":
            raise ValidationError(message=f"Stack [{stack_name}] already exists and cannot be created again")
        del self.stacks[stack.stack_id]
    processed = transformed(template, parameters)
    made = create(self, stack_name, change_set_name, processed, parameters, description, change_set_type, **others)
    self.change_sets[made[0]].original = template
    return made


def transformed(template, parameters):
    """The template without SAM's transform and without what its conditions leave out, which moto cannot update."""
    parsed = yaml_parse(template)
    if "Transform" not in parsed:
        return template
    parsed = plain(parsed)
    known = parsing.ResourceMap("", "", parameters, {}, "us-east-1", "123456789012", parsed, {})
    known.load_mapping()
    known.load_parameters()
    known.load_conditions()
    holds = known.lazy_condition_map
    kept = {name: each for name, each in parsed["Resources"].items() if holds.get(each.get("Condition"), True)}
    return as_text(parsed | {"Resources": kept})


def get_template(self, name_or_stack_id):
    stack = self.get_stack(name_or_stack_id)
    return getattr(stack, "original", stack.template)


def delete_stack(self, name_or_stack_id):
    """moto knows of the policies that keep a resource only `Retain`."""
    stack = stack_of(self, name_or_stack_id)
    for resource in stack.resource_map._resource_json_map.values() if stack else []:
        if resource.get("DeletionPolicy") == "RetainExceptOnCreate":
            resource["DeletionPolicy"] = "Retain"
    return delete(self, name_or_stack_id)


def execute_change_set(self, change_set_name, stack_name=None):
    change_set = self.describe_change_set(change_set_name)
    stack = change_set.stack
    before, former = len(stack.events), (stack.template, stack.parameters)
    try:
        execute(self, change_set_name, stack_name)
    except Exception as failure:
        if change_set.change_set_type != "CREATE":
            return roll_back_update(stack, failure, *former)
        return roll_back(stack, failure)
    stack.original = change_set.original
    if change_set.change_set_type == "CREATE":
        made = [each for each in stack.resource_map._parsed_resources.values() if hasattr(each, "logical_resource_id")]
        events = [event(stack, each, f"CREATE_{how}") for each in made for how in ("IN_PROGRESS", "COMPLETE")]
        stack.events[before + 1 : before + 1] = events
    stack._parse_template()
    stack.parameters, stack.tags = change_set.parameters, change_set.tags or {}
    stack.output_map = stack._create_output_map()
    stack.last_updated_time = utcnow()


def roll_back(stack, failure):
    """A creation that fails leaves a stack without resources, and an event that says why."""
    fail(stack, failure)
    stack.resource_map.delete()
    stack.resource_map._parsed_resources.clear()
    stack._add_stack_event("ROLLBACK_COMPLETE")
    stack.status = "ROLLBACK_COMPLETE"


def roll_back_update(stack, failure, template, parameters):
    """An update that fails leaves the stack as it was."""
    fail(stack, failure)
    stack._add_stack_event("UPDATE_ROLLBACK_IN_PROGRESS")
    stack.template = template
    stack._parse_template()
    stack.resource_map.update(stack.template_dict, parameters)
    stack._add_stack_event("UPDATE_ROLLBACK_COMPLETE")
    stack.status = "UPDATE_ROLLBACK_COMPLETE"


def fail(stack, failure):
    name, kind = getattr(failure, "resource", ("Unknown", "AWS::CloudFormation::Stack"))
    reason = getattr(failure, "message", None) or str(failure)
    stack.events.append(Event(stack.stack_id, stack.name, name, "", kind, "CREATE_FAILED", reason, None))


def event(stack, resource, status):
    physical = getattr(resource, "physical_resource_id", "")
    return Event(
        stack.stack_id, stack.name, resource.logical_resource_id, str(physical), resource.cf_resource_type, status, None, None
    )


create_one = parsing.parse_and_create_resource


def parse_and_create_resource(logical_id, resource_json, *others, **named):
    try:
        return create_one(logical_id, resource_json, *others, **named)
    except Exception as failure:
        if not hasattr(failure, "resource"):
            failure.resource = (logical_id, resource_json["Type"])
        raise


parsing.parse_and_create_resource = parse_and_create_resource


def delete_change_set(self, change_set_name):
    if change_set_name in self.change_sets:
        del self.change_sets[change_set_name]


def delete_route_table(self, account, region):
    """moto keeps the tables of a stack that is deleted, and so cannot delete its VPC."""
    backend = ec2_backends[account][region]
    for association in list(self.associations):
        backend.disassociate_route_table(association)
    backend.delete_route_table(self.id)


listed = Stack.parameter_list.fget


def parameter_list(self):
    """moto gives a list as Python writes it, and CloudFormation with commas."""
    values = {each["ParameterKey"]: each["ParameterValue"] for each in listed(self)}
    joined = {key: ",".join(value) if isinstance(value, list) else value for key, value in values.items()}
    return [{"ParameterKey": key, "ParameterValue": value} for key, value in joined.items()]


Stack.parameter_list = property(parameter_list)
RouteTable.delete = delete_route_table
FakeTargetGroup.get_cfn_attribute = lambda self, name: {"TargetGroupFullName": self.arn.rsplit(":", 1)[-1]}[name]
Backend.create_change_set = create_change_set
Backend.execute_change_set = execute_change_set
Backend.delete_change_set = delete_change_set
Backend.delete_stack = delete_stack
Backend.get_template = get_template


# ---- Drift: rules that are gone or disabled ----


def detect_stack_drift(self):
    return ActionResult({"StackDriftDetectionId": str(uuid.uuid4())})


def describe_stack_drift_detection_status(self):
    status = {"StackId": "", "DetectionStatus": "DETECTION_COMPLETE", "Timestamp": utcnow()}
    return ActionResult(status | {"StackDriftDetectionId": self._get_param("StackDriftDetectionId")})


def describe_stack_resource_drifts(self):
    stack = self.cloudformation_backend.get_stack(self._get_param("StackName"))
    buses = events_backends[stack.account_id][stack.region_name].event_buses
    drifts = []
    for name, rule in stack.resource_map._parsed_resources.items():
        if getattr(rule, "cf_resource_type", "") != "AWS::Events::Rule":
            continue
        there = next((bus.rules[rule.name] for bus in buses.values() if rule.name in bus.rules), None)
        if there is None or there.state == "DISABLED":
            state = {"PropertyPath": "/State", "ExpectedValue": "ENABLED", "ActualValue": "DISABLED"}
            drifts.append(
                {
                    "StackId": stack.stack_id,
                    "LogicalResourceId": name,
                    "ResourceType": "AWS::Events::Rule",
                    "PropertyDifferences": [state | {"DifferenceType": "NOT_EQUAL"}] if there else [],
                    "StackResourceDriftStatus": "MODIFIED" if there else "DELETED",
                    "Timestamp": utcnow(),
                }
            )
    return ActionResult({"StackResourceDrifts": drifts})


CloudFormationResponse.detect_stack_drift = detect_stack_drift
CloudFormationResponse.describe_stack_drift_detection_status = describe_stack_drift_detection_status
CloudFormationResponse.describe_stack_resource_drifts = describe_stack_resource_drifts


# ---- Simulated policies ----


def simulate_principal_policy(self):
    """Whether the inline policies of a user allow actions on a resource."""
    user = self.backend.get_user(self._get_param("PolicySourceArn").split("/")[-1])
    resource = self._get_param("ResourceArns")[0]
    policies = [IAMPolicy({"policy_document": document}) for document in user.policies.values()]
    results = []
    for action in self._get_param("ActionNames"):
        verdicts = [policy.is_action_permitted(action, resource) for policy in policies]
        allowed = PermissionResult.PERMITTED in verdicts and PermissionResult.DENIED not in verdicts
        decision = "allowed" if allowed else "implicitDeny"
        results.append({"EvalActionName": action, "EvalResourceName": resource, "EvalDecision": decision})
    return ActionResult({"EvaluationResults": results, "IsTruncated": False})


permitted = IAMPolicyStatement.is_action_permitted


def is_action_permitted(self, *others, **named):
    """Whoever asks moto by HTTP is taken to have come by TLS, and moto denies what a condition does not hold for."""
    if "aws:SecureTransport" in json.dumps(self._statement.get("Condition", {})):
        return PermissionResult.NEUTRAL
    return permitted(self, *others, **named)


IAMPolicyStatement.is_action_permitted = is_action_permitted
IamResponse.simulate_principal_policy = simulate_principal_policy


# ---- Types ----


@cache
def input_of(service, operation):
    loaded = botocore.loaders.Loader().load_service_model(service, "service-2")
    return botocore.model.ServiceModel(loaded, service).operation_model(operation).input_shape


def as_input(value, shape, path):
    """Properties in the spelling of an API. What it has no member for stays as it is, and fails."""
    if shape.type_name == "structure" and isinstance(value, dict):
        members = {name.lower(): name for name in shape.members}
        spelled = {members.get(name.lower(), name): each for name, each in value.items()}
        unknown = [name for name in spelled if name not in shape.members]
        if unknown:
            raise ValidationError(message=f"{path}: {shape.name} has no {', '.join(unknown)}")
        return {name: as_input(each, shape.members[name], f"{path}.{name}") for name, each in spelled.items()}
    if shape.type_name == "list" and isinstance(value, list):
        return [as_input(each, shape.member, path) for each in value]
    if shape.type_name == "map" and isinstance(value, dict):
        return {key: as_input(each, shape.value, f"{path}.{key}") for key, each in value.items()}
    # CloudFormation converts scalars.
    if shape.type_name == "string":
        return str(value).lower() if isinstance(value, bool) else str(value)
    if shape.type_name in ("integer", "long"):
        return int(value)
    if shape.type_name in ("double", "float"):
        return float(value)
    if shape.type_name == "boolean":
        return str(value).lower() == "true"
    return value


def check(service, operation, value):
    shape = input_of(service, operation)
    value = as_input(value, shape, operation)
    report = botocore.validate.ParamValidator().validate(value, shape)
    if report.has_errors():
        raise ValidationError(message=report.generate_report())
    return value


def without(properties, *names):
    return {name: value for name, value in properties.items() if name not in names}


def tags_of(properties):
    return [{"key": tag["Key"], "value": tag["Value"]} for tag in properties.get("Tags", [])]


def pipeline(properties):
    check(
        "codepipeline",
        "CreatePipeline",
        {"pipeline": without(properties, "RestartExecutionOnUpdate", "Tags"), "tags": tags_of(properties)},
    )
    return properties["Name"], {}


def project(properties):
    check("codebuild", "CreateProject", properties)
    return properties["Name"], {"Arn": arn("codebuild", f"project/{properties['Name']}")}


def connection(properties):
    check("codeconnections", "CreateConnection", properties)
    made = arn("codeconnections", f"connection/{uuid.uuid4()}")
    return made, {"ConnectionArn": made, "ConnectionStatus": "PENDING"}


def scalable_target(properties):
    check("application-autoscaling", "RegisterScalableTarget", properties)
    parts = (properties[name] for name in ("ResourceId", "ScalableDimension", "ServiceNamespace"))
    return "|".join(parts), {}


def scaling_policy(properties):
    resource, dimension, namespace = properties["ScalingTargetId"].split("|")
    target = {"ResourceId": resource, "ScalableDimension": dimension, "ServiceNamespace": namespace}
    check("application-autoscaling", "PutScalingPolicy", without(properties, "ScalingTargetId") | target)
    return arn("autoscaling", f"scalingPolicy:{uuid.uuid4()}:policyName/{properties['PolicyName']}"), {}


def alarm(properties):
    properties = {"AlarmName": f"alarm-{uuid.uuid4()}"} | properties
    check("cloudwatch", "PutMetricAlarm", properties)
    return properties["AlarmName"], {}


def bucket_policy(properties):
    return properties["Bucket"], {}


def role_policy(properties):
    return properties["PolicyName"], {}


def arn(service, resource):
    return f"arn:aws:{service}:us-east-1:123456789012:{resource}"


TYPES = {
    "AWS::ApplicationAutoScaling::ScalableTarget": scalable_target,
    "AWS::ApplicationAutoScaling::ScalingPolicy": scaling_policy,
    "AWS::CloudWatch::Alarm": alarm,
    "AWS::CodeBuild::Project": project,
    "AWS::CodeConnections::Connection": connection,
    "AWS::CodePipeline::Pipeline": pipeline,
    "AWS::IAM::RolePolicy": role_policy,
    "AWS::S3::BucketPolicy": bucket_policy,
}


def model(kind, make):
    """A model that remembers what was made of a template's properties."""

    class Made(CloudFormationModel):
        # moto keeps the instances of each of its services apart by the module.
        __module__ = "moto.cloudformation.models"

        def __init__(self, properties):
            self.properties = properties
            self.physical_resource_id, self.attributes = make(properties)

        @staticmethod
        def cloudformation_name_type():
            return ""

        @staticmethod
        def cloudformation_type():
            return kind

        @classmethod
        def has_cfn_attr(cls, attr):
            return True

        def get_cfn_attribute(self, name):
            return self.attributes[name]

        @classmethod
        def create_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name, **_):
            return cls(parsing_free(cloudformation_json["Properties"]))

        @classmethod
        def update_from_cloudformation_json(
            cls, original_resource, new_resource_name, cloudformation_json, account_id, region_name
        ):
            return cls(parsing_free(cloudformation_json["Properties"]))

        @classmethod
        def delete_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name):
            pass

        def is_created(self):
            return True

    return Made


def parsing_free(value):
    """Properties as plain values, without what AWS::NoValue left."""
    if isinstance(value, dict):
        return {name: parsing_free(each) for name, each in value.items() if each is not None}
    if isinstance(value, list):
        return [parsing_free(each) for each in value if each is not None]
    return value


MODELS = [model(kind, make) for kind, make in TYPES.items()]
