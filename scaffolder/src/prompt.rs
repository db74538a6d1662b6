//! The only module that asks.

use std::io::{self, IsTerminal};

use console::{Key, Term};
use dialoguer::theme::{ColorfulTheme, SimpleTheme, Theme};
use dialoguer::{Confirm, Input, MultiSelect, Select};

use crate::answers::{ProjectName, Value, accept};
use crate::error::{Error, Kind, Result};
use crate::suggest::kebab;
use crate::template::{Feature, Question, QuestionKind};

/// An answer to a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Do it.
    Yes,
    /// Leave it.
    No,
    /// Show what it changes, and ask again.
    Show,
}

/// Somebody at a terminal.
pub struct Prompt {
    theme: Box<dyn Theme>,
    /// How the command is run without a question.
    way_round: &'static str,
}

impl Prompt {
    /// Somebody to ask, if standard input and standard error are a terminal.
    #[must_use]
    pub fn at_terminal() -> Option<Self> {
        (io::stdin().is_terminal() && console::user_attended_stderr()).then(|| {
            let theme: Box<dyn Theme> = if console::colors_enabled_stderr() {
                Box::new(ColorfulTheme::default())
            } else {
                Box::new(SimpleTheme)
            };
            Self { theme, way_round: "write the answer into the command line (`--help` says how), and add `--yes`" }
        })
    }

    /// The same, for a command that has `--defaults`.
    #[must_use]
    pub fn at_terminal_with_defaults() -> Option<Self> {
        let way_round = "add `--defaults` to take the defaults without being asked";
        Self::at_terminal().map(|prompt| Self { way_round, ..prompt })
    }

    fn stopped(&self, error: dialoguer::Error) -> Error {
        Error::new(Kind::Stopped, "the question was not answered").because(error).hint(self.way_round)
    }

    /// Asks for the project's name until it is a good one and `check` accepts it. `refused` says why the one at hand
    /// was not accepted.
    ///
    /// # Errors
    /// The person stopped.
    pub fn name(&self, refused: Option<&Error>, check: impl Fn(&ProjectName) -> Result<()>) -> Result<ProjectName> {
        let why = refused.map(|error| format!("{}. ", error.message)).unwrap_or_default();
        let prompt = format!("{why}Name of the project (for example my-app)");
        let check = |text: &str| ProjectName::parse(text.trim()).and_then(|name| check(&name));
        let text = self.until_accepted(&prompt, None, false, check)?;
        ProjectName::parse(text.trim())
    }

    /// Asks for the title; just Enter takes `suggestion`.
    ///
    /// # Errors
    /// The person stopped.
    pub fn title(&self, suggestion: &str) -> Result<String> {
        Input::with_theme(&*self.theme)
            .with_prompt("Title, as people read it")
            .default(suggestion.to_owned())
            .interact_text()
            .map_err(|error| self.stopped(error))
    }

