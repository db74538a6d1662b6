//! Rules 6 and 16 in the lines that a pack puts into files of its template.

use super::{Report, rule};
use crate::dialect::tags;
use crate::suggest::{listed, nearest};
use crate::template::Template;

pub(super) fn check(template: &Template, text: &str, report: &mut Report) {
    let manifest = &template.manifest;
    let insertions = manifest.pack.iter().flat_map(|pack| &pack.insertions);
    for part in insertions.flat_map(|insertion| [insertion.anchor.as_str(), insertion.text.as_str()]) {
        let place = part.lines().next().unwrap_or_default();
        let Ok(tags) = tags(part) else {
            report.manifest(
                text,
                place,
                rule::BRACES,
                "a tag does not end".to_owned(),
                "write braces as `{{ \"{{\" }}`",
            );
            continue;
        };
        for name in tags.iter().flat_map(|tag| tag.placeholders()) {
            report.used.insert(name.to_owned());
            if name == "crate_name" || manifest.question(name).is_some() {
                continue;
            }
            let known = || manifest.questions.iter().map(|question| question.name.as_str());
            let mend = nearest(name, known())
                .map_or_else(|| format!("declared are {}", listed(known())), |near| format!("did you mean `{near}`?"));
            report.manifest(text, place, rule::DECLARED, format!("`{name}` is not declared"), mend);
        }
    }
}
