//! Python: pytest, unittest, tox, tracebacks, pip, Poetry, uv, linters, type checkers.
//!
//! General because tracebacks end with one line `Kind: message`, pytest marks its lines with `E`, and linters print `file:line: CODE message`.

use super::super::Category;
use super::super::rule::{Rule, Weight, before, lead, rule, some, then};

const KIND: &str = r"^(?:\s*\|\s*)?(?:[A-Za-z_][\w.]*\.)?[A-Z]\w*(?:Error|Exception|Warning|Interrupt|Exit|Failure|NotFound|Timeout|DoesNotExist)\b(?:: .*)?$";

/// What Python, its tests, packages and linters say.
pub(super) const RULES: &[Rule] = &[
    // The head of one failure in pytest's long report; the E lines below say what happened.
    rule("pytest", &["____ "], r"^_{3,} (?:[^_].*?) _{3,}$", Weight::Cause, Category::Test)
        .unless(r"^_+ (?:summary|coverage|ERROR collecting|py\d|pre-commit|lint)")
        .quote(&[then(r"^E\s+\S", 150), then(r"^[^\s:]+\.py:\d+: \w", 200)]).until(r"^_{3,} |^=+ "),
    rule("pytest", &["ERROR collecting"], r"^_+ ERROR collecting (?:\S+) _+$", Weight::Cause, Category::Test)
        .quote(&[some(r"^E\s+(?:ModuleNotFoundError|ImportError|SyntaxError|\w+Error|\S+:)", 60, 1)]).until(r"^=+ |^_{3,} "),
    rule("pytest", &["ModuleNotFoundError", "ImportError"], r"^E\s+(?:ModuleNotFoundError: No module named '(?P<module>[^']+)'|ImportError: .*)", Weight::Tool, Category::Dependency)
        .hint("Module {module} is not installed where the tests run: add it to the requirements, or install the project itself."),
    rule("pytest", &["FAILED ", "ERROR "], r"^(?:FAILED|ERROR) (?:\S+\.py(?:::\S+)*)(?: - (?:.*))?$", Weight::Tool, Category::Test),
    // `--tb=line` says each failure in one line.
    rule("pytest", &[".py:"], r"^(?:\S+\.py:\d+): (?:(?:assert |\w+Error|\w+Exception|Failed: ).*)", Weight::Tool, Category::Test),
    rule("pytest", &["fixture '"], r"^E\s+fixture '(?P<name>\w+)' not found", Weight::Cause, Category::Test).hint("Fixture {name} is not defined, or its plugin is not installed."),
    rule("pytest", &["pytest: error", "ERROR: ", "INTERNALERROR"], r"^(?:\S*pytest\S*: error: |ERROR: (?:file or directory not found|not found|found no collectors)|INTERNALERROR> \w+Error|ImportError while loading conftest)", Weight::Cause, Category::Config)
        .quote(&[some(r"(?:unrecognized arguments|inifile|not found)", 3, 1)]),
    rule("pytest", &["no tests ran", "collected 0 items"], r"^=*\s*(?:no tests ran)", Weight::Tool, Category::Config).hint("pytest collected no test: check the path and the naming of the test files."),
    rule("coverage", &["Required test coverage", "Coverage failure"], r"(?:Required test coverage of |Coverage failure: total of .*fail-under=)(?P<want>[\d.]+)", Weight::Cause, Category::Test).hint("All tests pass, but coverage is below the {want?required} %."),
    rule("unittest", &["FAIL: ", "ERROR: "], r"^(?:FAIL|ERROR): (?:\w+ \([\w.]+\)|test\w+|[\w.]+\.test\w+|setUp\w* .*|tearDown\w* .*)", Weight::Cause, Category::Test)
        .quote(&[then(KIND, 200), then(r#"^\s+File "[^"]+", line \d+"#, 4)]).until(r"^={50,}|^Ran \d+|^-{70,}$.^"),
    rule("unittest", &["FAILED ("], r"^FAILED \((?:failures|errors)=", Weight::Summary, Category::Test),
    rule("doctest", &["Failed example:"], r"^Failed example:", Weight::Cause, Category::Test).quote(&[before(r#"^File ""#, 3), some(r"^    \S", 8, 3)]),
    rule("python", &["ModuleNotFoundError", "ImportError"], r"^\s*(?:\|\s*)?ModuleNotFoundError: No module named '?(?P<module>[\w.]+)'?", Weight::Cause, Category::Dependency)
        .quote(&[before(r#"^\s*File "[^"]+", line \d+"#, 4)])
        .hint("Python module {module} is not installed: add it to what is installed before this step, or check the interpreter and path."),
    rule("python", &["ImportError"], r"^ImportError: (?:.+)", Weight::Cause, Category::Dependency).quote(&[before(r#"^\s*File "[^"]+", line \d+"#, 4)]),
    rule("python", &["SyntaxError", "IndentationError", "TabError"], r"^(?:E\s+)?(?:SyntaxError|IndentationError|TabError): (?:.+)", Weight::Cause, Category::Compile)
        .unless(r"^SyntaxError: .*(?:JSON|token|import statement|await|export)")
        .quote(&[before(r#"^\s*File "[^"]+", line \d+"#, 5), before(r"^    \s*[^\s^]", 3)]),
    rule("python", &["yaml.", "JSONDecodeError", "Expecting ", "TOMLDecodeError"], r"^(?:yaml\.\w+\.\w+Error: .*|json\.decoder\.JSONDecodeError: .*|tomllib\.TOMLDecodeError: .*|Expecting (?:property name|value|'.' delimiter).*line \d+.*)", Weight::Cause, Category::Config)
        .quote(&[then(r#"^\s+in "[^"]+", line \d+"#, 3)]),
    rule("python", &["KeyError: '"], r"^KeyError: '(?P<name>[A-Z][A-Z0-9_]+)'$", Weight::Tool, Category::Config).quote(&[before(r#"^\s*File "[^"]+", line \d+"#, 14)])
        .hint("Define {name} in the environment of this step, or correct the name of the parameter or secret that it comes from."),
    rule("python", &["botocore.exceptions"], r"^botocore\.exceptions\.\w+: (?:.+)", Weight::Tool, Category::Deploy),
    // The end of a traceback, which names the kind; Java prints the same form, with frames after it instead of before.
    rule("python", &["Error", "Exception", "Exit", "Interrupt"], r"^\s*(?:\|\s*)?(?:(?:[A-Za-z_][\w]*\.)*[A-Z]\w*(?:Error|Exception|Interrupt|Exit|Failure)): (?:.+)$", Weight::Generic, Category::Unknown)
        .unless(r"^(?:Uncaught|java\.|javax\.|Caused|System\.|SDK|\w+\.java)|: 0$|: null$")
        .quote(&[before(r#"^\s*File "[^"]+", line \d+"#, 4)]),
    rule("python", &["can't open file"], r"can't open file '(?P<file>[^']+)'", Weight::Cause, Category::Config).hint("{file} does not exist where the command runs: check the working directory."),
    rule("python", &["No module named"], r"^\S*python[\d.]*: No module named (?P<module>\S+)", Weight::Cause, Category::Dependency).hint("Add {module} to the requirements that are installed before this step, for the interpreter that runs here."),
    rule("pip", &["No matching distribution", "Could not find a version"], r"ERROR: Could not find a version that satisfies the requirement (?P<what>[^\s(]+)", Weight::Cause, Category::Dependency)
        .quote(&[then(r"No matching distribution found", 3)]).hint("No release of {what} fits: check its name, version and the Python version of the image."),
    rule("pip", &["No matching distribution"], r"ERROR: No matching distribution found for (?P<what>\S+)", Weight::Tool, Category::Dependency).hint("No release of {what} fits: check its name, version and the Python version of the image."),
    rule("pip", &["ResolutionImpossible", "conflicting dependencies", "have conflicting dependencies"], r"(?:ERROR: (?:Cannot install (?:-r )?(?P<what>.+) because|ResolutionImpossible))", Weight::Cause, Category::Dependency)
        .quote(&[some(r"^\s{4}\S.*(?:depends on|requested|requires)|The conflict is caused by", 8, 4)]).hint("The requirements contradict each other ({what}): loosen one of the pins."),
    rule("pip", &["THESE PACKAGES DO NOT MATCH"], r"ERROR: THESE PACKAGES DO NOT MATCH THE HASHES", Weight::Cause, Category::Dependency).quote(&[then(r"^\s+\S+==\S+ from ", 2), some(r"^\s+(?:Expected|Got)\s", 5, 2)]).hint("A package's hash is not the one in the requirements file: {quote?compare both} - pin it anew once you trust it."),
    rule("pip", &["requires a different Python"], r"ERROR: (?P<why>Package '\S+' requires a different Python: .*)", Weight::Cause, Category::Dependency).hint("Take another Python for this step (runtime-versions, python-version, or the image), or pin a release of the package that supports this one."),
    rule("pip", &["ERROR: Could not open requirements", "ERROR: Invalid requirement", "THESE PACKAGES DO NOT MATCH", "ERROR: Directory", "ERROR: file:", "neither 'setup.py'", "ERROR: Package"], r"ERROR: (?:Could not open requirements file: .*|Invalid requirement: .*|THESE PACKAGES DO NOT MATCH THE HASHES.*|.*neither 'setup\.py' nor 'pyproject\.toml'.*|Package '.*' requires a different Python: .*)", Weight::Cause, Category::Config)
        .quote(&[some(r"^\s+(?:\^|Expected|Got)", 6, 2)]),
    rule("pip", &["requires a different Python", "Requires-Python"], r"requires a different Python: (?P<why>.*)", Weight::Cause, Category::Dependency).hint("Take another Python for this step (runtime-versions, python-version, or the image), or pin a release of the package that supports this one."),
    rule("pip", &["externally-managed-environment"], r"error: externally-managed-environment", Weight::Cause, Category::Config).hint("The system Python refuses pip: install into a virtual environment."),
    rule("pip", &["Failed building wheel", "Failed to build", "subprocess-exited-with-error", "metadata-generation-failed", "Could not build wheels"], r"(?:ERROR: Failed building wheel for (?P<package>\S+)|error: (?:subprocess-exited-with-error|metadata-generation-failed)|ERROR: (?:Failed to build|Could not build wheels for) )", Weight::Summary, Category::Dependency)
        .hint("{package} has no wheel for this platform and could not be built from source; its compiler output names what is missing."),
    rule("pip", &["error: command '", "Microsoft Visual C++"], r"^\s*error: (?:command '[^']+' failed|Microsoft Visual C\+\+ .* is required|can't find Rust compiler)", Weight::Tool, Category::Compile),
    rule("pip", &["pg_config", "fatal error: Python.h", "mysql_config"], r"(?:Error: pg_config executable not found|Python\.h: No such file|mysql_config: not found)", Weight::Cause, Category::Dependency).hint("A C extension lacks the development files of its library: install them, or use the binary package."),
    rule("pip", &["Failed to establish a new connection", "Temporary failure in name resolution", "NewConnectionError", "Max retries exceeded"], r"(?:Failed to establish a new connection|NewConnectionError|Max retries exceeded)", Weight::Tool, Category::Infrastructure).unless(r"^WARNING"),
    rule("pip", &["ERROR: "], r"^ERROR: (?:.+)", Weight::Tool, Category::Unknown)
        .unless(r"^ERROR: (?:Job failed|failed to solve|failed to build|Service |.*: not found|Build failed|No matching|Command|script|for |process|pip's dependency resolver|\S+ failed|InvocationError|usage|file or)"),
    rule("poetry", &["version solving failed", "Because "], r"^\s*(?:Because .+|So, because .+version solving failed)", Weight::Cause, Category::Dependency).unless("(?i)because you|because it|because the")
        .quote(&[then(r"version solving failed", 12)]),
    rule("poetry", &["poetry.lock"], r"(?:pyproject\.toml changed significantly since poetry\.lock|poetry\.lock is not up to date)", Weight::Cause, Category::Dependency).hint("poetry.lock does not fit pyproject.toml: run poetry lock and commit it."),
    rule("poetry", &["poetry.lock", "pyproject.toml"], r"(?:pyproject\.toml changed significantly since poetry\.lock|poetry\.lock is not up to date|Poetry could not find a pyproject\.toml|The Poetry configuration is invalid)", Weight::Cause, Category::Config)
        .quote(&[some(r"^\s+- ", 4, 2)]),
    rule("uv", &["No solution found"], "^\\W*(?:error: )?No solution found when resolving", Weight::Cause, Category::Dependency)
        .quote(&[some("(?:Because |we can conclude|not found in the package registry|unsatisfiable)", 8, 3)]),
    rule("uv", &["error: Failed to", "error: Error while", "error: No ", "error: Request failed", "error: The lockfile", "error: Project"], r"^error: (?:(?:Failed to (?:fetch|download|build|spawn|read|prepare|install|parse)|Error while fetching|Request failed|No `project`|No `pyproject|The lockfile at|Project virtual|No interpreter).*)", Weight::Tool, Category::Dependency)
        .quote(&[some(r"^\s*Caused by: (?:.*dns error|.*failed to lookup|.*refused|.*not found|.*timed out|.*denied|.*certificate|[^C]*\bNo such)", 8, 2)]).until(r"^\S"),
    rule("network", &["dns error", "failed to lookup address"], r"^\s*(?:Caused by: |\S*\s*)?(?:dns error|failed to lookup address information)", Weight::Cause, Category::Infrastructure)
        .quote(&[before(r"^(?:error|Error|ERROR|fatal)\b", 6), then(r"failed to lookup address", 2)]).hint("A host name could not be resolved: check the network (VPC, NAT, DNS) of the build and whether the service is up."),
    rule("tox", &["InvocationError", ": commands failed", "FAIL code", "could not find python interpreter", "InterpreterNotFound"], r"(?:ERROR: InvocationError|^\S+: commands failed|: FAIL code \d|ERROR:\s+\S+: commands failed)", Weight::Summary, Category::Test),
    rule("tox", &["could not find python interpreter", "InterpreterNotFound"], r"(?:could not find python interpreter|InterpreterNotFound: (?P<what>\S+))", Weight::Cause, Category::Config).hint("tox needs an interpreter ({what}) that the image lacks."),
    rule("flake8", &[": E", ": W", ": F", ": C", ": N", ": D", ": S", ": B", ": I", ": R", ": U", ": P"], r"^(?:\.{0,2}[^\s:()]+\.(?:pyi?|ipynb):\d+(?::\d+)?): (?:[A-Z]{1,4}\d{2,4}):? (?:.+)", Weight::Cause, Category::Lint),
    rule("ruff", &["error: Failed to parse"], r"^error: Failed to parse (?:\S+): (?:.+)", Weight::Cause, Category::Lint),
    rule("ruff", &["F4", "F5", "F6", "F7", "F8", "E1", "E2", "E3", "E4", "E5", "E7", "E9", "W1", "W2", "W5", "W6", "I0", "UP0", "B0", "N8", "D1", "D2", "D4", "S1", "S3", "S6", "SIM", "PLR", "PLW", "PLE", "PLC", "RUF", "ANN", "C4", "C9", "PT0", "PTH", "ARG", "ERA", "T20", "TRY"], r"^(?:[A-Z]{1,4}\d{3,4}) (?:\[\*\] )?(?:.+)", Weight::Tool, Category::Lint).quote(&[then(r"^\s+--> \S+:\d+", 2)]).unless(r"^[EW]\d{4} "),
    rule("black", &["would reformat", "cannot format", "Would reformat"], r"^(?:would reformat:? (?P<file>\S+)|Would reformat: \S+|error: cannot format (?P<why>.+))", Weight::Cause, Category::Lint).hint("{file} is not formatted as required: run the formatter and commit."),
    rule("isort", &["Imports are incorrectly sorted"], r"^ERROR: (?P<file>\S+) Imports are incorrectly sorted", Weight::Cause, Category::Lint).hint("Run `isort {file}` and commit the result."),
    rule("mypy", &[": error: "], r"^(?:[^\s:]+\.pyi?:\d+(?::\d+)?): error: (?:.+)", Weight::Cause, Category::Lint),
    rule("pyright", &[" - error: "], r"^\s*(?:\S+\.pyi?:\d+:\d+) - error: (?:.+)", Weight::Cause, Category::Lint),
    rule("bandit", &[">> Issue:"], r"^>> Issue: (?:.+)", Weight::Cause, Category::Lint).quote(&[then(r"Location: ", 6)]),
    rule("yamllint", &[" error "], r"^\s+(?:\d+:\d+)\s+(?:\[error\]|error)\s+(?:.+)\((?:[\w-]+)\)", Weight::Cause, Category::Lint).quote(&[before(r"^\S+\.ya?ml$", 40)]),
    rule("cuda", &["CUDA"], r"(?:CUDA error: (?:no kernel image|device unavailable|all CUDA-capable devices|uncorrectable ECC|out of memory|unknown error).*|CUDA driver version is insufficient.*|[Nn]o CUDA-capable device.*|No CUDA GPUs are available.*)", Weight::Cause, Category::Infrastructure),
    rule("cuda", &["CUDA error: "], r"(?:CUDA error: .+)", Weight::Cause, Category::Test),
    rule("conda", &["PackagesNotFoundError", "ResolvePackageNotFound", "UnsatisfiableError", "LibMambaUnsatisfiableError"], r"^(?P<why>(?:PackagesNotFoundError|ResolvePackageNotFound|(?:LibMamba)?UnsatisfiableError):.*)", Weight::Cause, Category::Dependency)
        .quote(&[some(r"^\s+- \S", 6, 2)]).hint("Add the channel that has the package (often conda-forge), or correct its name or version for this platform."),
    rule("conda", &["CondaHTTPError", "CondaSSLError"], r"^(?:Conda(?:HTTP|SSL)Error: .+)", Weight::Cause, Category::Infrastructure),
    rule("pip", &["Pool(host="], r"(?:ReadTimeoutError|ConnectTimeoutError|MaxRetryError|NewConnectionError|ProtocolError)\b.*Pool\(host='(?P<host>[^']+)'", Weight::Cause, Category::Infrastructure).unless(r"(?i)^warning|retrying").hint("{host} did not answer: run it again, or use a mirror."),
    rule("django", &["ImproperlyConfigured", "CommandError", "OperationalError"], r"(?:django\.core\.exceptions\.ImproperlyConfigured|^CommandError): (?:.+)", Weight::Cause, Category::Config),
    rule("python", &["Sorry: "], r"^Sorry: (?:\w+Error: .+)", Weight::Cause, Category::Compile).quote(&[before(r"^\*\*\* Error compiling", 3)]),
    rule("django", &["SystemCheckError"], r"^SystemCheckError: ", Weight::Cause, Category::Config).quote(&[some(r"^\S.*: \(\w+\.E\d+\) ", 10, 4)]),
    rule("sphinx", &["WARNING: ", "ERROR: "], r"^(?:\S+\.(?:rst|md|py)(?::\d+|:docstring of \S+)): (?:WARNING|ERROR): (?:.+)", Weight::Cause, Category::Lint).when(r"warnings? treated as errors|^Warning, treated as error", 300),
    rule("mkdocs", &["WARNING"], r"^WARNING +- +(?P<why>.+)", Weight::Cause, Category::Lint).when(r"^Aborted with \d+ warnings? in strict mode", 200).quote(&[then(r"^Aborted with", 200)]).hint("Mend the reference or page that the warning names, or drop --strict (-W) for this build."),
    rule("ruff", &["unformatted: "], r"^unformatted: ", Weight::Cause, Category::Lint).quote(&[lead(r"^\s*--> \S+:\d+", 2)]).hint("{quote} is not formatted: run ruff format."),
    rule("sqlfluff", &["L: "], r"^L:\s+\d+ \| P:\s+\d+ \| +(?:\w+) \| (?:.+)", Weight::Cause, Category::Lint),
    rule("alembic", &["FAILED: "], r"^(?:ERROR \[alembic\S*\] )?FAILED: (?:(?:No |Can't |Multiple |Target |Path ).*)", Weight::Cause, Category::Config),
    rule("uv", &["lockfile"], r"^error: (?:(?:Unable to find lockfile|The lockfile at) .*)", Weight::Cause, Category::Dependency),
    // Robot Framework's console: the test and its verdict, the message below; a suite's line is followed by its counts.
    rule("robot", &["| FAIL |"], r"^(?:\S.*?)\s+\| FAIL \|$", Weight::Cause, Category::Test).when(r"^(?:[^\d\n]|\d+[^\d ]|\d+ [^t\n])", 1).quote(&[then(r"\S", 1)]),
];
