//! Secrets that are known by their own shape: the prefixes that services give their tokens, and the frames of private keys.

use std::ops::Range;

use crate::spans::Spans;
use crate::text::{from, next, part};
use crate::value::is_tangle;

/// The characters that a token is made of.
#[derive(Clone, Copy)]
enum Alphabet {
    /// `A-Z0-9`
    Upper,
    /// `0-9a-f`
    Hex,
    /// `A-Za-z0-9`
    Letters,
    /// `A-Za-z0-9_-`
    Word,
    /// `A-Za-z0-9_.~-`
    Dotted,
    /// `A-Za-z0-9+/=_-`
    Base64,
}

impl Alphabet {
    fn has(self, b: u8) -> bool {
        match self {
            Self::Upper => b.is_ascii_uppercase() || b.is_ascii_digit(),
            Self::Hex => matches!(b, b'0'..=b'9' | b'a'..=b'f'),
            Self::Letters => b.is_ascii_alphanumeric(),
            Self::Word => b.is_ascii_alphanumeric() || b == b'_' || b == b'-',
            Self::Dotted => b.is_ascii_alphanumeric() || b"_.~-".contains(&b),
            Self::Base64 => b.is_ascii_alphanumeric() || b"+/=_-".contains(&b),
        }
    }

    /// How many bytes from the start of a text are of it.
    fn run(self, text: &str) -> usize {
        text.bytes().take_while(|b| self.has(*b)).count()
    }
}

use Alphabet::{Base64, Dotted, Hex, Letters, Upper, Word};

