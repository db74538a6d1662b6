//! `heavy template lint`.

use serde_json::json;

use crate::cli::{Lint, TemplateArgs};
use crate::error::{Error, Result};
use crate::lint::{lint, lint_pack};
use crate::source::folder;
use crate::template::Template;
use crate::tree::Tree;
use crate::ui::Ui;

pub(in crate::commands) fn run(args: &Lint, ui: Ui) -> Result<u8> {
    let tree = folder::read(&args.dir)?;
    let ground = ground(&tree, args, ui)?;
    let findings = ground.as_ref().map_or_else(|| lint(&tree), |ground| lint_pack(&tree, &ground.manifest));
    if ui.wants_json() {
        let list: Vec<_> = findings
            .iter()
            .map(|found| {
                json!({
                    "path": found.path.as_str(),
                    "line": found.line,
                    "rule": found.rule,
                    "message": found.message,
                    "mend": found.mend,
                })
            })
            .collect();
        ui.json(&list)?;
    } else {
        for found in &findings {
            ui.result(format_args!("{}:{}: {}: {}", found.path, found.line, found.rule, found.message))?;
            ui.result(format_args!("    {}", found.mend))?;
        }
        let files = tree.len();
        match findings.len() {
            0 => ui.status("Checked", format_args!("{files} files, and both engines will agree on them")),
            1 => ui.status("Checked", format_args!("{files} files: 1 thing to mend")),
            count => ui.status("Checked", format_args!("{files} files: {count} things to mend")),
        }
    }
    Ok(u8::from(!findings.is_empty()))
}

/// The template that a pack is made for, if it can be had. A manifest that cannot be read is a finding, and no error here.
fn ground(tree: &Tree, args: &Lint, ui: Ui) -> Result<Option<Template>> {
    let manifest = Template::from_tree(tree.clone()).ok().and_then(|template| template.manifest.pack);
    let Some(pack) = manifest else {
        return match &args.template {
            None => Ok(None),
            Some(_) => Err(Error::usage(format!("`{}` is no pack, so it is made for no template", args.dir.display()))
                .hint("leave out `--template`")),
        };
    };
    let source = TemplateArgs { template: args.template.clone(), rev: None };
    let (source, loaded) = super::super::load(&source, true, ui)?;
    let template = Template::from_tree(loaded.tree)?;
    let name = template.manifest.name.clone().unwrap_or_else(|| source.to_string());
    if name == pack.template {
        return Ok(Some(template));
    }
    if args.template.is_some() {
        return Err(Error::user(format!(
            "the pack is made for the template `{}`, and this one is `{name}`",
            pack.template
        ))
        .hint(format!("name the source of `{}` after `--template`", pack.template)));
    }
    ui.note(format_args!(
        "the questions of the template `{}` are not known here: name it by `--template SOURCE`",
        pack.template
    ));
    Ok(None)
}
