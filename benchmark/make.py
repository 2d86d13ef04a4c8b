#!/usr/bin/env python3
"""Makes the benchmark: runs real tools on broken inputs and records what they print, in the shape of a CI log.

usage: make.py OUT_DIR [NAME...]

Each case (cases.py) has files, commands (the last one fails) and a label. The commands really run, in a folder named
as CodeBuild names it; only the runner's own lines around their output (phases, time stamps, prefixes) are written here,
as the runner writes them. Labels are patterns for the cause lines, written before anything was diagnosed:
`cause` are the lines a reader needs, `alt` marks that later equal matches of a pattern serve as well.
Tools have to be on the PATH; a case whose tool is missing is skipped.
"""
import datetime, json, os, pathlib, re, shutil, subprocess, sys

import cases, cases_third

CASES = cases.CASES + cases_third.CASES

HOME = pathlib.Path("/codebuild/output/src123/src")
KEPT = 380


class Clock:
    def __init__(self):
        self.now = datetime.datetime(2026, 3, 4, 17, 13, 10, 49920)

    def tick(self, seconds=0.4):
        self.now += datetime.timedelta(seconds=seconds)
        return self.now

    def container(self):
        return "[Container] " + self.tick().strftime("%Y/%m/%d %H:%M:%S.%f ")

    def iso(self):
        return self.tick(0.003).strftime("%Y-%m-%dT%H:%M:%S.%f") + "0Z "


def run(command, env):
    done = subprocess.run(["bash", "-c", command], cwd=HOME, env=env, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300)
    text = done.stdout.decode("utf-8", "replace")
    for folder, name in json.loads(os.environ.get("BENCHMARK_NAMES", "{}")).items():
        text = text.replace(folder, name)
    status = done.returncode if done.returncode >= 0 else 128 - done.returncode
    return text.split("\n")[:-1] if text.endswith("\n") else text.split("\n") if text else [], status


def codebuild(case, outputs, clock):
    log = []
    say = lambda text: log.append(clock.container() + text)
    say("Running on CodeBuild On-demand")
    say("Waiting for agent ping")
    say("Phase is DOWNLOAD_SOURCE")
    say("CODEBUILD_SRC_DIR=%s" % HOME)
    say("YAML location is %s/buildspec.yml" % HOME)
    say("Phase complete: DOWNLOAD_SOURCE State: SUCCEEDED")
    say("Phase context status code:  Message: ")
    say("Entering phase BUILD")
    for command, lines, status in outputs:
        say("Running command " + command)
        log += lines
        log.append("")
        if status:
            say("Command did not exit successfully %s exit status %d" % (command, status))
            say("Phase complete: BUILD State: FAILED")
            say("Phase context status code: COMMAND_EXECUTION_ERROR Message: Error while executing command: %s. Reason: exit status %d" % (command, status))
    say("Entering phase POST_BUILD")
    for command, lines, status in case.get("after_outputs", []):
        say("Running command " + command)
        log += lines
        log.append("")
        if status:
            say("Command did not exit successfully %s exit status %d" % (command, status))
    say("Phase complete: POST_BUILD State: %s" % ("FAILED" if any(o[2] for o in case.get("after_outputs", [])) else "SUCCEEDED"))
    say("Phase context status code:  Message: ")
    say("Set report auto-discover timeout to 5 seconds")
    say("Expanding base directory path:  .")
    say("Assembling file list")
    say("Expanding .")
    say("Expanding file paths for base directory .")
    say("Found 2 file(s)")
    say("Report auto-discover file discovery took 0.068074 seconds")
    say("Phase complete: UPLOAD_ARTIFACTS State: SUCCEEDED")
    say("Phase context status code:  Message: ")
    return log


def actions(case, outputs, clock):
    log = []
    say = lambda text: log.append(clock.iso() + text)
    for command, lines, status in outputs:
        say("##[group]Run " + command)
        say("\x1b[36;1m" + command + "\x1b[0m")
        say("shell: /usr/bin/bash -e {0}")
        say("##[endgroup]")
        for line in lines:
            say(line)
        if status:
            say("##[error]Process completed with exit code %d." % status)
    say("Post job cleanup.")
    say("[command]/usr/bin/git version")
    say("git version 2.51.0")
    say("Temporarily overriding HOME='/home/runner/work/_temp/1' before making global git config changes")
    say("Cleaning up orphan processes")
    return log