/// A service's prefix, what follows it, and how much of that there is at least.
///
/// After the kinds that the public rule sets of secret scanners list.
#[rustfmt::skip] // several to a line
const PREFIXES: &[(&str, Alphabet, usize)] = &[
    // AWS
    ("AKIA", Upper, 16), ("ASIA", Upper, 16), ("ABIA", Upper, 16), ("ACCA", Upper, 16), ("ABSK", Base64, 60),
    // GitHub, GitLab, Atlassian
    ("ghp_", Letters, 16), ("gho_", Letters, 16), ("ghu_", Letters, 16), ("ghs_", Letters, 16), ("ghr_", Letters, 16),
    ("github_pat_", Word, 16), ("glpat-", Dotted, 16), ("gldt-", Dotted, 16), ("glrt-", Dotted, 16),
    ("glcbt-", Dotted, 16), ("glptt-", Dotted, 16), ("glft-", Dotted, 16), ("glagent-", Dotted, 16),
    ("glimt-", Dotted, 16), ("glsoat-", Dotted, 16), ("gloas-", Dotted, 16), ("glrtr-", Dotted, 16),
    ("glffct-", Dotted, 16), ("GR1348941", Word, 16), ("ATATT3", Base64, 20), ("ATCTT3", Base64, 20),
    ("ATBB", Letters, 28),
    // Registries of packages and images
    ("npm_", Letters, 30), ("pypi-", Word, 16), ("rubygems_", Hex, 40), ("cio", Letters, 32), ("oy2", Letters, 43),
    ("dckr_pat_", Word, 16), ("dckr_oat_", Word, 16), ("AKCp", Letters, 60), ("cmVmdGtuO", Letters, 50),
    ("CLOJARS_", Letters, 50),
    // AI
    ("sk-proj-", Word, 16), ("sk-svcacct-", Word, 16), ("sk-admin-", Word, 16), ("sk-ant-", Word, 16),
    ("sk-or-", Word, 16), ("sk-lf-", Word, 16), ("sk-", Letters, 32), ("hf_", Letters, 20), ("api_org_", Letters, 30),
    ("r8_", Letters, 30), ("gsk_", Letters, 32), ("xai-", Letters, 32), ("pplx-", Letters, 32), ("nvapi-", Word, 32),
    ("lsv2_pt_", Word, 32), ("lsv2_sk_", Word, 32), ("tgp_v1_", Word, 32), ("fw_", Letters, 20),
    ("csk-", Letters, 32),
    // Slack
    ("xoxb-", Word, 8), ("xoxa-", Word, 8), ("xoxp-", Word, 8), ("xoxr-", Word, 8), ("xoxs-", Word, 8),
    ("xoxc-", Word, 8), ("xoxd-", Base64, 8), ("xoxe-", Word, 8), ("xoxe.xox", Word, 8), ("xoxo-", Word, 8),
    ("xapp-", Word, 8),
    // Payments and shops
    ("sk_live_", Letters, 10), ("sk_test_", Letters, 10), ("sk_prod_", Letters, 10), ("rk_live_", Letters, 10),
    ("rk_test_", Letters, 10), ("rk_prod_", Letters, 10), ("pk_live_", Letters, 10), ("pk_test_", Letters, 10),
    ("whsec_", Base64, 16), ("shpat_", Hex, 32), ("shpca_", Hex, 32), ("shppa_", Hex, 32), ("shpss_", Hex, 32),
    ("sq0atp-", Word, 20), ("sq0csp-", Word, 20), ("sq0idp-", Word, 20), ("EAAA", Word, 50), ("FLWSECK", Word, 12),
    ("access_token$production$", Dotted, 16), ("access_token$sandbox$", Dotted, 16), ("rzp_live_", Letters, 14),
    ("rzp_test_", Letters, 14), ("EZAK", Letters, 54), ("EZTK", Letters, 54), ("duffel_live_", Base64, 40),
    ("duffel_test_", Base64, 40), ("shippo_live_", Hex, 40), ("shippo_test_", Hex, 40),
    // Clouds and platforms
    ("AIza", Word, 30), ("ya29.", Word, 20), ("GOCSPX-", Word, 20), ("1//0", Word, 40), ("doo_v1_", Hex, 64),
    ("dop_v1_", Hex, 64), ("dor_v1_", Hex, 64), ("dapi", Hex, 32), ("dp.st.", Dotted, 20), ("dp.pt.", Dotted, 20),
    ("dp.ct.", Dotted, 20), ("dp.sa.", Dotted, 20), ("dp.scim.", Dotted, 20), ("dp.audit.", Dotted, 20),
    ("hvs.", Word, 20), ("hvb.", Word, 20), ("hvr.", Word, 20), ("s.", Letters, 24), ("LTAI", Letters, 16),
    ("AKID", Letters, 32), ("fo1_", Word, 40), ("fm1_", Base64, 60), ("fm1r_", Base64, 60), ("fm2_", Base64, 60),
    ("HRKU-", Word, 36), ("rnd_", Letters, 26), ("nfp_", Word, 30), ("nfc_", Word, 30), ("vcp_", Letters, 24),
    ("vci_", Letters, 24), ("vca_", Letters, 24), ("vcr_", Letters, 24), ("vck_", Letters, 24), ("sbp_", Hex, 40),
    ("sba_", Hex, 40), ("sb_secret_", Word, 20), ("pul-", Hex, 40), ("pscale_tkn_", Base64, 30),
    ("pscale_pw_", Base64, 30), ("pscale_oauth_", Base64, 30), ("tskey-", Word, 16), ("AGE-SECRET-KEY-1", Upper, 50),
    ("AQVN", Word, 35), ("ccipat_", Word, 40), ("CCIPAT_", Word, 40), ("CCIPRJ_", Word, 40), ("ops_eyJ", Base64, 60),
    ("rpa_", Letters, 40),
    // Monitoring and builds
    ("sntrys_", Base64, 40), ("sntryu_", Hex, 40), ("NRAK-", Word, 19), ("NRII-", Word, 19), ("NRIQ-", Word, 19),
    ("NRRA-", Word, 19), ("NRJS-", Word, 19), ("glsa_", Word, 32), ("glc_", Base64, 32), ("phc_", Letters, 36),
    ("phx_", Letters, 36), ("dt0c01.", Dotted, 60), ("dt0s01.", Dotted, 60), ("hcaik_", Letters, 40),
    ("hcbik_", Letters, 40), ("sgp_", Word, 40), ("squ_", Hex, 40), ("sqp_", Hex, 40), ("sqa_", Hex, 40),
    ("bkua_", Hex, 40), ("bkct_", Letters, 32), ("bkaj_", Letters, 32),
    // Mail, messages, documents, designs
    ("key-", Hex, 32), ("xkeysib-", Word, 60), ("xsmtpsib-", Word, 60), ("SK", Hex, 32), ("lin_api_", Letters, 32),
    ("lin_oauth_", Letters, 32), ("secret_", Letters, 40), ("ntn_", Letters, 40), ("figd_", Word, 40),
    ("figu_", Word, 40), ("figo_", Word, 40), ("CFPAT-", Word, 40), ("PMAK-", Word, 24), ("PMAT-", Word, 24),
    ("pat-na1-", Word, 36), ("pat-eu1-", Word, 36), ("p8e-", Letters, 32), ("EAAB", Letters, 80),
    ("EAAC", Letters, 80), ("EAAG", Letters, 80), ("IGQV", Word, 80), ("API-", Upper, 26), ("re_", Word, 30),
    ("mlsn.", Hex, 60), ("ApiKey-", Word, 30), ("xoxs-", Word, 8), ("dsapi_", Letters, 30),
];

