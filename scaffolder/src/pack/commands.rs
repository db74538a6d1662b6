//! The commands that a pack's hooks want to run.

use crate::template::Template;

/// Every line of a hook that starts a program, with its file: what somebody has to read before they say yes.
#[must_use]
pub fn commands(template: &Template) -> Vec<String> {
    let scripts = template.files.iter().filter(|(path, _)| path.as_str().ends_with(".rhai"));
    scripts
        .flat_map(|(path, file)| {
            let text = String::from_utf8_lossy(&file.bytes).into_owned();
            let lines: Vec<String> = text
                .lines()
                .enumerate()
                .filter(|(_, line)| line.contains("system::") || line.contains("import"))
                .map(|(number, line)| format!("{path}:{}: {}", number + 1, line.trim()))
                .collect();
            lines
        })
        .collect()
}
