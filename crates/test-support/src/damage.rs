//! Requests that nobody has thought of: whole ones, with something else in one place.

use serde_json::Value;

/// Every place in a value, as JSON pointers; the first is the value itself.
pub fn places(value: &Value) -> Vec<String> {
    let mut places = vec![String::new()];
    collect(value, "", &mut places);
    places
}

fn collect(value: &Value, at: &str, places: &mut Vec<String>) {
    let children: Vec<(String, &Value)> = match value {
        Value::Object(members) => {
            members.iter().map(|(name, child)| (name.replace('~', "~0").replace('/', "~1"), child)).collect()
        }
        Value::Array(items) => items.iter().enumerate().map(|(index, child)| (index.to_string(), child)).collect(),
        _ => Vec::new(),
    };
    for (name, child) in children {
        let place = format!("{at}/{name}");
        places.push(place.clone());
        collect(child, &place, places);
    }
}

#[cfg(test)]
mod tests {
    use super::places;
    use serde_json::json;

    #[test]
    fn every_place_can_be_pointed_at() {
        let value = json!({"a/b": [1, {"~": null}]});
        assert_eq!(places(&value), ["", "/a~1b", "/a~1b/0", "/a~1b/1", "/a~1b/1/~0"]);
        assert!(places(&value).iter().all(|place| value.pointer(place).is_some()));
    }
}