def buildkit(case, outputs, clock):
    log, echo = ["#1 [internal] load build definition from Dockerfile", "#1 transferring dockerfile: 512B done", "#1 DONE 0.0s", ""], []
    for step, (command, lines, status) in enumerate(outputs, 5):
        head = "[builder %d/9] RUN %s" % (step, command)
        log.append("#%d %s" % (step + 3, head))
        seconds = 0.3
        for line in lines:
            seconds += 0.11
            log.append("#%d %.3f %s" % (step + 3, seconds, line))
            echo.append("%.3f %s" % (seconds, line))
        if status:
            wrapped = 'process "/bin/sh -c %s" did not complete successfully: exit code: %d' % (command, status)
            log += ["#%d ERROR: %s" % (step + 3, wrapped), "------", " > %s:" % head] + echo[-9:] + ["------", "Dockerfile:12",
                    "--------------------", "  10 |     COPY . .", "  11 |     ", "  12 | >>> RUN " + command, "--------------------",
                    "ERROR: failed to solve: " + wrapped]
        else:
            log += ["#%d DONE %.1fs" % (step + 3, seconds), ""]
            echo = []
    return log


def plain(case, outputs, clock):
    return [line for _, lines, _ in outputs for line in lines]


def said(line):
    """What the tool itself wrote; nothing for the lines in which the runner repeats the command."""
    line = re.sub(r"\x1b\[[0-9;]*m", "", line)
    line = re.sub(r"^(?:\S+Z |#\d+ \d+\.\d+ |app-1  \| )", "", line)
    return "" if re.search(r"Running command |^##\[group\]|^#\d+ \[", line) else line


def compose(case, outputs, clock):
    return ["Attaching to app-1"] + ["app-1  | " + line for _, lines, _ in outputs for line in lines] + ["app-1 exited with code %d" % outputs[-1][2]]


SHAPES = dict(compose=compose, codebuild=codebuild, actions=actions, buildkit=buildkit, plain=plain)


def make(case, out):
    shutil.rmtree(HOME, ignore_errors=True)
    HOME.mkdir(parents=True)
    for name, text in case.get("files", {}).items():
        path = HOME / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    env = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME") or "CERT" in k or k == "CARGO_HOME" or k == "RUSTUP_HOME"}
    env.update(CI="true", LANG="C.UTF-8", CODEBUILD_SRC_DIR=str(HOME), NPM_CONFIG_USERCONFIG="/dev/null", NO_UPDATE_NOTIFIER="1", **case.get("env", {}))
    for command in case.get("setup", []):
        run(command, env)
    for stale in out.glob(case["id"] + ".*"):
        stale.unlink()
    outputs = []
    for command in case["commands"]:
        lines, status = run(command, env)
        outputs.append((command, lines, status))
        if status:
            break
    if not outputs[-1][2]:
        return "did not fail"
    case["after_outputs"] = [(command, *run(command, env)) for command in case.get("after", [])]
    for command in case.get("cleanup", []):
        run(command, env)
    log = SHAPES[case.get("shape", "codebuild")](case, outputs, Clock())
    if len(log) > 2 * KEPT:
        return "too long: %d" % len(log)
    cause, alt = [], []
    for pattern in case["cause"]:
        found = [i for i, line in enumerate(log) if re.search(pattern, said(line)) and i not in cause]
        if not found:
            (out / (case["id"] + ".unlabelled")).write_text("\n".join(log))
            return "no line for " + pattern
        cause.append(found[0])
        if len(found) > 1 and case.get("alt", True):
            alt.append(found)
    label = dict(id=case["id"], source="made by benchmark/make.py", service="codebuild" if case.get("shape", "codebuild") == "codebuild" else "other-ci",
                 toolchain=case["tool"], cause=sorted(cause), must=case["must"], category=case["category"])
    if alt:
        label["alt"] = alt
    quoted = "\n".join(log[i] for i in cause)
    missing = [must for must in case["must"] if must not in quoted]
    label["log"] = log
    (out / (case["id"] + ".json")).write_text(json.dumps(label, indent=1, ensure_ascii=False) + "\n")
    return "must not in cause: %s" % missing if missing else None


def main():
    out, wanted = pathlib.Path(sys.argv[1]).resolve(), set(sys.argv[2:])
    for case in CASES:
        if wanted and case["id"] not in wanted:
            continue
        try:
            problem = make(case, out)
        except subprocess.TimeoutExpired:
            problem = "timed out"
        if problem:
            print(case["id"], problem)
    print(len(list(out.glob("*.json"))), "cases")


if __name__ == "__main__":
    main()
