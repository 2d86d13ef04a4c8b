//! Who may do what: rules of the configuration, and members and groups as Slack has them.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use andon::alert::AlertKind;
use andon::name::{ActionName, StageName};
use andon_config::{May, Who};
use andon_notify::{AlertRef, ButtonKind, Facts, routing};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::job::Order;
use crate::{Chat, now};

/// How long is trusted what Slack said of a group or a member.
const FRESH: SignedDuration = SignedDuration::from_mins(5);

/// What Slack said of groups and members lately.
#[derive(Debug, Default)]
pub struct Members {
    groups: RefCell<BTreeMap<String, (Timestamp, BTreeSet<String>)>>,
    /// By the workspace and the member.
    full: RefCell<BTreeMap<(String, String), (Timestamp, bool)>>,
}

impl Chat {
    /// Whether a member may do what they want; otherwise who may, for a sentence.
    ///
    /// The first rule that is about the action and the pipeline decides. A rule before it that is about a stage or an action,
    /// where it is not known which one is meant, must let them, too. What Slack does not say is a no.
    pub(crate) async fn check(&self, order: &Order) -> Result<(), String> {
        for rule in &self.rules.may {
            let is_sure = match self.is_about(rule, order.what, &order.about) {
                About::Other => continue,
                About::This => true,
                About::Perhaps => false,
            };
            if !self.lets(rule, order).await {
                return Err(rule.who.iter().map(called).collect::<Vec<_>>().join(", "));
            }
            if is_sure {
                return Ok(());
            }
        }
        Err("nobody from Slack".to_owned())
    }

    /// Whether a rule names a member, by themselves or as one of several.
    async fn lets(&self, rule: &May, order: &Order) -> bool {
        let id = order.by.id.as_str();
        if rule.who.contains(&Who::Member(id.to_owned())) {
            return true;
        }
        let is_wider = rule.who.iter().any(|who| !matches!(who, Who::Member(_)));
        if is_wider && self.is_full_member(id, &order.team).await {
            for who in &rule.who {
                let is_one = match who {
                    Who::Anyone => true,
                    Who::Group(group) => self.is_in_group(id, group).await,
                    Who::Member(_) => false,
                };
                if is_one {
                    return true;
                }
            }
        }
        false
    }

    fn is_about(&self, rule: &May, what: ButtonKind, about: &AlertRef) -> About {
        let home = &about.pipeline.home;
        let facts = Facts {
            account: home.account.as_str(),
            region: home.region.as_str(),
            pipeline: about.pipeline.name.as_str(),
            stage: about.stage.as_ref().map(StageName::as_str),
            action: about.action.as_ref().map(ActionName::as_str),
            category: None,
            branch: None,
            tag: None,
            trigger: None,
            pull_request: None,
            author: None,
            kind: AlertKind::Failed,
            first_of_streak: true,
        };
        let account = self.config.accounts().get(facts.account);
        // Whoever may mute may end that.
        let is_meant = |kind| rule.actions.contains(&kind);
        let is_about = is_meant(what) || what == ButtonKind::Unmute && is_meant(ButtonKind::Mute);
        if !is_about {
            return About::Other;
        }
        let mut mismatches = routing::mismatches(&rule.matches, &facts, account).peekable();
        if mismatches.peek().is_none() {
            return About::This;
        }
        let is_unknown =
            |mismatch: routing::Mismatch<'_>| mismatch.value.is_none() && matches!(mismatch.key, "stage" | "action");
        if mismatches.all(is_unknown) { About::Perhaps } else { About::Other }
    }

    /// Whether they belong to the workspace itself, and are neither guest nor bot.
    async fn is_full_member(&self, id: &str, team: &str) -> bool {
        let member = (team.to_owned(), id.to_owned());
        if let Some((until, known)) = self.members.full.borrow().get(&member)
            && *until > now()
        {
            return *known;
        }
        let answer = match self.slack.read("users.info", ("user", id)).await {
            Ok(answer) => answer,
            Err(error) => {
                tracing::warn!("cannot look a member up, so they may not: {error}");
                return false;
            }
        };
        let flag = |name: &str| answer.pointer(&format!("/user/{name}")).and_then(Value::as_bool).unwrap_or(false);
        let is_foreign = answer.pointer("/user/team_id").and_then(Value::as_str).is_some_and(|other| other != team);
        let is_lesser = ["is_restricted", "is_ultra_restricted", "is_stranger", "is_bot", "deleted"].map(flag);
        let is_full = answer.get("user").is_some() && !is_foreign && !is_lesser.contains(&true);
        let until = now().checked_add(FRESH).unwrap_or(Timestamp::MAX);
        self.members.full.borrow_mut().insert(member, (until, is_full));
        is_full
    }

    async fn is_in_group(&self, id: &str, group: &str) -> bool {
        if let Some((until, members)) = self.members.groups.borrow().get(group)
            && *until > now()
        {
            return members.contains(id);
        }
        let answer = match self.slack.read("usergroups.users.list", ("usergroup", group)).await {
            Ok(answer) => answer,
            Err(error) => {
                tracing::warn!("cannot read the group {group}, so its members may not: {error}");
                return false;
            }
        };
        let members = answer.get("users").and_then(Value::as_array).into_iter().flatten();
        let members: BTreeSet<String> = members.filter_map(Value::as_str).map(str::to_owned).collect();
        let is_one = members.contains(id);
        let until = now().checked_add(FRESH).unwrap_or(Timestamp::MAX);
        self.members.groups.borrow_mut().insert(group.to_owned(), (until, members));
        is_one
    }
}

/// Whether a rule is about what somebody wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum About {
    /// It is.
    This,
    /// It is, if the stage or the action that is not known is the one it names.
    Perhaps,
    /// It is not.
    Other,
}

/// What calls these in a message.
fn called(who: &Who) -> String {
    match who {
        Who::Member(id) => format!("<@{id}>"),
        Who::Group(id) => format!("<!subteam^{id}>"),
        Who::Anyone => "members who are no guests".to_owned(),
    }
}
