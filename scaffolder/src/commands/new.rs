//! `heavy new`: from a template and answers to a project that runs.

use crate::cli::{New, Vcs};
use crate::error::{Error, Kind, Result};
use crate::plan::{Place, Plan};
use crate::project::{origin, repository};
use crate::prompt::Prompt;
use crate::render::render;
use crate::source::Source;
use crate::stamp::Stamp;
use crate::suggest::listed;
use crate::template::Template;
use crate::ui::Ui;

use super::host::Person;
use super::load;
use report::Report;

mod answers_file;
mod destination;
mod launch;
mod report;
mod values;

pub(super) fn run(args: &New, ui: Ui) -> Result<u8> {
    let prompt = if args.defaults || args.json { None } else { Prompt::at_terminal() };
    let file = args.answers.as_deref().map(answers_file::read).transpose()?;
    let destination = destination::choose(args, file.as_ref(), prompt.as_ref())?;
    // Refused before anything is fetched or asked.
    Place::of(&destination.path, args.force)?;

    let (source, loaded) = load(&args.template, ui)?;
    let template = Template::from_tree(loaded.tree)?;
    let stamp = Stamp::of(&template);
    let answers = values::choose(args, file, &destination.name, &template.manifest, prompt.as_ref())?;

    let mut host = Person {
        prompt: prompt.as_ref(),
        allow_commands: args.allow_commands,
        typed: &destination.path,
        absolute: &destination.absolute,
    };
    let mut rendered = render(&template, &answers, &mut host)?;
    if source != Source::Embedded {
        origin::set_source(&mut rendered.tree, &source.to_string(), args.template.rev.as_deref(), stamp.as_str())?;
    }
    let plan = Plan::survey(&destination.path, rendered.tree, args.force)?;
    let report = Report {
        destination: &destination,
        answers: &answers,
        plan: &plan,
        source: &source,
        commit: loaded.commit.as_deref(),
        version: template.manifest.version.as_deref(),
        stamp: stamp.as_str(),
        // `--run` does what they say to do next.
        notes: if args.run { &[] } else { &rendered.notes },
        dry_run: args.dry_run,
    };
    if args.dry_run {
        report.list(ui)?;
        return Ok(0);
    }

    let surrounding = repository::surrounding(&destination.absolute).filter(|_| args.vcs == Vcs::Git);
    let create = |folder: &std::path::Path| repository::create(folder, &plan.create);
    let wanted = args.vcs == Vcs::Git && surrounding.is_none();
    report.creating(ui);
    let commit = plan.apply(wanted.then_some(&create as _))?;

    report.created(ui, commit, surrounding.as_deref())?;
    if !plan.kept.is_empty() {
        return Err(left_open(&plan));
    }
    if args.run { launch::run(&destination.path, ui) } else { Ok(0) }
}

fn left_open(plan: &Plan) -> Error {
    let files = listed(plan.kept.iter().map(crate::tree::TreePath::as_str));
    Error::new(
        Kind::LeftOpen,
        format!("what stands there already differs from the template and was left as it is: {files}"),
    )
    .hint("to compare, create the same project in another folder and run `diff -r` on the two")
}