/// How long a token is that is known by its parts, and a part of a JSON web token.
const MAX_TOKEN: usize = 512;
const MAX_PART: usize = 16 * 1024;

/// Hides what is known by its shape.
pub(crate) fn find(text: &str, spans: &mut Spans) {
    let bytes = text.as_bytes();
    let mut done = 0;
    for (at, byte) in text.bytes().enumerate() {
        // Behind a letter or a digit is the middle of another word, but for `\n` in a text within a text.
        let before = at.checked_sub(1).and_then(|at| bytes.get(at));
        let escaped = at.checked_sub(2).and_then(|at| bytes.get(at)) == Some(&b'\\');
        let starts = before.is_none_or(|b| !(b.is_ascii_alphanumeric() || *b == b'_') || escaped && b"nrt".contains(b));
        if at < done || !starts || !byte.is_ascii_alphanumeric() {
            continue;
        }
        let rest = from(text, at);
        if let Some(len) = by_prefix(rest, byte).or_else(|| by_structure(rest)).or_else(|| by_tail(rest)) {
            spans.hide(at..at + len);
            done = at + len;
        }
    }
    let public = hide_frames(text, spans);
    hide_key_lines(text, &public, spans);
}

/// The length of a token with a known prefix.
fn by_prefix(rest: &str, first: u8) -> Option<usize> {
    let of = |(prefix, alphabet, least): &(&str, Alphabet, usize)| {
        let tail = rest.strip_prefix(prefix)?;
        let len = alphabet.run(tail);
        // In the alphabet of the list it is over; a longer word of letters is another one.
        let ends = tail.as_bytes().get(len).is_none_or(|b| !b.is_ascii_alphanumeric());
        // Behind a short prefix may be a word: `s.WelcomePageHandlerMapping`.
        let is_made = prefix.len() > 2 || tail.bytes().take(len).any(|b| b.is_ascii_digit());
        (len >= *least && ends && is_made).then_some(prefix.len() + len)
    };
    PREFIXES.iter().filter(|(prefix, ..)| prefix.as_bytes().first() == Some(&first)).find_map(of)
}

/// The length of a token that is known by its parts: a JSON web token, and those with a sign in their middle.
fn by_structure(rest: &str) -> Option<usize> {
    if rest.starts_with("eyJ") {
        let mut len = Word.run(next(rest, 0, MAX_TOKEN));
        let mut parts = usize::from(len >= 6);
        while parts > 0 && parts < 5 && from(rest, len).starts_with('.') {
            let more = Word.run(next(rest, len + 1, MAX_PART));
            if more < 6 && parts == 1 {
                break;
            }
            (len, parts) = (len + 1 + more, parts + 1);
        }
        return (parts >= 2).then_some(len);
    }
    let near = next(rest, 0, MAX_TOKEN);
    let len = Dotted.run(near);
    let token = part(near, 0..len).trim_end_matches(['.', '-']);
    let all = |text: &str, alphabet: Alphabet| alphabet.run(text) == text.len();
    let (head, tail) = token.split_once(['.', '-', '~'])?;
    let sendgrid = || head == "SG" && tail.split_once('.').is_some_and(|(id, key)| id.len() >= 16 && key.len() >= 16);
    let terraform = || head.len() == 14 && tail.strip_prefix("atlasv1.").is_some_and(|key| key.len() >= 40);
    let azure = || head.len() == 5 && head.ends_with('Q') && (31..=34).contains(&tail.len()) && token.contains("Q~");
    let mailchimp = || head.len() == 32 && all(head, Hex) && tail.starts_with("us") && tail.len() <= 4;
    let airtable = || head.len() == 17 && head.starts_with("pat") && tail.len() == 64 && all(tail, Hex);
    (sendgrid() || terraform() || azure() || mailchimp() || airtable()).then_some(token.len())
}