    /// Asks which features to take; the answer has one entry a feature.
    ///
    /// # Errors
    /// The person stopped.
    pub fn features(&self, features: &[Feature<'_>]) -> Result<Vec<(String, Value)>> {
        let width = features.iter().map(|feature| feature.name.len()).max().unwrap_or(0);
        let line = |feature: &Feature<'_>| format!("{:width$}  {}", kebab(feature.name), feature.about);
        let lines: Vec<String> = features.iter().map(|feature| on_one_line(&line(feature))).collect();
        let defaults: Vec<bool> = features.iter().map(|feature| feature.default).collect();
        let chosen = MultiSelect::with_theme(&*self.theme)
            .with_prompt("Features (space to choose, Enter when done)")
            .items(&lines)
            .defaults(&defaults)
            // Whole lines with their explanations would stand there; what was chosen is said when it is created.
            .report(false)
            .interact()
            .map_err(|error| self.stopped(error))?;
        let answer =
            |(index, feature): (usize, &Feature<'_>)| (feature.name.to_owned(), Value::Bool(chosen.contains(&index)));
        Ok(features.iter().enumerate().map(answer).collect())
    }

    /// Asks one question of a template until the answer is a good one.
    ///
    /// # Errors
    /// The person stopped.
    pub fn question(&self, question: &Question) -> Result<Value> {
        match &question.kind {
            QuestionKind::Bool { default } => self.confirm(&question.prompt, *default).map(Value::Bool),
            QuestionKind::Text { default, choices, .. } if !choices.is_empty() => {
                let labels: Vec<&str> = choices.iter().map(|choice| choice.label.as_str()).collect();
                let first = choices.iter().position(|choice| Some(&choice.value) == default.as_ref()).unwrap_or(0);
                let chosen = self.choose(&question.prompt, &labels, first)?;
                Ok(Value::Text(choices[chosen].value.clone()))
            }
            QuestionKind::Text { default, .. } => {
                let check = |text: &str| accept(question, Value::Text(text.to_owned())).map(drop);
                self.text(&question.prompt, default.as_deref(), check).map(Value::Text)
            }
        }
    }

    /// Asks for a text until `check` accepts it.
    ///
    /// # Errors
    /// The person stopped.
    pub fn text(&self, prompt: &str, default: Option<&str>, check: impl Fn(&str) -> Result<()>) -> Result<String> {
        self.until_accepted(prompt, default.filter(|default| !default.is_empty()), default == Some(""), check)
    }

    /// Asks for a text until `check` accepts it. One that was refused stands there again, to be edited: dialoguer's own validation
    /// begins with an empty line.
    fn until_accepted(
        &self,
        prompt: &str,
        default: Option<&str>,
        may_be_empty: bool,
        check: impl Fn(&str) -> Result<()>,
    ) -> Result<String> {
        let terminal = Term::stderr();
        let mut typed = String::new();
        let mut asked = || -> dialoguer::Result<String> {
            loop {
                let mut input = Input::with_theme(&*self.theme)
                    .with_prompt(prompt)
                    .with_initial_text(&typed)
                    .allow_empty(may_be_empty)
                    .report(false);
                if let Some(default) = default {
                    input = input.default(default.to_owned());
                }
                let text = input.interact_text()?;
                let mut line = String::new();
                let refused = check(&text).err();
                match &refused {
                    None => self.theme.format_input_prompt_selection(&mut line, prompt, &text),
                    Some(error) => self.theme.format_error(&mut line, &with_hint(error)),
                }
                .map_err(io::Error::other)?;
                terminal.write_line(&line)?;
                if refused.is_none() {
                    return Ok(text);
                }
                typed = text;
            }
        };
        asked().map_err(|error| self.stopped(error))
    }

    /// Asks for a text that matches the regular expression `pattern`.
    ///
    /// # Errors
    /// The person stopped, or the template's pattern is none.
    pub fn matching_text(&self, prompt: &str, default: Option<&str>, pattern: Option<&str>) -> Result<String> {
        let pattern = pattern.map(regex::Regex::new).transpose().map_err(|error| {
            Error::template(format!("a hook asks \"{}\" with a bad pattern", prompt.escape_debug())).because(error)
        })?;
        self.text(prompt, default, |text| match &pattern {
            Some(pattern) if !pattern.is_match(text) => {
                Err(Error::user(format!("it must match the regular expression `{}`", pattern.as_str())))
            }
            _ => Ok(()),
        })
    }

    /// Asks yes or no.
    ///
    /// # Errors
    /// The person stopped.
    pub fn confirm(&self, prompt: &str, default: Option<bool>) -> Result<bool> {
        let mut confirm = Confirm::with_theme(&*self.theme).with_prompt(prompt);
        if let Some(default) = default {
            confirm = confirm.default(default);
        }
        confirm.interact().map_err(|error| self.stopped(error))
    }

    /// Asks whether to do what is planned, by one key: `y` or Enter, `n` or Escape, or `d` for the difference.
    ///
    /// # Errors
    /// The person stopped.
    pub fn decide(&self, prompt: &str) -> Result<Decision> {
        let terminal = Term::stderr();
        let (mut asked, mut answered) = (String::new(), String::new());
        let with_key = format!("{prompt} (d shows what changes)");
        let mut decided = || -> io::Result<Decision> {
            self.theme.format_confirm_prompt(&mut asked, &with_key, Some(true)).map_err(io::Error::other)?;
            terminal.write_str(&asked)?;
            let decision = loop {
                match terminal.read_key()? {
                    Key::Char('y' | 'Y') | Key::Enter => break Decision::Yes,
                    Key::Char('n' | 'N') | Key::Escape => break Decision::No,
                    Key::Char('d' | 'D') => break Decision::Show,
                    _ => {}
                }
            };
            terminal.clear_line()?;
            terminal.clear_last_lines(lines_above(&asked, usize::from(terminal.size().1)))?;
            let answer = Some(decision == Decision::Yes).filter(|_| decision != Decision::Show);
            self.theme.format_confirm_prompt_selection(&mut answered, prompt, answer).map_err(io::Error::other)?;
            terminal.write_line(&answered)?;
            Ok(decision)
        };
        decided().map_err(|error| self.stopped(error.into()))
    }

    /// Asks for one of several; the answer is its index.
    ///
    /// # Errors
    /// The person stopped.
    pub fn choose(&self, prompt: &str, choices: &[&str], first: usize) -> Result<usize> {
        let lines: Vec<String> = choices.iter().map(|choice| on_one_line(choice)).collect();
        Select::with_theme(&*self.theme)
            .with_prompt(prompt)
            .items(&lines)
            .default(first)
            .interact()
            .map_err(|error| self.stopped(error))
    }
}

/// What is wrong with an answer, and what would be right.
fn with_hint(error: &Error) -> String {
    match error.hints.first() {
        Some(hint) => format!("{}; {hint}", error.message),
        None => error.message.clone(),
    }
}

/// How many lines a text goes on before its last one, on a terminal of this width.
fn lines_above(text: &str, width: usize) -> usize {
    console::measure_text_width(text).saturating_sub(1).checked_div(width).unwrap_or(0)
}

/// A line of a list, cut to the terminal's width. One that goes over two lines is not cleared when the list is drawn again.
fn on_one_line(text: &str) -> String {
    fitted(text, usize::from(Term::stderr().size().1))
}

fn fitted(text: &str, width: usize) -> String {
    /// The mark before each line, of the wider theme, and the cursor behind it.
    const MARK: usize = 7;
    console::truncate_str(text, width.saturating_sub(MARK).max(10), "…").into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_a_list_fits_a_narrow_terminal() {
        let line = "pgvector       embeddings and similarity search, in a vector database of their own";
        assert_eq!(fitted(line, 120), line);
        assert_eq!(fitted(line, 60), "pgvector       embeddings and similarity search, in …");
        assert_eq!(fitted(line, 1), "pgvector …");
    }

    #[test]
    fn a_question_that_goes_over_several_lines_is_cleared_whole() {
        assert_eq!([60, 61, 120, 121].map(|length| lines_above(&"x".repeat(length), 60)), [0, 1, 1, 2]);
        assert_eq!((lines_above("", 60), lines_above("x", 0)), (0, 0));
    }

    #[test]
    fn a_refused_answer_is_told_with_what_would_be_right() {
        let error = Error::user("`book` is not a plural").hint("a table is named in the plural: `books`").hint("or so");
        assert_eq!(with_hint(&error), "`book` is not a plural; a table is named in the plural: `books`");
        assert_eq!(with_hint(&Error::user("no")), "no");
    }
}
