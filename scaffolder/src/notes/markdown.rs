//! As much of Markdown as notes need: headings, outside of fences.

/// The text before the first heading of the second level, and the sections below such headings, white space trimmed.
pub(super) fn sections(text: &str) -> (String, Vec<(String, String)>) {
    let mut intro = String::new();
    let mut sections: Vec<(String, String)> = Vec::new();
    for (line, is_heading) in lines(text) {
        match line.strip_prefix("## ").filter(|_| is_heading) {
            Some(heading) => sections.push((heading.trim().to_owned(), String::new())),
            None => {
                let text = sections.last_mut().map_or(&mut intro, |(_, text)| text);
                text.push_str(line);
                text.push('\n');
            }
        }
    }
    let trimmed = |text: String| text.trim().to_owned();
    (trimmed(intro), sections.into_iter().map(|(heading, text)| (heading, trimmed(text))).collect())
}

/// The text with every heading one level deeper.
pub(super) fn deeper(text: &str) -> String {
    let line = |(line, is_heading): (&str, bool)| format!("{}{line}\n", if is_heading { "#" } else { "" });
    lines(text).map(line).collect()
}

/// Each line, and whether it is a heading.
fn lines(text: &str) -> impl Iterator<Item = (&str, bool)> {
    let mut fence: Option<&str> = None;
    text.lines().map(move |line| {
        let start = line.trim_start();
        match fence {
            Some(mark) if start.starts_with(mark) => fence = None,
            Some(_) => {}
            None => fence = ["```", "~~~"].into_iter().find(|mark| start.starts_with(mark)),
        }
        let level = line.bytes().take_while(|byte| *byte == b'#').count();
        (line, fence.is_none() && (1..6).contains(&level) && line[level..].starts_with(' '))
    })
}
