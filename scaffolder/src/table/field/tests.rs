//! What can be typed for a field, and what is refused.

use super::*;

fn shown(typed: &str) -> String {
    match Field::parse(typed) {
        Ok(Field { name, kind, optional, unique, index, default }) => {
            let words = [(optional, " optional"), (unique, " unique"), (index, " index")];
            let words: String = words.iter().filter(|(is, _)| *is).map(|(_, word)| *word).collect();
            format!("{name} {kind:?}{words}{}", default.map(|text| format!(" default {text:?}")).unwrap_or_default())
        }
        Err(error) => format!("{}; {}", error.message, error.hints.join("; ")),
    }
}

#[test]
fn every_type_can_be_typed_required_and_optional() {
    let all = [
        "a:string",
        "a:string?",
        "a:string(80)",
        "a:text?",
        "a:text(100)",
        "a:int",
        "a:bigint?",
        "a:float",
        "a:decimal",
        "a:decimal(12,2)?",
        "a:decimal(5)",
        "a:bool",
        "a:uuid?",
        "a:timestamp",
        "a:date?",
        "a:json",
        "a:bytes",
        "a:enum(b|c)?",
        "a:enum:b,c",
        "a:vector(3)",
        "a:vector:3?",
        "author:references(authors)",
        "author_id:references:authors?",
        "tags:many(tags)",
        "tags:many:tags",
    ];
    let all: Vec<String> = all.iter().map(|typed| shown(typed)).collect();
    insta::assert_snapshot!(all.join("\n"), @r#"
    a String(200)
    a String(200) optional
    a String(80)
    a Text(20000) optional
    a Text(100)
    a Int
    a Bigint optional
    a Float
    a Decimal(20, 6)
    a Decimal(12, 2) optional
    a Decimal(5, 0)
    a Bool
    a Uuid optional
    a Timestamp
    a Date optional
    a Json
    a Bytes
    a Enum(["b", "c"]) optional
    a Enum(["b", "c"])
    a Vector(3)
    a Vector(3) optional
    author_id References("authors")
    author_id References("authors") optional
    tags Many("tags")
    tags Many("tags")
    "#);
}

#[test]
fn what_makes_no_sense_is_refused_with_what_would() {
    let all = [
        "a",
        "a?",
        "a:",
        ":int",
        "a:strin",
        "a:boolean",
        "a:mongo",
        "a:int(3)",
        "a:string(0)",
        "a:enum",
        "a:enum(b",
        "a:enum(b|b)",
        "a:enum(self)",
        "a:enum(B)",
        "a:vector",
        "a:vector(9000)",
        "a:references",
        "a:many",
        "a:many(b)?",
        "a:many:b:unique",
        "a:decimal(40)",
        "a:decimal(2,3)",
        "Name:int",
        "my-name:int",
        "1st:int",
        "version:int",
        "user:references(users)",
        "order:int",
        "type:string",
        "a\u{7}:int",
    ];
    let all: Vec<String> = all.iter().map(|typed| shown(typed)).collect();
    insta::assert_snapshot!(all.join("\n"), @r"
    the field `a` has no type; write it as `a:string`
    the field `a?` has no type; write it as `a:string`
    the field `a:` has no type; write it as `a:string`
    the name of a field is empty; give the field a name
    there is no type `strin`, which `a` would have; did you mean `string`?; the types are `string`, `text`, `int`, `bigint`, `float`, `decimal`, `bool`, `uuid`, `timestamp`, `date`, `json`, `bytes`, `enum(a|b)`, `vector(n)`, `references(table)` and `many(table)`
    there is no type `boolean`, which `a` would have; did you mean `bool`?; the types are `string`, `text`, `int`, `bigint`, `float`, `decimal`, `bool`, `uuid`, `timestamp`, `date`, `json`, `bytes`, `enum(a|b)`, `vector(n)`, `references(table)` and `many(table)`
    there is no type `mongo`, which `a` would have; the types are `string`, `text`, `int`, `bigint`, `float`, `decimal`, `bool`, `uuid`, `timestamp`, `date`, `json`, `bytes`, `enum(a|b)`, `vector(n)`, `references(table)` and `many(table)`
    the type `int` of `a` takes nothing in parentheses; write `a:int`
    `0` is no size for the string `a`; write a number from 1 to 10000: `a:string(200)`
    the enum `a` has nothing to choose; write it as `'a:enum(draft|published)'`, or without quotes as `a:enum:draft,published`
    the type `enum(b` of `a` does not end with `)`; in a shell, quote it: `'status:enum(draft|published)'`
    the enum `a` has the choice `b` twice; leave one of them out
    the choice `self` of `a` is a keyword of Rust; choose another word
    the choice `B` cannot be called that: a name is lower-case words of letters and digits, joined by `_`; write it as `b`
    the vector `a` has no number of dimensions; write as many as your model has: `a:vector(384)`
    `9000` is no size for the vector `a`; write a number from 1 to 2000: `a:vector(384)`
    `a` names no table; write which: `a:references(notes)`
    `a` names no table; write which: `a:many(notes)`
    nothing may stand behind `a:many(b)`, which may always be empty; write `a:many(b)`
    nothing may stand behind `a:many(b)`, which may always be empty; write `a:many(b)`
    `40` is no size for the decimal `a`; write how many digits it has, of at most 28, and how many of them behind the point: `a:decimal(12,2)`
    `2,3` is no size for the decimal `a`; write how many digits it has, of at most 28, and how many of them behind the point: `a:decimal(12,2)`
    the field `Name` cannot be called that: a name is lower-case words of letters and digits, joined by `_`; write it as `name`
    the field `my-name` cannot be called that: a name is lower-case words of letters and digits, joined by `_`; write it as `my_name`
    the field `1st` cannot be called that: a name is lower-case words of letters and digits, joined by `_`; write a word such as `title`
    every table has a `version` by itself, or uses that name; leave this field out, or call it something else
    every table has a `user_id` by itself, or uses that name; leave this field out, or call it something else
    the field cannot be called `order`, which is a word of SQL; find another name, for example `order_name`
    the field cannot be called `type`, which is a word of Rust; find another name, for example `type_name`
    the field `a\u{7}` cannot be called that: a name is lower-case words of letters and digits, joined by `_`; write it as `a`
    ");
}

#[test]
fn behind_a_type_stand_unique_index_and_a_default_in_any_order() {
    let all = [
        "a:string:unique",
        "a:string?:uniq",
        "a:string(80):unique?",
        "a:int:index:default=-1",
        "a:enum(b|c):default=c:index",
        "a:enum:b,c:default=b",
        "a:references:authors?:unique",
        "a:timestamp:default=now",
        "a:date:default=today",
        "a:date:default=2026-02-30",
        "a:string:default=it's: so",
        "a:bool:default=yes",
        "a:enum(b|c):default=d",
        "a:decimal(4,2):default=100.5",
        "a:decimal(4,2):default=10.50",
        "a:json:default={}",
        "a:text:unique",
        "a:string(5):unique",
        "a:int:unique:default=1",
        "a:text:index",
        "a:bytes:index",
    ];
    let all: Vec<String> = all.iter().map(|typed| shown(typed)).collect();
    insta::assert_snapshot!(all.join("\n"), @r#"
    a String(200) unique
    a String(200) optional unique
    a String(80) optional unique
    a Int index default "-1"
    a Enum(["b", "c"]) index default "c"
    a Enum(["b", "c"]) default "b"
    a_id References("authors") optional unique
    a Timestamp default "now"
    a Date default "today"
    `2026-02-30` is no default for `a`; write `default=today`, or a day such as `default=2026-01-31`
    a String(200) default "it's: so"
    `yes` is no default for `a`; write `a:bool:default=true`
    `d` is no default for `a`; write one of its words: `default=b`
    `100.5` is no default for `a`; write a number that the type can hold: `default=0`
    a Decimal(4, 2) default "10.50"
    `{}` is no default for `a`; texts, numbers, `bool`, `enum`, `date` and `timestamp` can have one
    `a` cannot be unique; `string`, `int`, `bigint`, `uuid` and `references` can; if you need it all the same, write it into `schema/`
    `a` cannot be unique; a `string` of 6 to 600 characters can; if you need it all the same, write it into `schema/`
    `a` is unique and has a default, which only one row could have; leave one of them out
    `a` cannot have an index; a text of at most 600 characters can; if you need it all the same, write it into `schema/`
    `a` cannot have an index; all but `json`, `bytes` and `vector` can; if you need it all the same, write it into `schema/`
    "#);
}
