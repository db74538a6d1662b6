//! `heavy template stamp`: what a template's author runs before a commit.

use crate::archive;
use crate::cli::Stamp as Args;
use crate::error::{Error, Result};
use crate::lockfile::LOCKFILE;
use crate::manifest::{Question, QuestionKind};
use crate::source::folder;
use crate::stamp::Stamp;
use crate::suggest::typed;
use crate::template::Template;
use crate::tree::{Tree, TreePath};
use crate::ui::Ui;

use super::outdated::{Outdated, differs};

pub(in crate::commands) fn run(args: &Args, ui: Ui) -> Result<u8> {
    let mut tree = folder::read(&args.dir)?;
    let template = Template::from_tree(tree.clone())?;
    let stamp = Stamp::of(&template);
    let version = template.manifest.version.as_deref().unwrap_or_default();
    let mut outdated = Outdated::default();
    if let Some((path, text)) = stamped(&tree, &template, version, &stamp)? {
        tree.entry(path.clone()).or_default().bytes.clone_from(&text);
        outdated.extend(differs(args.dir.join(path.as_str()), text)?);
    }
    // In heavy's own repository the binary embeds the template.
    if args.dir.join("scaffolder/Cargo.toml").is_file() {
        outdated.extend(differs(args.dir.join("scaffolder/template.tar"), archive::pack(&tree)?)?);
    }
    outdated.write_or_check(args.check, &format!("heavy template stamp {}", typed(&args.dir)), ui)?;
    ui.status("Stamped", stamp);
    Ok(0)
}

/// The template's `heavy.toml` with this version and stamp, and a line for the answer to every question. It holds placeholders, so
/// it is no TOML yet and is edited by line. A template without one needs no stamp.
fn stamped(tree: &Tree, template: &Template, version: &str, stamp: &Stamp) -> Result<Option<(TreePath, Vec<u8>)>> {
    let path = match &template.manifest.subfolder {
        Some(folder) => format!("{folder}/{LOCKFILE}"),
        None => LOCKFILE.to_owned(),
    };
    let Some((path, file)) = tree.iter().find(|(found, _)| found.as_str() == path) else { return Ok(None) };
    let text = String::from_utf8_lossy(&file.bytes);
    let (mut in_template, mut in_answers) = (false, false);
    let mut missing: Vec<&Question> = template.manifest.questions.iter().collect();
    // Where lines of answers go: behind the heading and the answers that there are.
    let mut end_of_answers = None;
    let mut written = 0;
    let mut lines: Vec<String> = Vec::new();
    for line in text.split_inclusive('\n') {
        let key = line.split('=').next().unwrap_or_default().trim();
        if line.starts_with('[') {
            in_template = line.trim_end() == "[template]";
            in_answers = line.trim_end() == "[answers]";
        }
        if in_answers && !key.is_empty() {
            missing.retain(|question| question.name != key);
            end_of_answers = Some(lines.len() + 1);
        }
        match key {
            "version" if in_template => lines.push(format!("version = \"{version}\"\n")),
            "stamp" if in_template => {
                written += 1;
                lines.push(format!("stamp = \"{stamp}\"\n"));
            }
            _ => lines.push(line.to_owned()),
        }
    }
    if written != 1 {
        return Err(Error::template(format!("`{path}` has no line for the stamp"))
            .hint("write `stamp = \"\"` on a line of its own below `[template]`"));
    }
    if let Some(end) = end_of_answers {
        if let Some(last) = lines.get_mut(end - 1).filter(|line| !line.ends_with('\n')) {
            last.push('\n');
        }
        lines.splice(end..end, missing.into_iter().map(answer));
    }
    Ok(Some((path.clone(), lines.concat().into_bytes())))
}

/// The line of `heavy.toml` by which a project has the answer to a question.
fn answer(question: &Question) -> String {
    let Question { name, kind, .. } = question;
    match kind {
        QuestionKind::Bool { .. } => format!("{name} = {{{{ {name} }}}}\n"),
        QuestionKind::Text { .. } => format!("{name} = \"{{{{ {name} }}}}\"\n"),
    }
}
