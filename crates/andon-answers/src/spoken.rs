//! Spoken names: `checkout-svc-prod` is "checkout service prod".

/// What is spoken in full, and how.
const SPOKEN: &[(&str, &str)] = &[
    ("a11y", "accessibility"),
    ("acct", "account"),
    ("cfg", "config"),
    ("db", "database"),
    ("dwh", "data warehouse"),
    ("gw", "gateway"),
    ("i18n", "internationalization"),
    ("img", "image"),
    ("k8s", "kubernetes"),
    ("l10n", "localization"),
    ("mgmt", "management"),
    ("mgr", "manager"),
    ("mktg", "marketing"),
    ("msg", "message"),
    ("notif", "notification"),
    ("o11y", "observability"),
    ("pkg", "package"),
    ("pmt", "payment"),
    ("srv", "server"),
    ("stg", "staging"),
    ("svc", "service"),
    ("svcs", "services"),
    ("tf", "terraform"),
    ("txn", "transaction"),
    ("usr", "user"),
];

/// What is spoken letter by letter.
const LETTERS: &[&str] = &[
    "ai", "api", "aws", "bff", "ci", "cd", "cdn", "cli", "cms", "crm", "csv", "dns", "ec2", "ecs", "eks", "erp", "etl",
    "eu", "gpu", "http", "iam", "id", "iot", "jwt", "kpi", "ml", "pdf", "qa", "rds", "s3", "sdk", "sms", "sns", "sql",
    "sqs", "ssl", "sso", "tls", "ui", "us", "ux", "vpc", "vpn", "waf", "xml",
];

/// A name in words.
pub fn spoken(name: &str) -> String {
    words(name).iter().map(|word| spoken_word(word)).collect::<Vec<_>>().join(" ")
}

fn spoken_word(word: &str) -> String {
    let lower = word.to_lowercase();
    if let Some((_, spoken)) = SPOKEN.iter().find(|(short, _)| *short == lower) {
        return (*spoken).to_owned();
    }
    if LETTERS.contains(&lower.as_str()) { lower.to_uppercase() } else { lower }
}

/// In small letters without accents.
pub(super) fn folded(word: &str) -> String {
    let fold = |c: char| match c {
        'à'..='å' => 'a',
        'ç' => 'c',
        'è'..='ë' => 'e',
        'ì'..='ï' => 'i',
        'ñ' => 'n',
        'ò'..='ö' => 'o',
        'ù'..='ü' => 'u',
        other => other,
    };
    word.to_lowercase().chars().map(fold).collect()
}

/// The words of a name: split where it has a separator, and where `camelCase` begins a word.
pub(super) fn words(name: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut before: Option<char> = None;
    let mut characters = name.chars().peekable();
    while let Some(character) = characters.next() {
        let next_is_small = characters.peek().is_some_and(|next| next.is_lowercase());
        let begins = character.is_uppercase()
            && before.is_some_and(|before| before.is_lowercase() || before.is_alphanumeric() && next_is_small);
        if begins || !character.is_alphanumeric() {
            words.extend(Some(std::mem::take(&mut word)).filter(|word| !word.is_empty()));
        }
        if character.is_alphanumeric() {
            word.push(character);
        }
        before = Some(character);
    }
    words.extend(Some(word).filter(|word| !word.is_empty()));
    words
}

/// The words of a branch's name, whatever is between them.
pub(crate) fn plain(name: &str) -> String {
    words(name).iter().map(|word| folded(word)).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_said_in_words() {
        let said = [
            "checkout-svc-prod",
            "OrdersFulfilment",
            "payments-api",
            "S3Sync_v2",
            "HTTPGateway",
            "k8s.infra-db",
            "auth-gateway",
            "日本語-パイプライン",
        ]
        .map(spoken);
        assert_eq!(
            said,
            [
                "checkout service prod",
                "orders fulfilment",
                "payments API",
                "S3 sync v2",
                "HTTP gateway",
                "kubernetes infra database",
                "auth gateway",
                "日本語 パイプライン",
            ]
        );
    }

    #[test]
    fn nothing_of_a_name_is_markup_when_it_is_said() {
        assert_eq!(spoken("<speak>&amp;<break time=\"10s\"/>"), "speak amp break time 10s");
        assert_eq!(spoken("---"), "");
    }
}
