//! Claims: one conditional write each.

use andon::clock::Clock;
use andon::ledger::{Claim, ClaimKey, Lease, LedgerError, Receipt, kept_until};
use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::types::ReturnValuesOnConditionCheckFailure;
use jiff::Timestamp;

use super::fault::is_conflict;
use super::item::{Item, corrupt, json, number, read_number, read_text, text};
use super::{DynamoLedger, key};

/// How often to retry a claim that was denied and then found free, because it was just released.
const TRIES: usize = 5;

const IS_FREE: &str = "attribute_not_exists(pk) \
                       OR (attribute_not_exists(#receipt) AND (#owner = :owner OR #until <= :now))";
const IS_HELD_BY_OWNER: &str = "attribute_not_exists(#receipt) AND #owner = :owner";

impl<C: Clock> DynamoLedger<C> {
    pub(super) async fn take_claim(&self, key: &ClaimKey, lease: &Lease) -> Result<Claim, LedgerError> {
        let doing = || format!("claim {key}");
        for _ in 0..TRIES {
            let mut item = key::claim(key).attributes();
            item.insert("owner".to_owned(), text(&lease.owner));
            item.insert("until".to_owned(), number(lease.until.as_nanosecond()));
            // As long as the run itself: what has been told must not be told again when an old run is retried.
            item.insert("expires".to_owned(), number(kept_until(lease.now).as_second()));
            let answer = self
                .client
                .put_item()
                .table_name(&self.table)
                .set_item(Some(item))
                .condition_expression(IS_FREE)
                .expression_attribute_names("#receipt", "receipt")
                .expression_attribute_names("#owner", "owner")
                .expression_attribute_names("#until", "until")
                .expression_attribute_values(":owner", text(&lease.owner))
                .expression_attribute_values(":now", number(lease.now.as_nanosecond()))
                .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
                .send()
                .await;
            let error = match answer {
                Ok(_) => return Ok(Claim::Granted),
                Err(error) if is_conflict(error.code()) => error,
                Err(error) => return Err(self.fault("dynamodb:PutItem", doing(), &error)),
            };
            let seen = match error.as_service_error() {
                Some(PutItemError::ConditionalCheckFailedException(refused)) => refused.item.clone(),
                _ => None,
            };
            // Not every implementation of DynamoDB says what was in the way.
            let seen = match seen.filter(|item| !item.is_empty()) {
                Some(item) => Some(item),
                None => self.read(&key::claim(key), &doing).await?,
            };
            if let Some(claim) = seen.map(|item| standing(&item, key, lease)).transpose()?.flatten() {
                return Ok(claim);
            }
        }
        Err(LedgerError::Contended(format!("claim {key}")))
    }

    pub(super) async fn settle_claim(
        &self,
        key: &ClaimKey,
        lease: &Lease,
        receipt: &Receipt,
    ) -> Result<(), LedgerError> {
        let doing = || format!("settle {key}");
        let answer = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(key::claim(key).attributes()))
            .update_expression("SET #receipt = :receipt")
            .condition_expression(IS_HELD_BY_OWNER)
            .expression_attribute_names("#receipt", "receipt")
            .expression_attribute_names("#owner", "owner")
            .expression_attribute_values(":owner", text(&lease.owner))
            .expression_attribute_values(":receipt", text(json(receipt, &doing)?))
            .send()
            .await;
        match answer {
            Ok(_) => Ok(()),
            Err(error) if is_conflict(error.code()) => Ok(()),
            Err(error) => Err(self.fault("dynamodb:UpdateItem", doing(), &error)),
        }
    }

    pub(super) async fn release_claim(&self, key: &ClaimKey, lease: &Lease) -> Result<(), LedgerError> {
        let answer = self
            .client
            .delete_item()
            .table_name(&self.table)
            .set_key(Some(key::claim(key).attributes()))
            .condition_expression(IS_HELD_BY_OWNER)
            .expression_attribute_names("#receipt", "receipt")
            .expression_attribute_names("#owner", "owner")
            .expression_attribute_values(":owner", text(&lease.owner))
            .send()
            .await;
        match answer {
            Ok(_) => Ok(()),
            Err(error) if is_conflict(error.code()) => Ok(()),
            Err(error) => Err(self.fault("dynamodb:DeleteItem", format!("release {key}"), &error)),
        }
    }
}

/// The state of another owner's claim; `None` if it no longer blocks.
fn standing(item: &Item, key: &ClaimKey, lease: &Lease) -> Result<Option<Claim>, LedgerError> {
    let what = || format!("the claim on {key}");
    if item.contains_key("receipt") {
        return Ok(Some(Claim::Settled(read_text(item, "receipt", &what)?)));
    }
    let until = Timestamp::from_nanosecond(read_number(item, "until", &what)?)
        .map_err(|error| corrupt(&what, format!("attribute until: {error}")))?;
    Ok((until > lease.now).then_some(Claim::Held { until }))
}
