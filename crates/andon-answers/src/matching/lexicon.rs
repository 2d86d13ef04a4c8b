//! Abbreviations of names, and what speech recognition makes of them.

/// Synonyms; the first of a row replaces all of them.
const SAME: &[&[&str]] = &[
    &["service", "svc", "svcs", "srv", "serv", "services", "surface"],
    &["production", "prod", "prd", "prods", "prot", "produktion", "produccion", "productive", "live"],
    &["development", "dev", "devel", "develop", "deaf", "desarrollo", "entwicklung"],
    &["staging", "stg", "stage", "stag"],
    &["preproduction", "preprod", "pp"],
    &["test", "tst", "testing", "tests"],
    &["sandbox", "sbx"],
    &["integration", "int"],
    &["database", "db", "databases", "datenbank", "dbs"],
    &["infrastructure", "infra"],
    &["auth", "authentication", "authorization", "authorisation", "authn", "authz", "oth", "off"],
    &["oauth", "oath"],
    &["config", "cfg", "conf", "configuration"],
    &["management", "mgmt", "mgt"],
    &["manager", "mgr"],
    &["message", "msg", "messages", "messaging"],
    &["notification", "notif", "notifications", "notify"],
    &[
        "kubernetes",
        "k8s",
        "k8",
        "kates",
        "cates",
        "kate",
        "kubernetties",
        "kube",
        "cubernetes",
        "coopernetties",
        "coopernettie",
        "keight",
        "keights",
    ],
    &["application", "app", "apps", "applications"],
    &["repository", "repo"],
    &["environment", "env"],
    &["administration", "admin", "administrator"],
    &["library", "lib", "libs", "libraries"],
    &["package", "pkg", "packages"],
    &["documentation", "docs", "doc", "documents", "docks"],
    &["operations", "ops"],
    &["frontend", "fe"],
    &["backend", "be"],
    &["ui", "gui"],
    &["e2e", "endtoend"],
    &["internationalization", "i18n"],
    &["localization", "l10n"],
    &["accessibility", "a11y"],
    &["observability", "o11y"],
    &["terraform", "tf"],
    &["gateway", "gw", "gateways"],
    &["loadbalancer", "lb"],
    &["sql", "sequel"],
    &["mysql", "mysequel"],
    &["postgres", "pg", "postgresql", "postgressequel", "psql"],
    &["javascript", "js"],
    &["typescript", "ts"],
    &["python", "py"],
    &["json", "jason"],
    &["image", "img", "images"],
    &["account", "acct", "accounts"],
    &["transaction", "txn", "tx", "transactions"],
    &["payment", "pmt", "pymt", "payments"],
    &["user", "usr", "users"],
    &["customer", "cust", "customers"],
    &["warehouse", "wh"],
    &["datawarehouse", "dwh"],
    &["machinelearning", "ml"],
    &["performance", "perf"],
    &["marketing", "mktg"],
    &["server", "servers"],
    &["function", "fn", "func", "functions"],
    &["reference", "ref"],
    &["information", "info"],
    &["temporary", "tmp", "temp"],
    &["version", "ver", "v"],
    &["europe", "eu"],
    &["nginx", "enginex"],
    &["cicd", "cisd"],
    &["pipeline", "pipelines"],
    &["singlesignon", "sso"],
    &["security", "sec"],
    &["catalog", "catalogue"],
    &["center", "centre"],
    &["cache", "cash"],
    &["queue", "cue"],
    &["web", "website"],
];

/// Words that many names have: they tell little.
const GENERIC: &[&str] = &[
    "service",
    "production",
    "development",
    "staging",
    "preproduction",
    "test",
    "sandbox",
    "integration",
    "api",
    "application",
    "pipeline",
    "deploy",
    "build",
    "release",
    "main",
    "server",
    "function",
    "web",
    "core",
    "worker",
    "infrastructure",
    "version",
    "qa",
    "uat",
    "aws",
    "europe",
    "us",
    "west",
    "east",
    "central",
];

/// Words that tell one environment or place from another: they are never taken for each other.
const DECISIVE: &[&str] = &[
    "production",
    "development",
    "staging",
    "preproduction",
    "test",
    "sandbox",
    "integration",
    "qa",
    "uat",
    "europe",
    "us",
    "east",
    "west",
    "north",
    "south",
    "central",
];

