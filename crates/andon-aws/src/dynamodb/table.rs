//! The table: its required layout, and a check of it.

use std::time::Duration;

use andon::clock::Clock;
use andon::ledger::LedgerError;
use aws_sdk_dynamodb::error::{BuildError, ProvideErrorMetadata};
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection, ProjectionType,
    ScalarAttributeType, TableDescription, TableStatus, TimeToLiveSpecification,
};

use super::DynamoLedger;
use super::fault::unavailable;
use super::key::{INDEX, LAYOUT};

/// How long a new table may take to become active, in steps of a tenth of a second.
const ACTIVE_TIMEOUT: u32 = 600;

impl<C: Clock> DynamoLedger<C> {
    /// Looks whether the table is there and laid out as the ledger needs it.
    ///
    /// For checks before a deployment: functions need not call it, they get the same error at the first use.
    pub async fn check_table(&self) -> Result<(), LedgerError> {
        let table = self.describe().await?;
        let problems = problems(&table);
        if problems.is_empty() {
            return Ok(());
        }
        Err(LedgerError::Unusable(format!(
            "table {:?} has the wrong key schema: {}; it must have {LAYOUT}",
            self.table,
            problems.join("; ")
        )))
    }

    /// Makes the table, on demand and with expiry, and waits until it can be used. A table that is there is left as it
    /// is, but checked.
    ///
    /// For tests and experiments; a deployment's table comes from its template, with a backup.
    pub async fn create_table(&self) -> Result<(), LedgerError> {
        let doing = || format!("create table {:?}", self.table);
        let request = self.client.create_table().table_name(&self.table).billing_mode(BillingMode::PayPerRequest);
        let layout = layout().map_err(|error| unavailable(doing(), error.to_string()))?;
        let request = request
            .set_attribute_definitions(Some(layout.attributes))
            .set_key_schema(Some(layout.key))
            .global_secondary_indexes(layout.index);
        match request.send().await {
            Ok(_) => {}
            Err(error) if error.code() == Some("ResourceInUseException") => {}
            Err(error) => return Err(self.fault("dynamodb:CreateTable", doing(), &error)),
        }
        for _ in 0..ACTIVE_TIMEOUT {
            if self.describe().await?.table_status == Some(TableStatus::Active) {
                self.check_table().await?;
                return self.let_items_expire().await;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Err(unavailable(doing(), "it is not active after a minute".to_owned()))
    }

    async fn describe(&self) -> Result<TableDescription, LedgerError> {
        let doing = || format!("describe table {:?}", self.table);
        let answer = self.client.describe_table().table_name(&self.table).send().await;
        let answer = answer.map_err(|error| self.fault("dynamodb:DescribeTable", doing(), &error))?;
        answer.table.ok_or_else(|| unavailable(doing(), "DynamoDB answered without a description".to_owned()))
    }

    async fn let_items_expire(&self) -> Result<(), LedgerError> {
        let doing = || format!("enable time to live on table {:?}", self.table);
        let expiry = TimeToLiveSpecification::builder().attribute_name("expires").enabled(true).build();
        let expiry = expiry.map_err(|error| unavailable(doing(), error.to_string()))?;
        let request = self.client.update_time_to_live().table_name(&self.table).time_to_live_specification(expiry);
        match request.send().await {
            Ok(_) => Ok(()),
            // It is on already, or this is not AWS and nothing ever expires.
            Err(error) if matches!(error.code(), Some("ValidationException" | "UnknownOperationException")) => Ok(()),
            Err(error) => Err(self.fault("dynamodb:UpdateTimeToLive", doing(), &error)),
        }
    }
}

struct Layout {
    attributes: Vec<AttributeDefinition>,
    key: Vec<KeySchemaElement>,
    index: GlobalSecondaryIndex,
}

fn layout() -> Result<Layout, BuildError> {
    let text =
        |name: &str| AttributeDefinition::builder().attribute_name(name).attribute_type(ScalarAttributeType::S).build();
    let key = |partition: &str, sort: &str| -> Result<Vec<KeySchemaElement>, BuildError> {
        Ok(vec![
            KeySchemaElement::builder().attribute_name(partition).key_type(KeyType::Hash).build()?,
            KeySchemaElement::builder().attribute_name(sort).key_type(KeyType::Range).build()?,
        ])
    };
    Ok(Layout {
        attributes: vec![text("pk")?, text("sk")?, text("list")?, text("name")?],
        key: key("pk", "sk")?,
        index: GlobalSecondaryIndex::builder()
            .index_name(INDEX)
            .set_key_schema(Some(key("list", "name")?))
            .projection(
                Projection::builder().projection_type(ProjectionType::Include).non_key_attributes("slim").build(),
            )
            .build()?,
    })
}

/// Everything that is wrong with a table.
fn problems(table: &TableDescription) -> Vec<String> {
    let mut problems = Vec::new();
    let wanted = key_in_words("pk", Some("sk"));
    let found = describe_key(table, table.key_schema());
    if found != wanted {
        problems.push(format!("its key is {found}, not {wanted}"));
    }
    let index = table.global_secondary_indexes().iter().find(|index| index.index_name() == Some(INDEX));
    let Some(index) = index else {
        problems.push(format!("it has no index {INDEX:?}"));
        return problems;
    };
    let wanted = key_in_words("list", Some("name"));
    let found = describe_key(table, index.key_schema());
    if found != wanted {
        problems.push(format!("the key of its index {INDEX:?} is {found}, not {wanted}"));
    }
    let projects_slim = index.projection().is_some_and(|projection| {
        projection.projection_type() == Some(&ProjectionType::All)
            || projection.non_key_attributes().iter().any(|name| name == "slim")
    });
    if !projects_slim {
        problems.push(format!("its index {INDEX:?} does not project the attribute \"slim\""));
    }
    problems
}

fn describe_key(table: &TableDescription, schema: &[KeySchemaElement]) -> String {
    let of = |kind: &KeyType| {
        let element = schema.iter().find(|element| element.key_type() == kind)?;
        let name = element.attribute_name();
        let definition = table.attribute_definitions().iter().find(|attribute| attribute.attribute_name() == name);
        let kind = definition.map_or("?", |definition| definition.attribute_type().as_str());
        Some(if kind == "S" { name.to_owned() } else { format!("{name} of type {kind}") })
    };
    key_in_words(&of(&KeyType::Hash).unwrap_or_default(), of(&KeyType::Range).as_deref())
}

fn key_in_words(partition: &str, sort: Option<&str>) -> String {
    match sort {
        Some(sort) => format!("({partition}, {sort})"),
        None => format!("({partition}) alone"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(key: Vec<KeySchemaElement>, index: Option<GlobalSecondaryIndex>) -> TableDescription {
        let index = index.map(|index| {
            aws_sdk_dynamodb::types::GlobalSecondaryIndexDescription::builder()
                .index_name(index.index_name())
                .set_key_schema(Some(index.key_schema().to_vec()))
                .set_projection(index.projection().cloned())
                .build()
        });
        TableDescription::builder()
            .set_attribute_definitions(Some(layout().unwrap().attributes))
            .set_key_schema(Some(key))
            .set_global_secondary_indexes(index.map(|index| vec![index]))
            .build()
    }

    #[test]
    fn the_table_that_is_made_is_the_table_that_is_asked_for() {
        let layout = layout().unwrap();
        assert_eq!(problems(&table(layout.key, Some(layout.index))), Vec::<String>::new());
    }

    #[test]
    fn everything_that_is_wrong_with_a_table_is_said() {
        let layout = layout().unwrap();
        let partition_alone = layout.key.iter().take(1).cloned().collect();
        assert_eq!(
            problems(&table(partition_alone, None)),
            ["its key is (pk) alone, not (pk, sk)", "it has no index \"list\""]
        );
        let keys_only = Projection::builder().projection_type(ProjectionType::KeysOnly).build();
        let other_index = GlobalSecondaryIndex::builder()
            .index_name(INDEX)
            .set_key_schema(Some(layout.key.clone()))
            .projection(keys_only)
            .build()
            .unwrap();
        assert_eq!(
            problems(&table(layout.key, Some(other_index))),
            [
                "the key of its index \"list\" is (pk, sk), not (list, name)",
                "its index \"list\" does not project the attribute \"slim\""
            ]
        );
    }
}
