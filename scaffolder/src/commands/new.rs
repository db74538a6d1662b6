//! `heavy new`: from a template and answers to a project that runs.

use std::path::Path;

use crate::cli::{New, Vcs};
use crate::error::{Error, Kind, Result};
use crate::pack;
use crate::plan::{MakeRepository, Plan};
use crate::project::origin;
use crate::project::repository::{self, EnclosingRepository, FirstCommit};
use crate::prompt::Prompt;
use crate::render::render;
use crate::source::Source;
use crate::stamp::Stamp;
use crate::suggest::listed;
use crate::template::Template;
use crate::ui::Ui;

use super::host::TerminalHost;
use super::{load, named};
use report::Report;

mod answers_file;
mod destination;
mod launch;
mod report;
mod values;

pub(super) fn run(args: &New, ui: Ui) -> Result<u8> {
    let prompt = if args.defaults || args.json { None } else { Prompt::at_terminal_with_defaults() };
    let file = args.answers.as_deref().map(answers_file::read).transpose()?;
    let request = destination::Request::read(args, file.as_ref(), prompt.as_ref())?;

    let (source, loaded) = load(&args.template, args.dry_run, ui)?;
    let template = Template::from_tree(loaded.tree)?;
    pack::refuse(&template, &named(&args.template))?;
    let destination = request.resolve(&template, prompt.as_ref())?;
    let answers = values::choose(args, file, &destination.name, &template.manifest, prompt.as_ref())?;

    let mut host = TerminalHost {
        prompt: prompt.as_ref(),
        allow_commands: args.allow_commands,
        typed: &destination.path,
        absolute: &destination.absolute,
    };
    let mut rendered = render(&template, &answers, &mut host)?;
    if source != Source::Embedded {
        let stamp = Stamp::of(&template);
        origin::set_source(&mut rendered.tree, &source.to_string(), source.rev(), stamp.as_str())?;
    }
    let plan = Plan::survey(&destination.path, rendered.tree, args.force)?;
    let report = Report {
        destination: &destination,
        answers: &answers,
        plan: &plan,
        source: &source,
        commit: loaded.commit.as_deref(),
        template: &template,
        // `--run` does what they say to do next.
        notes: if args.run { &[] } else { &rendered.notes },
        dry_run: args.dry_run,
        diff: args.diff,
    };
    if args.dry_run {
        report.list(ui)?;
        return Ok(0);
    }

    let git = args.vcs == Vcs::Git;
    let surrounding = if git { EnclosingRepository::of(&destination.absolute) } else { EnclosingRepository::None };
    let create = |folder: &Path| repository::create(folder, &plan.create);
    let commit = |folder: &Path| repository::commit(folder, &plan.create);
    let repository: Option<MakeRepository<'_, FirstCommit>> = match &surrounding {
        EnclosingRepository::None if git => Some(&create),
        EnclosingRepository::Fresh => Some(&commit),
        EnclosingRepository::None | EnclosingRepository::Other(_) => None,
    };
    report.creating(ui)?;
    let commit = plan.apply(repository)?;

    report.created(ui, commit, surrounding.other())?;
    if !plan.kept.is_empty() {
        return Err(left_open(&plan));
    }
    let asks = prompt.as_ref().filter(|_| !args.quiet);
    let run = args.run || asks.is_some_and(|prompt| launch::is_wanted(&destination.path, prompt));
    if run { launch::run(&destination.path, ui) } else { Ok(0) }
}

fn left_open(plan: &Plan) -> Error {
    let files = listed(plan.kept.iter().map(crate::tree::TreePath::as_str));
    Error::new(
        Kind::LeftOpen,
        format!("what stands there already differs from the template and was left as it is: {files}"),
    )
    .hint("to compare, create the same project in another folder and run `diff -r` on the two")
}
