"""What CloudFormation makes of a template of SAM, as far as moto can create it."""

import json
import os

from samtranslator.translator.transform import transform

os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")  # SAM's translator looks there


class NoManagedPolicies:
    """The templates name none of SAM's policy templates, so nobody needs to ask IAM for them."""

    def load(self):
        return {}


def plain(template):
    """A template without SAM's transform and without what moto's CloudFormation cannot refer to."""
    if "Transform" in template:
        template = transform(template, {}, NoManagedPolicies())
    return without_builds(without_aliases(template))


def without_aliases(template):
    """What refers to an alias refers to its function instead: moto's CloudFormation knows no aliases."""
    resources = template["Resources"].items()
    aliases = {name: each["Properties"]["FunctionName"] for name, each in resources if each["Type"] == "AWS::Lambda::Alias"}

    def replaced(value):
        if isinstance(value, dict):
            return aliases.get(value.get("Ref")) or {key: replaced(each) for key, each in value.items()}
        return [replaced(each) for each in value] if isinstance(value, list) else value

    return replaced(template)


def without_builds(template):
    """Who refers to a build project gets the ARN that it would have: moto's CloudFormation knows no projects."""
    resources = template["Resources"].items()
    arn = "arn:${AWS::Partition}:codebuild:${AWS::Region}:${AWS::AccountId}:project/"
    named = {name: each["Properties"]["Name"] for name, each in resources if each["Type"] == "AWS::CodeBuild::Project"}
    arns = {name: {"Fn::Join": ["", [{"Fn::Sub": arn}, each]]} for name, each in named.items()}

    def replaced(value):
        if isinstance(value, dict):
            known = arns.get((value.get("Fn::GetAtt") or [None])[0])
            return known or {key: replaced(each) for key, each in value.items()}
        return [replaced(each) for each in value] if isinstance(value, list) else value

    return replaced(template)


def as_text(template, region="us-east-1"):
    """The template as text, with the addresses of function URLs and ARNs of alarms, which moto does not make."""
    text = json.dumps(template)
    for name, resource in template["Resources"].items():
        if resource["Type"] == "AWS::Lambda::Url":
            address = f"https://{name.lower()}.lambda-url.{region}.on.aws/"
            text = text.replace("${" + name + ".FunctionUrl}", address)
        if resource["Type"] == "AWS::CloudWatch::Alarm":
            arn = f"arn:aws:cloudwatch:{region}:123456789012:alarm:{name}"
            text = text.replace(json.dumps({"Fn::GetAtt": [name, "Arn"]}), json.dumps(arn))
    return text
