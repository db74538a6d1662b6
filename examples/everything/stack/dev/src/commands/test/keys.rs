//! What keys mean.

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

/// What a person asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Wish {
    All,
    Failed,
    /// Only tests with this in their name; empty is all.
    Filter(String),
    StopAtFirst,
    Help,
    Quit,
}

/// What has been typed so far.
#[derive(Debug, Default)]
pub(super) struct Keys {
    /// The filter, while it is typed.
    typed: Option<String>,
}

pub(super) const HELP: &str = "\
  Enter, a   run all tests
  r          run those that failed last time
  f          type a part of a name, and run only tests that have it; nothing is all again
  s          stop at the first failure, or not
  h          this
  q, Ctrl-C  quit";

impl Keys {
    /// What is typed at the bottom, if something is.
    pub(super) fn prompt(&self) -> Option<String> {
        let typed = self.typed.as_ref()?;
        Some(format!("tests with this in their name: {typed}"))
    }

    pub(super) fn press(&mut self, key: &KeyEvent) -> Option<Wish> {
        if key.kind == KeyEventKind::Release {
            return None;
        }
        if key.modifiers.contains(KeyModifiers::CONTROL) {
            return match key.code {
                KeyCode::Char('c' | 'd') => Some(Wish::Quit),
                KeyCode::Char('u') => {
                    self.typed.iter_mut().for_each(String::clear);
                    None
                }
                _ => None,
            };
        }
        if self.typed.is_some() {
            return self.type_on(key.code);
        }
        match key.code {
            KeyCode::Enter | KeyCode::Char('a') => Some(Wish::All),
            KeyCode::Char('r') => Some(Wish::Failed),
            KeyCode::Char('f' | '/') => {
                self.typed = Some(String::new());
                None
            }
            KeyCode::Char('s') => Some(Wish::StopAtFirst),
            KeyCode::Char('h' | '?') => Some(Wish::Help),
            KeyCode::Char('q') => Some(Wish::Quit),
            _ => None,
        }
    }

    fn type_on(&mut self, key: KeyCode) -> Option<Wish> {
        match (key, &mut self.typed) {
            (KeyCode::Enter, typed) => Some(Wish::Filter(typed.take()?.trim().to_owned())),
            (KeyCode::Esc, typed) => {
                *typed = None;
                None
            }
            (KeyCode::Backspace, Some(typed)) => {
                typed.pop();
                None
            }
            (KeyCode::Char(c), Some(typed)) => {
                typed.push(c);
                None
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wishes(keys: &[KeyCode]) -> Vec<Wish> {
        let mut state = Keys::default();
        let keys = keys
            .iter()
            .map(|key| KeyEvent::new(*key, KeyModifiers::NONE));
        keys.filter_map(|key| state.press(&key)).collect()
    }

    fn typed(text: &str) -> Vec<KeyCode> {
        text.chars().map(KeyCode::Char).collect()
    }

    #[test]
    fn every_key_of_the_help_does_what_it_says() {
        let keys = [&typed("arsh")[..], &[KeyCode::Enter], &typed("q")].concat();
        let wanted = [
            Wish::All,
            Wish::Failed,
            Wish::StopAtFirst,
            Wish::Help,
            Wish::All,
            Wish::Quit,
        ];
        assert_eq!(wishes(&keys), wanted);
    }

    #[test]
    fn while_a_filter_is_typed_letters_are_letters() {
        let keys = [&typed("fq ar")[..], &[KeyCode::Backspace, KeyCode::Enter]].concat();
        assert_eq!(wishes(&keys), [Wish::Filter("q a".to_owned())]);
        let given_up = [&typed("fq")[..], &[KeyCode::Esc], &typed("r")].concat();
        assert_eq!(wishes(&given_up), [Wish::Failed]);
    }

    #[test]
    fn control_c_quits_wherever_one_is() {
        let mut keys = Keys::default();
        keys.press(&KeyEvent::new(KeyCode::Char('f'), KeyModifiers::NONE));
        assert_eq!(keys.prompt().unwrap(), "tests with this in their name: ");
        let quit = KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL);
        assert_eq!(keys.press(&quit), Some(Wish::Quit));
    }
}
