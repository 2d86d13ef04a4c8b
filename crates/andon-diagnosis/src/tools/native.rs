//! C and C++: compilers, linkers, make, `CMake`, ninja, autotools.
//!
//! General because GCC and Clang print `file:line:column: error: text`, linkers `undefined reference`, and `CMake` a head with an indented paragraph.

use super::super::Category;
use super::super::rule::{Rule, Weight, rule, some, then};

/// What native builds say.
pub(super) const RULES: &[Rule] = &[
    rule("meson", &["meson.build:"], r"^\S*meson\.build:\d+:\d+: ERROR: (?P<why>(?:Dependency|Subproject|Program) .*not found.*)", Weight::Cause, Category::Dependency).hint("Install the development package (-dev or -devel) of what is missing."),
    rule("gcc", &["fatal error: "], r"^(?P<at>[^\s:]+:\d+(?::\d+)?): fatal error: (?P<file>[^:]+): No such file or directory", Weight::Cause, Category::Compile).hint("Header {file} (included at {at}) is missing: install the library's development package or correct the include path."),
    rule("bazel", &["FAILED in", "TIMEOUT in", "FAILED TO BUILD"], r"^(?://\S+)\s+(?:FAILED|TIMEOUT)\b", Weight::Cause, Category::Test).quote(&[then(r"^\s+\S+test\.log", 2)]),
    rule("xctest", &["error: -["], r"^(?:\S+\.(?:swift|m|mm):\d+): error: -\[(?:[^\]]+)\] : (?:.+)", Weight::Cause, Category::Test),
    rule("xcodebuild", &["rovisioning profile", "No profiles for", "requires a development team", "No signing certificate", "errSecInternalComponent", "No such module"], r"^(?:\S+: )?error: (?:No profiles for .*|.*[Pp]rovisioning profile.*|Signing for .* requires a development team.*|No signing certificate.*)", Weight::Cause, Category::Config),
    rule("cocoapods", &["No `Podfile'", "[!] Invalid `Podfile"], r"^\[!\] (?:No `Podfile' found.*|Invalid `Podfile.*)", Weight::Cause, Category::Config),
    rule("cocoapods", &["[!] "], r"^\[!\] (?:CocoaPods could not find compatible versions.*|Unable to find a specification for.*|Unable to find a pod with name.*|Unable to satisfy the following requirements.*)", Weight::Cause, Category::Dependency)
        .quote(&[some(r"^\s+(?:In |Specs satisfying|\S+ \()", 6, 3)]),
    rule("gcc", &[" error: "], r"^(?:(?:[A-Za-z]:)?[^\s:]+\.(?:c|cc|cpp|cxx|c\+\+|h|hh|hpp|hxx|m|mm|cu|inl|S|s|f90|F90|swift|ino|y|l|ipp|tcc|proto|in|def):\d+(?::\d+)?): (?:fatal )?error: (?:.+)", Weight::Cause, Category::Compile),
    rule("ld", &["undefined reference to", "Undefined symbols", "undefined symbol"], r"(?:^|[\s:])(?:undefined reference to [`'](?P<symbol>[^']+)'|Undefined symbols for architecture|undefined symbol: (?P<sym>\S+))", Weight::Cause, Category::Compile)
        .quote(&[then(r"ld returned \d+ exit status", 4)]).hint("{symbol} is declared but not linked: a source file or library is missing from the link."),
    rule("ld", &["cannot find -l", "multiple definition of", "library not found for", "unable to find library"], r"(?:cannot find -l(?P<library>\S+?):?(?: |$)|multiple definition of|library not found for|unable to find library)", Weight::Cause, Category::Compile).hint("The linker does not find lib{library}: install its development package or set the library path."),
    rule("gcc", &["ld returned", "linker command failed", "compilation terminated"], r"(?:ld returned \d+ exit status|linker command failed)", Weight::Summary, Category::Compile),
    rule("gcc", &["internal compiler error", "Killed signal terminated program"], r"(?:Killed signal terminated program|internal compiler error: Killed)", Weight::Final, Category::Infrastructure).hint("The compiler was killed, most likely for lack of memory: compile with fewer jobs or more memory."),
    rule("cmake", &["Could NOT find", "Could not find a package"], r"(?:Could NOT find (?P<package>\w+)|Could not find a package configuration file provided by \W(?P<p2>\w+))", Weight::Tool, Category::Dependency)
        .unless(r"^-- ").hint("CMake does not find {package}: install its development package or point to it."),
    rule("cmake", &["CMake Error"], r"^\s*CMake Error at (?P<at>\S+:\d+)", Weight::Cause, Category::Dependency).when(r"(?:Could NOT find|Could not find a package|By not providing \S+ in CMAKE_MODULE_PATH|required packages were not found|package .*not found)", 3)
        .quote(&[some(r"^\s*[^\s-]", 3, 2)]).until(r"^\s*Call Stack").hint("Install the development files of the package that {at} asks for, or point CMAKE_PREFIX_PATH to them."),
    rule("cmake", &["CMake Error"], r"^\s*CMake Error(?: at (?:\S+:\d+)| in (?:\S+))?(?:.*)", Weight::Cause, Category::Config)
        .quote(&[some(r"^\s*[^\s-]", 6, 2)]).until(r"^\s*(?:Call Stack|--|$.^)|^\s*Add the|^-- Configuring incomplete").unless(r"^CMake Error: (?:The following variables|CMAKE_\w+ not set, after)"),
    rule("cmake", &["CMake Error:"], r"^CMake Error: (?:.+)", Weight::Tool, Category::Config),
    rule("configure", &["configure: error:"], r"^configure: error: (?:.+)", Weight::Cause, Category::Dependency),
    rule("pkg-config", &["was not found in the pkg-config", "No package '"], r"(?:Package \S+ was not found in the pkg-config|No package '(?P<package>[^']+)' found)", Weight::Cause, Category::Dependency).hint("Library {package} is not installed for development (no .pc file)."),
    rule("make", &["No rule to make target"], r"make(?:\[\d+\])?: \*\*\* No rule to make target [`'](?P<target>[^']+)'", Weight::Cause, Category::Config).hint("make knows no way to {target}: the file is missing or the target has another name."),
    rule("make", &["No targets specified", "missing separator", "recipe commences", "*** No"], r"(?:make(?:\[\d+\])?|\S+:\d+): \*\*\* (?:(?:No targets|missing separator|recipe commences|unterminated|multiple target|.*[Ss]top\.$).*)", Weight::Cause, Category::Config).unless(r"No rule to make target"),
    rule("make", &["*** ["], r"^(?:make|gmake|mingw32-make)(?:\[\d+\])?: \*\*\* \[(?:.*)\] (?:Error|[A-Z])", Weight::Summary, Category::Compile),
    rule("make", &["*** [", "Killed"], r"^make.*\*\*\* \[.*\] (?:Killed|Error 137)", Weight::Final, Category::Infrastructure).hint("The process was killed, most likely for lack of memory."),
    rule("ninja", &["FAILED: ", "ninja: error"], r"^ninja: error: (?:.+)", Weight::Cause, Category::Config),
    rule("ninja", &["FAILED: "], r"^FAILED: \S", Weight::Summary, Category::Compile),
    rule("ctest", &["***Failed", "The following tests FAILED"], r"(?:\*\*\*(?:Failed|Exception|Timeout)|The following tests FAILED)", Weight::Tool, Category::Test).quote(&[some(r"^\s+\d+ - ", 4, 2)]),
    rule("gtest", &["[  FAILED  ]", ": Failure"], r"^\S+:\d+: Failure$", Weight::Cause, Category::Test).quote(&[some(r"\S", 4, 3), then(r"\[  FAILED  \]", 10)]),
    rule("gtest", &["[  FAILED  ]"], r"^\[  FAILED  \] \S+\.\S+", Weight::Tool, Category::Test),
    rule("swift", &["error: "], r"^(?:\S+\.swift:\d+:\d+): error: (?:.+)", Weight::Cause, Category::Compile),
    rule("ctest", &["***"], r"^\s*\d+/\d+ Test +#\d+: (?:\S+) \.*\s*\*\*\*(?:Failed|Timeout|Exception|Not Run)", Weight::Cause, Category::Test).quote(&[some(r"\S", 4, 3)]).until(r"^\s*\d+/\d+ Test|^\s+Start +\d+|^\d+% tests|^\s*$.^"),
    rule("meson", &["ERROR: "], r"^\S*meson\.build:\d+:\d+: ERROR: (?:.+)", Weight::Cause, Category::Config),
    rule("sanitizer", &["AddressSanitizer", "runtime error:"], r"(?:ERROR: \w+Sanitizer: |runtime error: )(?:.+)", Weight::Cause, Category::Test),
];
