//! The skill package, for the function and the skill of one stack.
//!
//! What is in the repository names no function and no skill, so that nothing tracked is edited by hand. A deployment writes
//! a copy that does.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::{Error, file};

/// Writes a project that the ASK CLI deploys, with the package of the skill as CodePipeline deploys it in its folder
/// `skill-package`: `skill.json`, `interactionModels/` and `assets/` are at the root of that folder.
///
/// `function` is the ARN of the function that the skill calls. With the id of a skill, the ASK CLI updates that skill;
/// without one, it would create another each time.
pub fn write(source: &Path, target: &Path, function: &str, skill: Option<&str>) -> Result<(), Error> {
    let package = target.join("skill-package");
    if package.exists() {
        fs::remove_dir_all(&package).map_err(file(&package))?;
    }
    copy(source, &package)?;
    let manifest = package.join("skill.json");
    let text = fs::read_to_string(&manifest).map_err(file(&manifest))?;
    let path = || manifest.display().to_string();
    let mut content: Value = serde_json::from_str(&text).map_err(|source| Error::Json { path: path(), source })?;
    let endpoint = content.pointer_mut("/manifest/apis/custom/endpoint/uri");
    *endpoint.ok_or_else(|| Error::NoEndpoint(path()))? = json!(function);
    write_json(&manifest, &content)?;
    write_json(
        &target.join("ask-resources.json"),
        &json!({
            "askcliResourcesVersion": "2020-03-31",
            "profiles": { "default": { "skillMetadata": { "src": "./skill-package" } } },
        }),
    )?;
    if let Some(skill) = skill {
        let states = json!({ "askcliStatesVersion": "2020-03-31", "profiles": { "default": { "skillId": skill } } });
        write_json(&target.join(".ask").join("ask-states.json"), &states)?;
    }
    Ok(())
}

fn write_json(path: &Path, value: &Value) -> Result<(), Error> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(file(folder))?;
    }
    fs::write(path, format!("{value:#}\n")).map_err(file(path))
}

fn copy(source: &Path, target: &Path) -> Result<(), Error> {
    fs::create_dir_all(target).map_err(file(target))?;
    for entry in fs::read_dir(source).map_err(file(source))? {
        let from = entry.map_err(file(source))?.path();
        let Some(name) = from.file_name() else { continue };
        let to = target.join(name);
        if from.is_dir() {
            copy(&from, &to)?;
        } else {
            fs::copy(&from, &to).map_err(file(&from))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FUNCTION: &str = "arn:aws:lambda:eu-west-1:111122223333:function:andon-alexa";
    const SKILL: &str = "amzn1.ask.skill.00000000-0000-0000-0000-000000000000";

    fn read(path: &Path) -> Value {
        serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
    }

    #[test]
    fn the_skill_of_this_repository_gets_its_endpoint_and_its_id() {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../skill-package");
        let folder = tempfile::tempdir().unwrap();
        // A second deployment writes over the first.
        for _ in 0..2 {
            write(&source, folder.path(), FUNCTION, Some(SKILL)).unwrap();
        }
        let package = folder.path().join("skill-package");
        assert_eq!(read(&package.join("skill.json"))["manifest"]["apis"]["custom"]["endpoint"]["uri"], FUNCTION);
        assert!(package.join("interactionModels/custom/en-US.json").is_file());
        assert_eq!(read(&folder.path().join(".ask/ask-states.json"))["profiles"]["default"]["skillId"], SKILL);
        assert_eq!(
            read(&folder.path().join("ask-resources.json"))["profiles"]["default"]["skillMetadata"]["src"],
            "./skill-package"
        );
    }

    #[test]
    fn without_an_id_there_is_no_states_file() {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../skill-package");
        let folder = tempfile::tempdir().unwrap();
        write(&source, folder.path(), FUNCTION, None).unwrap();
        assert!(!folder.path().join(".ask").exists());
    }

    #[test]
    fn a_folder_that_is_no_skill_is_refused() {
        let (source, target) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::write(source.path().join("skill.json"), "{}").unwrap();
        let error = write(source.path(), target.path(), FUNCTION, None).unwrap_err();
        assert!(matches!(error, Error::NoEndpoint(_)), "{error}");
    }
}