/// Words around a name that are no part of it.
const FILLERS: &[&str] = &[
    "the",
    "my",
    "our",
    "please",
    "called",
    "named",
    "name",
    "pipeline",
    "pipelines",
    "dash",
    "hyphen",
    "minus",
    "underscore",
    "slash",
    "dot",
    "is",
    "of",
    "for",
    "die",
    "der",
    "das",
    "den",
    "bitte",
    "la",
    "el",
    "le",
    "les",
    "los",
    "de",
    "del",
    "du",
    "von",
    "uh",
    "um",
    "der",
    "pipelein",
];

const LETTERS: &[(&str, char)] = &[
    ("ay", 'a'),
    ("bee", 'b'),
    ("see", 'c'),
    ("sea", 'c'),
    ("dee", 'd'),
    ("ee", 'e'),
    ("ef", 'f'),
    ("eff", 'f'),
    ("gee", 'g'),
    ("aitch", 'h'),
    ("eye", 'i'),
    ("jay", 'j'),
    ("kay", 'k'),
    ("el", 'l'),
    ("ell", 'l'),
    ("em", 'm'),
    ("en", 'n'),
    ("oh", 'o'),
    ("pea", 'p'),
    ("pee", 'p'),
    ("cue", 'q'),
    ("queue", 'q'),
    ("are", 'r'),
    ("ar", 'r'),
    ("ess", 's'),
    ("tea", 't'),
    ("tee", 't'),
    ("you", 'u'),
    ("vee", 'v'),
    ("ex", 'x'),
    ("why", 'y'),
    ("zee", 'z'),
    ("zed", 'z'),
];

const NUMBERS: &[(&str, u32)] = &[
    ("zero", 0),
    ("one", 1),
    ("two", 2),
    ("three", 3),
    ("four", 4),
    ("five", 5),
    ("six", 6),
    ("seven", 7),
    ("eight", 8),
    ("nine", 9),
    ("ten", 10),
    ("eleven", 11),
    ("twelve", 12),
    ("thirteen", 13),
    ("fourteen", 14),
    ("fifteen", 15),
    ("sixteen", 16),
    ("seventeen", 17),
    ("eighteen", 18),
    ("nineteen", 19),
    ("twenty", 20),
    ("thirty", 30),
    ("forty", 40),
    ("fifty", 50),
    ("sixty", 60),
    ("seventy", 70),
    ("eighty", 80),
    ("ninety", 90),
    ("eins", 1),
    ("zwei", 2),
    ("drei", 3),
    ("vier", 4),
    ("uno", 1),
    ("dos", 2),
    ("tres", 3),
    ("deux", 2),
    ("trois", 3),
];

/// Words that sound like a number.
const LIKE_NUMBERS: &[(&str, &str)] =
    &[("to", "2"), ("too", "2"), ("for", "4"), ("fore", "4"), ("ate", "8"), ("won", "1")];

/// The word that this one is taken for.
pub(super) fn canonical(word: &str) -> &str {
    SAME.iter().find(|row| row.contains(&word)).and_then(|row| row.first()).copied().unwrap_or(word)
}

pub(in super::super) fn is_generic(word: &str) -> bool {
    GENERIC.contains(&word)
}

/// Whether a word tells two pipelines apart that are otherwise called the same: an environment, a place or a number.
pub(super) fn is_decisive(word: &str) -> bool {
    DECISIVE.contains(&word) || is_number(word)
}

pub(super) fn is_number(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_digit())
}

pub(super) fn is_filler(word: &str) -> bool {
    FILLERS.contains(&word)
}

/// Whether a word says nothing by itself: a name need not explain it.
pub(super) fn is_hollow(word: &str) -> bool {
    ["a", "an", "in", "at", "on", "from", "with", "and", "im", "en", "à", "au", "y", "et", "und"].contains(&word)
}

/// The letter that a word is, or is the name of.
pub(super) fn letter(word: &str) -> Option<char> {
    let mut characters = word.chars();
    match (characters.next(), characters.next()) {
        (Some(letter), None) if letter.is_ascii_lowercase() => Some(letter),
        _ => LETTERS.iter().find(|(name, _)| *name == word).map(|(_, letter)| *letter),
    }
}

/// The number that a word is the name of.
pub(super) fn number(word: &str) -> Option<u32> {
    NUMBERS.iter().find(|(name, _)| *name == word).map(|(_, number)| *number)
}

/// The number that a word sounds like.
pub(super) fn sounding_number(word: &str) -> Option<&'static str> {
    LIKE_NUMBERS.iter().find(|(like, _)| *like == word).map(|(_, number)| *number)
}
