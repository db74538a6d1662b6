//! A new live page of a project: what `heavy add-page` writes.

use heck::ToKebabCase;

use super::existing::Existing;
use super::generate::{Format, Generated, tree_path};
use super::insertions::{Insertion, insertion, module_insertion};
use super::names::capitalized;
use super::{insertion_points, reserved};
use crate::error::{Error, Result};
use crate::transition::Change;
use crate::tree::{File, Tree};

/// The longest name.
const LONGEST: usize = 40;

/// A page that can be added to a project.
#[derive(Clone, Debug)]
pub struct Page {
    /// `about_us`.
    module: String,
    title: String,
    signed_in: bool,
    link: bool,
}

impl Page {
    /// Looks whether the project can have this page.
    ///
    /// # Errors
    /// Of kind `User`: the name is not one, or is taken.
    pub fn new(name: &str, title: Option<&str>, signed_in: bool, link: bool, files: &Tree) -> Result<Self> {
        let module = name.trim_start_matches('/').replace('-', "_");
        reserved::check_snake(&module, "page", LONGEST)?;
        reserved::check_page(&module)?;
        let title = title.map_or_else(|| capitalized(&module.replace('_', " ")), |title| title.trim().to_owned());
        if title.is_empty() || title.chars().any(char::is_control) {
            return Err(Error::user("the title is empty, or more than one line").hint("write `--title \"About us\"`"));
        }
        let page = Self { module, title, signed_in, link };
        let existing = Existing(files);
        for folder in ["src/pages", "tests/app/pages"] {
            if existing.has_module(folder, &page.module) {
                return Err(Error::user(format!("there is a module `{}` in `{folder}` already", page.module))
                    .hint("give the page another name"));
            }
        }
        let (routes, url) = (existing.routes(), page.url());
        if routes.contains(&format!("\"{url}\"")) {
            return Err(Error::user(format!("there is a route `{url}` already")).hint("give the page another name"));
        }
        Ok(page)
    }

    /// `/about-us`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("/{}", self.module.to_kebab_case())
    }

    /// Where its code is.
    #[must_use]
    pub fn path(&self) -> String {
        format!("src/pages/{}.rs", self.module)
    }

    /// Renders the files and puts the lines in.
    ///
    /// # Errors
    /// A path is none, which a name that was parsed is not.
    pub fn generate(&self, files: &Tree, format: Option<Format<'_>>) -> Result<Generated> {
        let mut generated = Generated::default();
        let test = format!("tests/app/pages/{}.rs", self.module);
        for (path, text) in [(self.path(), self.code()), (test, self.test())] {
            let text = format.and_then(|format| format(&text)).unwrap_or(text);
            generated.changes.push(Change { path: tree_path(&path)?, before: None, after: Some(File::new(text)) });
        }
        generated.insert(self.insertions(), files, format)?;
        generated.changes.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(generated)
    }

    fn code(&self) -> String {
        let Self { title, .. } = self;
        let (context, check) = match self.signed_in {
            true => ("context::Context, ", "    cx.signed_in()?;\n"),
            false => ("", ""),
        };
        let uses =
            if self.signed_in { format!("use super::{{{context}layout}};") } else { "use super::layout;".to_owned() };
        format!(
            "//! `{}`.\n\nuse maud::html;\nuse stack_live::Cx;\n\n{uses}\n\n/// The page.\npub async fn page(cx: Cx) -> stack_live::Result {{\n{check}    let main = html! {{\n        section.card.text {{\n            h1 {{ {title:?} }}\n        }}\n    }};\n    Ok(layout::live(&cx, {title:?}, main))\n}}\n",
            self.url()
        )
    }

    fn test(&self) -> String {
        let (url, module, title) = (self.url(), &self.module, &self.title);
        let client = match self.signed_in {
            true => format!(
                "    let url = \"{url}\";\n    let refused = app.client().open(url).await;\n    assert!(refused.header(\"location\").starts_with(\"/login?next=\"));\n    let (_, mut client) = app.logged_in(\"ada\").await;\n"
            ),
            false => format!("    let url = \"{url}\";\n    let mut client = app.client();\n"),
        };
        let who = if self.signed_in { "is_shown_to_who_is_logged_in" } else { "is_shown" };
        format!(
            "use crate::common::{{LivePage, TestApp}};\n\n#[tokio::test]\nasync fn the_page_{module}_{who}() {{\n    let app = TestApp::new().await;\n{client}    let page = LivePage::open(&app, &mut client, url).await;\n    assert_eq!(page.count(\"h1\"), 1);\n    assert!(page.title().starts_with({title:?}), \"{{}}\", page.title());\n}}\n"
        )
    }

    fn insertions(&self) -> Vec<(&'static str, Vec<Insertion>)> {
        let (url, module) = (self.url(), &self.module);
        let mut all = vec![
            ("src/pages/mod.rs", vec![module_insertion(format!("pub mod {module};"))]),
            (
                "src/routes.rs",
                vec![insertion(
                    "in `fn live`, among the pages",
                    format!("        .page(\"{url}\", pages::{module}::page)\n"),
                    insertion_points::live_pages,
                )],
            ),
            ("tests/app/pages/mod.rs", vec![module_insertion(format!("mod {module};"))]),
        ];
        if self.link {
            all.push((
                "src/pages/layout.rs",
                vec![insertion(
                    "in the navigation of who is logged in",
                    format!("a href=\"{url}\" data-link {{ {:?} }}", self.title),
                    insertion_points::link,
                )],
            ));
        }
        all
    }
}
