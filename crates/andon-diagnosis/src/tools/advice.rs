//! What to do about a line, whichever rule ranks it.
//!
//! General because each names the limit, header, kind or flag by the words of the service or tool that owns it. Such a rule
//! only gives a hint, and only when the rule that knows the cause has none: it neither ranks lines nor tells their category.

use super::super::Category;
use super::super::rule::{Rule, Weight, rule};

const fn advice(tool: &'static str, markers: &'static [&'static str], pattern: &'static str) -> Rule {
    rule(tool, markers, pattern, Weight::Advice, Category::Unknown)
}

/// A line of a table each: what names its subject stands before what is said of many.
pub(super) const RULES: &[Rule] = &[
    // Registries and images.
    advice("ecr", &["ecr:"], r"not authorized to perform:? (?P<action>ecr:(?:InitiateLayerUpload|UploadLayerPart|CompleteLayerUpload|PutImage|BatchCheckLayerAvailability))")
        .hint("Allow {action} in the role of this step, with the other actions of a push: ecr:BatchCheckLayerAvailability, ecr:InitiateLayerUpload, ecr:UploadLayerPart, ecr:CompleteLayerUpload, ecr:PutImage."),
    advice("ecr", &[".dkr.ecr."], r"\.dkr\.ecr\.[\w-]+\.amazonaws\.com/(?P<repository>[\w./-]+?)(?:[:/](?:blobs|manifests|latest)\b.*|:\S*)?\s?.*(?:403 Forbidden|denied)")
        .hint("Let the role of this step push to {repository}: ecr:GetAuthorizationToken, ecr:BatchCheckLayerAvailability, ecr:InitiateLayerUpload, ecr:UploadLayerPart, ecr:CompleteLayerUpload and ecr:PutImage; then log in to that registry again."),
    advice("ecr", &["does not exist in the registry"], r"repository with name '(?P<repository>[^']+)' does not exist in the registry with id '(?P<account>\d+)'")
        .hint("Create the ECR repository {repository} in account {account}, or correct account and region of the image's name; a push does not create it."),
    advice("docker", &["does not match the specified platform", "does not match the detected host platform"], r"platform \((?P<image>[\w/]+)\) does not match the (?:specified platform|detected host platform) \((?P<host>[\w/]+)\)")
        .hint("Build the image for {host} (docker buildx build --platform {host}), or run it on a machine of its own platform."),
    // Limits, by their names.
    advice("lambda", &["must be smaller than"], r"Unzipped size must be smaller than (?P<limit>\d+) bytes")
        .hint("Function and layers may unpack to 250 MB ({limit} bytes) at most: leave out development dependencies and files of tests, or ship the function as a container image (10 GB)."),
    advice("lambda", &["must be smaller than", "RequestEntityTooLarge"], r"(?:Request must be smaller than (?P<limit>\d+) bytes|RequestEntityTooLargeException)")
        .hint("Upload the zip to S3 and name the bucket and key in the call (--s3-bucket, --s3-key): a direct upload takes 50 MB."),
    advice("lambda", &["CodeStorageExceeded", "Code storage limit exceeded"], r"(?:CodeStorageExceeded|Code storage limit exceeded)")
        .hint("Delete old versions of functions and layers in this region: together they may hold 75 GB, which Service Quotas can raise."),
    advice("lambda", &["UnreservedConcurrentExecution"], r"UnreservedConcurrentExecution below its minimum value")
        .hint("Reserve less concurrency for this function, or have the account's concurrency raised in Service Quotas: 100 must stay unreserved."),
    advice("aws", &["Cannot exceed quota for"], r"Cannot exceed quota for (?P<limit>\w+)(?:: (?P<most>\d+))?")
        .hint("Raise {limit} in Service Quotas of this account (now {most?its default}), or put several into one; delete what nothing uses any more."),
    advice("aws", &["LimitExceeded"], r"\b(?P<limit>(?:Address|Vpc|InternetGateway|NatGateway|Vcpu|Instance|Volume|SecurityGroup\w*|RouteTable|NetworkInterface|Snapshot|Bucket|Subnet)LimitExceeded)\b")
        .hint("Have the limit behind {limit} raised in Service Quotas for this account and region, or delete resources of that kind that nothing uses."),
    advice("gcp", &["Quota '", "quota '"], r"[Qq]uota '(?P<limit>\w+)' exceeded\.?\s+Limit: (?P<most>[\d.]+)(?: in region (?P<region>[\w-]+))?")
        .hint("Ask on the project's page of quotas for more {limit} than {most} in {region?that region}, or use another region."),
    advice("azure", &["quota"], r"(?i)exceeding approved (?P<limit>.{3,60}?) quota")
        .hint("Ask for more {limit} in the subscription's Usage + quotas for that region, or take another size or region."),
    advice("kubernetes", &["exceeded quota: "], r"exceeded quota: (?P<quota>[\w.-]+), requested: (?P<asked>\S+)")
        .hint("Raise the ResourceQuota {quota} of the namespace, or ask for less than {asked} in the pod's resources."),
    // Networks of builders.
    advice("ec2", &["Invalid", "NotFound"], r"Invalid(?P<kind>Subnet|SubnetID|VpcID|Vpc|GroupId|Group|AMIID|KeyPair|SecurityGroupID)\.(?:NotFound|Malformed)[^']*'(?P<id>[^']+)'")
        .hint("Check {id} in the region and account that this step runs in: a {kind} is known only there, so a copied template needs its own id."),
    advice("ec2", &["VPCIdNotSpecified", "No default VPC", "No default subnet"], r"(?:VPCIdNotSpecified|No default (?:VPC|subnet) for)")
        .hint("Set vpc_id and subnet_id explicitly: this account has no default network in the region."),
    advice("packer", &["imeout waiting for SSH", "imeout waiting for WinRM"], r"(?i)timeout waiting for (?P<how>SSH|WinRM)")
        .hint("Give the builder a way to the instance: a subnet with a public address (associate_public_ip_address) or ssh_interface = \"session_manager\", and a security group that lets {how} in."),
    // Rights on machines.
    advice("ansible", &["issing sudo password", "issing become password", "ncorrect sudo password"], r"(?i)(?:missing|incorrect) (?:sudo|become) password")
        .hint("Pass ansible_become_password from a vault, or let the remote user run sudo without one (NOPASSWD in /etc/sudoers.d); or drop `become` from the task."),
    advice("sudo", &["password is required", "terminal is required", "no tty present"], r"sudo: .*(?:password is required|terminal is required|no tty present)")
        .hint("Let the user of this step run sudo without a password (NOPASSWD in /etc/sudoers.d), or run the step as root: no one can type one here."),
    advice("sudo", &["is not in the sudoers file"], r"(?P<user>[\w.-]+) is not in the sudoers file")
        .hint("Add {user} to the group sudo (wheel on Amazon Linux) or to /etc/sudoers.d on that machine, or log in as a user who is."),
    // Headers and libraries that native extensions need.
    advice("ruby", &["find header files for ruby", "ruby.h"], r"(?:can't find header files for ruby|ruby\.h: No such file)")
        .hint("Install Ruby's own headers (ruby-dev on Debian and Alpine, ruby-devel on Amazon Linux) and a compiler before the gems."),
    advice("ruby", &["have to install development tools first"], r"have to install development tools first")
        .hint("Install a compiler before the gems: build-essential on Debian, build-base on Alpine, the group \"Development Tools\" on Amazon Linux."),
    advice("native", &["checking for "], r"checking for (?P<what>[\w.+-]+(?:\(\))?(?: in -l\w+)?)\.\.\. (?:no|not found)$")
        .hint("Install the development package that provides {what} (-dev on Debian and Alpine, -devel on Amazon Linux) before this step."),
    advice("native", &["cannot find -l", "unable to find library -l", "library not found for -l"], r"(?:cannot find|unable to find library|library not found for) -l(?P<library>[\w.+-]+)")
        .hint("Install the package that has lib{library} for this architecture (its -dev or -devel package), or add its folder with -L."),
    // Clusters.
    advice("kubectl", &["no matches for kind"], r#"no matches for kind "(?P<kind>\w+)" in (?:version|group) "(?P<version>[^"]*)""#)
        .hint("Install the CustomResourceDefinition of {kind} ({version}) first, mostly with its operator's chart, and wait for it (kubectl wait --for condition=established); or correct apiVersion for this cluster."),
    advice("helm", &["timed out", "deadline exceeded", "pre-", "post-"], r"(?:(?:UPGRADE|INSTALLATION|ROLLBACK) FAILED.*(?:timed out|deadline exceeded)|failed (?:pre|post)-(?:install|upgrade|delete|rollback).*(?:timed out|deadline exceeded))")
        .hint("See with kubectl describe and kubectl logs why a pod or hook job of the release is not ready; raise --timeout only if it merely needs longer."),
    advice("kubernetes", &["probe failed"], r"(?P<probe>Readiness|Liveness|Startup) probe failed")
        .hint("Compare path, port and initialDelaySeconds of the {probe} probe with what the container serves, and read the container's own log."),
    advice("kubernetes", &["nodes are available"], r"0/\d+ nodes are available: (?P<why>[^.]+)")
        .hint("Free or add nodes for the pod ({why}), lower its requests, or correct its selector and tolerations."),
    advice("kubectl", &["field is immutable"], r"(?P<field>[\w.]+): Invalid value: .*field is immutable")
        .hint("Delete and create the object again, or leave {field} as it is: it cannot change in place."),
];
