//! Maven, Gradle, javac, Kotlin, `JUnit`, `TestNG`, Ant, sbt, Android.
//!
//! General because compilers print `file:line: error: ...` (or `[line,column]` under Maven), and both build tools name the goal or task with the reason below.

use super::super::Category;
use super::super::rule::{Rule, Weight, lead, rule, some, then};

/// What builds of the JVM say.
pub(super) const RULES: &[Rule] = &[
    rule("maven", &["COMPILATION ERROR"], r"^\[ERROR\] COMPILATION ERROR", Weight::Cause, Category::Compile)
        .quote(&[some(r"^\[ERROR\] \S+\.(?:java|kt|scala|groovy):\[?\(?\d+", 20, 3), then(r"^\[ERROR\]?\s+(?:symbol|location|required|found)", 6)]).until(r"^\[INFO\] (?:\d+ error|BUILD)"),
    rule("javac", &[": error:"], r"^(?:e: |w: )?(?:\S+\.(?:java|scala|groovy):\d+): error: (?:.+)", Weight::Cause, Category::Compile)
        .quote(&[some(r"^\s+(?:symbol|location|required|found): ", 7, 1)]).until(r": error:|^\d+ error"),
    rule("kotlinc", &["e: "], r"^(?:e: )(?:file://)?(?P<at>\S+\.kts?(?::\d+:\d+|: \(\d+, \d+\)):?) (?P<why>.+)", Weight::Cause, Category::Compile).unless(r"^e: .*kapt.*stubs|^e: /tmp/junit"),
rule("maven", &["Unknown host", "Connection refused", "Connection timed out", "PKIX", "Connect timed out", "UnknownHost", "Read timed out", "Connection reset", "Premature EOF", "Remote host terminated"], r"^\[(?:ERROR|FATAL)\].*(?:Could not transfer|could not be resolved|resolve dependencies).*(?:Unknown host|UnknownHost|Connection refused|Connection reset|[Cc]onnect(?:ion)? timed out|Read timed out|Premature EOF|Remote host terminated|PKIX)(?P<why>[^>]*?)(?: -> \[Help.*|$)", Weight::Cause, Category::Dependency).hint("Maven cannot reach a repository ({why?no connection}): check the network, a proxy, or the mirror in settings.xml."),
    rule("maven", &["Could not resolve dependencies", "Could not find artifact", "Unresolveable", "could not be resolved", "Non-resolvable", "Could not transfer artifact", "Failed to read artifact descriptor", "Could not resolve"], r"^\[(?:ERROR|FATAL)\].*(?:Could not resolve dependencies|Could not find artifact|Failed to collect dependencies|Failed to read artifact descriptor|Unresolveable build extension|Plugin \S+ or one of its dependencies could not be resolved|Non-resolvable (?:parent|import) POM)(?P<why>.*?)(?: -> \[Help|$)", Weight::Cause, Category::Dependency)
        .hint("Check the coordinates, whether that version was ever published, and whether pom.xml or settings.xml names the repository that holds it."),
    rule("maven", &["Non-parseable POM", "Malformed POM", "'dependencies.dependency", "The build could not read", "no POM in this directory", "MissingProjectException", "Unknown lifecycle phase", "LifecyclePhaseNotFound", "Non-readable POM"], r"^\[(?:ERROR|FATAL)\].*(?:Non-parseable POM.*|Malformed POM.*|Non-readable POM.*|'dependencies\.dependency.*is missing.*|there is no POM in this directory.*|Unknown lifecycle phase.*|requires a project to execute but there is no POM.*)", Weight::Cause, Category::Config),
    rule("maven", &["invalid target release", "release version", "Source option", "Fatal error compiling"], r"(?:(?:error: )?(?:invalid target release: \S+|release version \S+ not supported|[Ss]ource option \S+ is no longer supported))", Weight::Cause, Category::Config).hint("The JDK of the image does not support the project's language level: select another JDK or change maven.compiler.release."),
    rule("surefire", &["<<< FAILURE!", "<<< ERROR!", "<<<"], r"^(?:\[ERROR\] )?\s*(?:\S.*?)(?:\s+|\s*--\s*)Time elapsed: [\d.,]+ ?s(?:ec)?\s+<<< (?:FAILURE|ERROR)!", Weight::Cause, Category::Test)
        .unless(r"Tests run:")
        .quote(&[then(r"^\S*(?:expected|Expect|but was)|^[\w.$]+(?:Error|Exception|Failure)\b(?:: .*)", 4), then(r"^[\w.$]+(?:Error|Exception|Failure)\b:?", 2)]).until(r"^\[(?:INFO|ERROR)\]|^\s+at "),
    rule("surefire", &["Tests in error", "Failed tests:", "[ERROR] Failures:", "[ERROR] Errors:"], r"^(?:\[ERROR\] )?(?:Tests in error|Failed tests|Failures|Errors):", Weight::Tool, Category::Test).unless(r": \d").quote(&[some(r"\S", 4, 2)]),
    rule("surefire", &["The forked VM terminated", "forked VM"], r"The forked VM terminated without (?:properly )?saying", Weight::Cause, Category::Infrastructure).hint("The test JVM died (often for lack of memory): lower its heap or take a larger build environment."),
    rule("maven", &["There are test failures", "Failed to execute goal"], r"^\[ERROR\] Failed to execute goal (?:\S+)(?: \([^)]*\))? on project (?:\S+): (?:.+?)(?: -> \[Help 1\])?$", Weight::Tool, Category::Compile)
        .unless(r"(?:There are test failures|Compilation failure$|Could not resolve)"),
    rule("maven", &["Failed to execute goal", "BUILD FAILURE"], r"(?:^\[ERROR\] Failed to execute goal|BUILD FAILURE)", Weight::Summary, Category::Compile),
    rule("checkstyle", &["[ERROR]", "[WARN]"], r"^\[(?:ERROR|WARN|ant:checkstyle)\] (?:\[ERROR\] )?(?:\S+\.(?:java|kt|xml):\[?\d+(?:[:,]\d+)?\]?):? (?:\(\w+\) )?(?:.*\[\w+\]|\(\w+\) .*)", Weight::Cause, Category::Lint),
    rule("checkstyle", &["Checkstyle violations", "PMD Failure", "SpotBugs", "spotless", "violations were found"], r"(?:You have \d+ (?:Checkstyle|PMD) violations?|PMD Failure: (?:.*)|format violations|ktlint|Detekt)", Weight::Tool, Category::Lint).unless("rule violations were found. See|BUILD"),
    rule("junit", &[" FAILED"], r"^(?:[\w.$ \[\]>(),:=/'-]*[\w)\]'] (?:> .+|.*test.*)) FAILED$", Weight::Cause, Category::Test)
        .unless(r"^> Task|^:|\.\.\. FAILED$")
        .quote(&[then(r"^\s+\S*(?:Error|Exception|Failed|Failure)\b.*", 3), then(r"^\s+Caused by: ", 6)]).until(r"^$"),
    rule("gradle", &["Execution failed for task"], r"^Execution failed for task '(?:[^']*(?i:detekt|ktlint|checkstyle|pmd|spotbugs|spotless|:lint)[^']*)'", Weight::Tool, Category::Lint)
        .quote(&[some(r"^(?:>|\s+>) \S", 4, 2)]).until(r"^\* Try|^$"),
    rule("gradle", &["Execution failed for task"], r"^Execution failed for task '(?:[^']*(?::|[a-z])[tT]est)'", Weight::Tool, Category::Test)
        .quote(&[some(r"^(?:>|\s+>) \S", 4, 2)]).until(r"^\* Try|^$"),
    rule("gradle", &["Keystore file", "SDK location", "SDK directory", "google-services.json is missing", "No matching client found", "Minimum supported Gradle version", "Failed to apply plugin", "requires a minimum"], r"^\s*> (?:Minimum supported Gradle version .*|Failed to apply plugin .*|The project is using an incompatible version.*|Keystore file .*not found.*|SDK location not found.*|The SDK directory .*|File google-services\.json is missing.*|No matching client found.*)", Weight::Cause, Category::Config),
    rule("gradle", &["Execution failed for task"], r"^Execution failed for task '(?:[^']+)'", Weight::Tool, Category::Compile)
        .quote(&[some(r"^(?:>|\s+>) (?:[^C]|C[^o])", 4, 2)]).until(r"^\* Try|^$"),
    rule("gradle", &["There were failing tests"], r"There were failing tests", Weight::Summary, Category::Test),
    rule("gradle", &["A problem occurred starting process", "A problem occurred evaluating", "A problem occurred configuring", "Could not open ", "Could not compile build file", "Could not find method", "not found in root project", "Could not set unknown", "Plugin [id", "was not found in any of"], r"^(?:> |\* )?(?:A problem occurred (?:starting process|evaluating|configuring).*|Could not compile build file.*|Could not find method.*|Could not set unknown.*|Task '.*' not found in.*|Plugin \[id: .*was not found.*|Unsupported class file major version.*|SDK location not found.*)", Weight::Cause, Category::Config)
        .quote(&[lead(r"Unsupported class file major version|^\s*(?:build file|settings file|script) '.*': \d+:", 4), then(r"^\s*> ", 3)]),
    rule("gradle", &["Could not resolve all", "Could not find ", "Could not resolve ", "Could not GET"], r"^\s*> (?:Could not (?:find|resolve|GET|download) (?:\S+:\S+|'.*|all .*))", Weight::Cause, Category::Dependency)
        .quote(&[some(r"(?:Required by:|^\s+> (?:Could not|No cached|Received)|Searched in)", 6, 1)]),
    rule("gradle", &["Unsupported class file major version", "requires Java", "requires at least JVM", "JAVA_HOME is not set", "JAVA_HOME is set to an invalid", "SDK location not found", "License for package", "licenses have not been accepted"], r"(?:(?:Unsupported class file major version|.*requires (?:Java \d+|at least JVM)|.*JAVA_HOME is (?:not set|set to an invalid)|SDK location not found|License for package .* not accepted|.*licenses have not been accepted).*)", Weight::Cause, Category::Config),
    rule("aapt", &["AAPT: error: "], r"^\s*(?:ERROR: ?)?(?:\S+\.xml(?::\d+)?(?::\d+)?:?) AAPT: error: (?:.+)", Weight::Cause, Category::Compile),
    rule("android lint", &[": Error: "], r"^(?:\S+\.(?:xml|kt|java|gradle|kts|toml)(?::\d+)?): Error: (?:.+) \[\w+(?: from \S+)?\]$", Weight::Cause, Category::Lint),
    rule("android lint", &["Lint found"], r"^\s*(?:> )?Lint found (?:\d+ )?errors", Weight::Summary, Category::Lint),
    rule("android", &["resource linking failed", "AAPT: error", "aapt"], r"^\s*>? ?Android resource linking failed", Weight::Cause, Category::Compile).quote(&[some(r"^\s*(?:ERROR: ?)?\S+.*AAPT: error: ", 8, 3)]),
    rule("android", &["Target id is not valid", "Failed to install the following", "failed to find target", "Failed to find target"], r"(?:Error: Target id is not valid|Failed to install the following Android SDK|[Ff]ailed to find target)", Weight::Cause, Category::Config).hint("The Android SDK lacks the target that the build asks for; install it first."),
    rule("gradle", &["What went wrong"], r"^\* What went wrong:", Weight::Generic, Category::Compile).quote(&[some(r"\S", 5, 3)]).until(r"^\* Try"),
    rule("gradle", &["BUILD FAILED"], r"^(?:FAILURE: Build failed|BUILD FAILED)", Weight::Summary, Category::Compile),
    rule("java", &["OutOfMemoryError"], r"java\.lang\.OutOfMemoryError(?:: (?P<what>.*))?$", Weight::Cause, Category::Infrastructure).unless(r"^\s+java\.lang\.\w+ at ")
        .hint("The JVM ran out of memory ({what}): raise -Xmx within the build environment's memory, or take a larger one."),
    rule("java", &["UnsupportedClassVersionError"], r"UnsupportedClassVersionError: (?P<why>.*)", Weight::Cause, Category::Config).hint("Run with the newer JDK that compiled the classes, or compile with --release for the older one; class file version 61 is Java 17, 65 is Java 21."),
    rule("java", &["ClassNotFoundException", "NoClassDefFoundError", "Could not find or load main class"], r"^(?:Error: |Exception in thread \S+ |Caused by: )?(?:java\.lang\.)?(?:ClassNotFoundException|NoClassDefFoundError|Could not find or load main class):? ?(?P<class>\S+)", Weight::Cause, Category::Dependency).hint("Add the dependency that holds {class} to the class path."),
    rule("java", &["Exception in thread"], r#"^Exception in thread "[^"]*" (?:\S+)(?:: (?:.*))?"#, Weight::Cause, Category::Unknown).quote(&[then(r"^Caused by: ", 40), then(r"^\s+at (?:[^js]|j[^a])", 4)]),
    rule("java", &["Caused by: "], r"^\s*Caused by: (?:[\w.$]+(?:Exception|Error)): (?:.+)", Weight::Generic, Category::Unknown),
    rule("javac", &["error: "], r"^error: (?:file not found: .*|invalid flag: .*|invalid target release: .*|release version .*|no source files|package \S+ does not exist|cannot find symbol.*)", Weight::Cause, Category::Config),
    rule("ant", &["BUILD FAILED"], r"^BUILD FAILED", Weight::Summary, Category::Compile).quote(&[some(r"\S", 2, 2)]),
    rule("ant", &["[junit] Test"], r"^Test (?:\S+) FAILED", Weight::Cause, Category::Test),
    rule("sbt", &["[error]"], r"^\[error\] (?:\S+\.scala:\d+(?::\d+)?): (?:.+)", Weight::Cause, Category::Compile),
    rule("scalatest", &["*** FAILED ***"], r"^(?:\[info\] )?\s*- (?:.+) \*\*\* FAILED \*\*\*", Weight::Cause, Category::Test).quote(&[then(r"\S", 1)]),
    rule("sbt", &["Failed tests:", "TestsFailedException"], r"^\[error\] (?:Failed tests:|\(.*TestsFailedException)", Weight::Tool, Category::Test).quote(&[then(r"^\[error\]\s+\S", 1)]),
    rule("sbt", &["ResolveException", "unresolved dependency", "Error downloading"], r"^\[error\] \s*(?:\(.*ResolveException: .*|.*unresolved dependency: .*|Error downloading .*)", Weight::Cause, Category::Dependency)
        .quote(&[then(r"(?:[Nn]ot found|forbidden|unauthorized|timed out)", 3)]),
    rule("sbt", &["[error]"], r"^\[error\] \s*(?:\S.*)", Weight::Tool, Category::Compile).unless(r"^\[error\] (?:Total time|\(|at |stack trace)"),
];