/// The length of a token with a prefix that is not in the list, and a tail that only a generator makes: `abc_live_x9Y...`.
fn by_tail(rest: &str) -> Option<usize> {
    const NO_SECRETS: &[&str] = &["sha", "md5", "h1"];
    let len = Word.run(next(rest, 0, MAX_TOKEN));
    let token = part(rest, 0..len);
    let at = token.rfind(['_', '-'])?;
    let (head, tail) = (part(token, 0..at), from(token, at + 1));
    let is_prefix = (2..=24).contains(&head.len())
        && head.split(['_', '-']).count() <= 3
        && head.bytes().all(|b| b.is_ascii_lowercase() || b == b'_' || b == b'-')
        && !NO_SECRETS.iter().any(|digest| head.starts_with(digest));
    let goes_on = rest.as_bytes().get(len).is_some_and(|b| b"+/=".contains(b));
    // `diff-0a1b...R42`: a digest, and where in it.
    let is_digest = Hex.run(tail) >= 32;
    let is_made = !is_digest && tail.len() >= 24 && tail.bytes().any(|b| b.is_ascii_uppercase()) && is_tangle(tail);
    (is_prefix && is_made && !goes_on).then_some(len)
}

/// Hides private keys in their frames; gives back the places of public ones.
fn hide_frames(text: &str, spans: &mut Spans) -> Vec<Range<usize>> {
    let mut public = Vec::new();
    let mut done = 0;
    for (start, begin) in text.match_indices("---- BEGIN ").chain(text.match_indices("-----BEGIN ")) {
        if start < done {
            continue;
        }
        let label = from(text, start + begin.len()).split('-').next().unwrap_or_default();
        let end = begin.replace("BEGIN", "END");
        let ends = from(text, start).find(&end).map_or(text.len(), |at| {
            let close = start + at + end.len();
            let dashes = from(text, close).find("----").map_or(text.len(), |at| close + at + 4);
            dashes + usize::from(from(text, dashes).starts_with('-'))
        });
        if label.contains("PRIVATE KEY") {
            spans.hide(start..ends);
        } else {
            public.push(start..ends);
        }
        done = ends;
    }
    // PuTTY's, and Ansible's vault
    for (start, sign) in text.match_indices("Private-").chain(text.match_indices("$ANSIBLE_VAULT;")) {
        let rest = from(text, start);
        let near = next(rest, 0, MAX_TOKEN);
        let head = near.find('\n').unwrap_or(near.len());
        let mut len = head;
        if sign == "$ANSIBLE_VAULT;" || rest.starts_with("Private-Lines:") {
            for line in from(rest, head).split_inclusive('\n').skip(1) {
                if line.trim().is_empty() || Base64.run(line.trim()) < line.trim().len() {
                    break;
                }
                len += line.len();
            }
            let body = part(rest, 0..(len + 1).min(rest.len())).trim_end().len();
            spans.hide(start + head..start + body.max(head));
        } else if let Some(value) = rest.strip_prefix("Private-MAC:").map(|value| Hex.run(value.trim_start())) {
            let gap = rest.len() - from(rest, 12).trim_start().len();
            spans.hide(start + gap..start + gap + value);
        }
    }
    public
}

/// Hides lines of a private key that are quoted without its frame.
fn hide_key_lines(text: &str, public: &[Range<usize>], spans: &mut Spans) {
    let mut public = public.iter().peekable();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let bare = line.trim();
        let start = at + line.find(bare).unwrap_or(0);
        at += line.len();
        while public.next_if(|range| range.end <= start).is_some() {}
        let has = |kind: fn(&u8) -> bool| bare.as_bytes().iter().any(kind);
        let is_key = bare.len() >= 64
            && bare.bytes().all(|b| b.is_ascii_alphanumeric() || b"+/=".contains(&b))
            && has(u8::is_ascii_uppercase)
            && has(u8::is_ascii_lowercase)
            && has(u8::is_ascii_digit);
        if is_key && !public.peek().is_some_and(|range| range.contains(&start)) {
            spans.hide(start..start + bare.len());
        }
    }
}
