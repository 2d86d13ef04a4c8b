"""Deploys a template into moto as CloudFormation would, and prints what came of it as one JSON document.

    deploy.py URL ACCOUNT TEMPLATE STACK [PARAMETER=VALUE ...]

SAM's own translator makes the template plain, and moto's CloudFormation creates it in that account. What moto left out is
said: it passes over types that it does not know.
"""

import ast
import io
import json
import sys
import zipfile

import boto3
from sam import as_text, plain
from samtranslator.yaml_helper import yaml_parse

REGION = "us-east-1"


def main(url, account, path, stack, *parameters):
    key, client = clients(url, account)
    bucket = f"deploy-{account}"
    client("s3").create_bucket(Bucket=bucket)
    with open(path) as file:
        template = yaml_parse(file)
    if "Transform" in template:
        packages(client("s3"), bucket, template)
    template = plain(template)
    client("s3").put_object(Bucket=bucket, Key=stack, Body=as_text(template, REGION))
    given = [dict(zip(("ParameterKey", "ParameterValue"), each.split("=", 1))) for each in parameters]
    cloudformation = client("cloudformation")
    cloudformation.create_stack(
        StackName=stack,
        TemplateURL=f"https://{bucket}.s3.amazonaws.com/{stack}",
        Parameters=given,
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )
    made = cloudformation.describe_stack_resources(StackName=stack)["StackResources"]
    described = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
    names = {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in made if "PhysicalResourceId" in each}
    types = {name: resource["Type"] for name, resource in template["Resources"].items()}
    json.dump(
        {
            "key": key,
            "status": described["StackStatus"],
            "outputs": {each["OutputKey"]: each["OutputValue"] for each in described.get("Outputs", [])},
            "resources": names,
            "left_out": sorted(set(types.values()) - {each.get("ResourceType") for each in made}),
            "schedules": schedules(template),
            "functions": functions(client("lambda"), names, types),
            "queues": mappings(client("lambda"), names, types),
            "roles": roles(client("iam"), names, types),
            "policies": policies(client("iam"), names, types),
            "template": template,
        },
        sys.stdout,
    )


def clients(url, account):
    """Clients of an account; moto knows it by the role that was assumed."""
    sts = boto3.client("sts", endpoint_url=url, region_name=REGION, aws_access_key_id="t", aws_secret_access_key="t")
    keys = sts.assume_role(RoleArn=f"arn:aws:iam::{account}:role/deployer", RoleSessionName="deploy")["Credentials"]
    session = boto3.Session(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"], REGION)
    return keys["AccessKeyId"], lambda service: session.client(service, endpoint_url=url)


def packages(s3, bucket, template):
    """Puts packages where CloudFormation looks for them. Nothing is in them: moto runs none."""
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("bootstrap", "")
    for resource in template["Resources"].values():
        key = resource["Properties"].get("CodeUri", "s3:")
        if not key.startswith("s3:"):  # what `sam package` has written is there
            s3.put_object(Bucket=bucket, Key=key, Body=package.getvalue())
            resource["Properties"]["CodeUri"] = {"Bucket": bucket, "Key": key}


def functions(client, names, types):
    found = {}
    for name in (name for name in names if types[name] == "AWS::Lambda::Function"):
        configuration = client.get_function_configuration(FunctionName=names[name])
        found[name] = {
            "environment": configuration["Environment"]["Variables"],
            "timeout": configuration["Timeout"],
            "role": configuration["Role"],
            "callers": callers(client, names[name]),
        }
    return found


def callers(client, function):
    """The statements of a function's policy: who may call it."""
    try:
        return json.loads(client.get_policy(FunctionName=function)["Policy"])["Statement"]
    except client.exceptions.ResourceNotFoundException:
        return []


def mappings(client, names, types):
    """Which queue calls which function. They are disabled here: moto would call nobody, and delete what it delivered."""
    found = []
    for name in (name for name in names if types[name] == "AWS::Lambda::EventSourceMapping"):
        mapping = client.get_event_source_mapping(UUID=names[name])
        client.update_event_source_mapping(UUID=names[name], Enabled=False)
        # One function's name can begin with another's; an alias may follow it.
        called = mapping["FunctionArn"].split(":function:")[1].split(":")[0]
        function = next(each for each in names if names[each] == called)
        found.append(
            {
                "queue": mapping["EventSourceArn"],
                "function": function,
                "batch": mapping["BatchSize"],
                "answers": mapping.get("FunctionResponseTypes", []),
            }
        )
    return found


def schedules(template):
    """What calls which function by the clock, as the template says: moto's CloudFormation knows no schedules."""
    found = []
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Scheduler::Schedule":
            target = resource["Properties"]["Target"]
            arn = target["Arn"]
            found.append({"function": arn.get("Ref") or arn["Fn::GetAtt"][0], "input": target["Input"]})
    return found


def roles(client, names, types):
    """What each role may do: its statements, with everything in them resolved."""
    found = {}
    for name in (name for name in names if types[name] == "AWS::IAM::Role"):
        policies = client.list_role_policies(RoleName=names[name])["PolicyNames"]
        found[name] = []
        for policy in policies:
            document = client.get_role_policy(RoleName=names[name], PolicyName=policy)["PolicyDocument"]
            # moto gives a document that came by CloudFormation as Python writes it.
            found[name] += [each for each in ast.literal_eval(document)["Statement"] if each is not None]
    return found


def policies(client, names, types):
    """What each managed policy says, with everything in it resolved."""
    found = {}
    for name in (name for name in names if types[name] == "AWS::IAM::ManagedPolicy"):
        version = client.get_policy(PolicyArn=names[name])["Policy"]["DefaultVersionId"]
        document = client.get_policy_version(PolicyArn=names[name], VersionId=version)["PolicyVersion"]["Document"]
        document = document if isinstance(document, dict) else ast.literal_eval(document)
        found[name] = [each for each in document["Statement"] if each is not None]
    return found


main(*sys.argv[1:])
