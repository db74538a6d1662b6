//! What can be typed to add a table.

use std::path::PathBuf;

use clap::Args;

/// `heavy add-table`.
#[derive(Args, Debug)]
#[command(after_help = "A field is `name:type`, with `?` behind it if it may be left out. The types are
  string  string(80)      one line, of at most 200 or so many characters
  text  text(5000)        many lines, of at most 20000 or so many characters
  int  bigint  float      numbers of 32 and 64 bits, and with a fraction
  decimal  decimal(12,2)  an exact number: digits in all, and behind the point
  bool  uuid  json  bytes
  timestamp  date         a moment; a day
  enum(a|b)               one of these words
  vector(384)             an embedding; needs the feature pgvector
  references(authors)     a row of another table, or of the same one
  many(tags)              any number of rows of another table
Behind a type may stand
  :unique                 no two rows may have the same; no two of one owner, where rows have owners
  :index                  an index, for what you search or sort by yourself
  :default=draft          what it is where nothing is said; `now` and `today` for `timestamp` and `date`
In a shell, quote parentheses and `?`; or write `status:enum:draft,published`.

Every row belongs to the user who made it, unless --shared. Files of yours get single lines where they have the shape
that the template gave them; where they have not, you are told what to paste, and the exit code is 1.

Examples:
  heavy add-table books title:string 'author:string?' pages:int 'published:date?'
  heavy add-table tags name:string:unique --shared
  heavy add-table folders name:string 'parent:references(folders)?' status:enum:open,closed:default=open
  heavy add-table articles title:string 'tags:many(tags)'
  heavy add-table chapters title:string book:references:books --unique title,book
  heavy add-table --eject        # the templates of these files, to change them: templates/table/")]
pub struct AddTable {
    /// The table, in the plural: `blog_posts`
    pub name: Option<String>,
    /// Its fields
    #[arg(value_name = "FIELD:TYPE")]
    pub fields: Vec<String>,
    /// Fields of which no two rows may have the same values; no two of one owner, where rows have owners
    #[arg(long, value_name = "FIELD,FIELD")]
    pub unique: Vec<String>,
    /// The name of one row, as a type, where the singular is not the right one
    #[arg(long, value_name = "NAME")]
    pub model: Option<String>,
    /// Let everybody who is logged in read and write every row
    #[arg(long)]
    pub shared: bool,
    /// Write the templates of these files to `templates/table/`, where they are yours to change
    #[arg(long, conflicts_with_all = ["name", "fields", "unique", "model", "shared"])]
    pub eject: bool,
    /// What commands that write files take
    #[command(flatten)]
    pub common: Common,
}

/// `heavy add-field`.
#[derive(Args, Debug)]
#[command(
    after_help = "The fields are written as for `heavy add-table`, whose help has the types. The table is made twice in memory, as it was
and with the new fields, from the line `-- heavy add-table …` in its file of the schema; what is different is merged into your
files as `heavy sync` does it. What you edited stays; where you changed the same lines, both versions stand between markers.

Examples:
  heavy add-field books 'subtitle:string?'
  heavy add-field books pages:int:default=0 'author:references(authors)?' 'tags:many(tags)'
  cargo dev migrate --name add_subtitle     # afterwards: the migration"
)]
pub struct AddField {
    /// The table
    pub table: String,
    /// The new fields
    #[arg(value_name = "FIELD:TYPE", required = true)]
    pub fields: Vec<String>,
    /// What commands that write files take
    #[command(flatten)]
    pub common: Common,
}

/// `heavy remove-field`.
#[derive(Args, Debug)]
#[command(after_help = "The way back of `heavy add-field`, for any field of a table that `heavy add-table` made.

Examples:
  heavy remove-field books subtitle
  cargo dev migrate --name remove_subtitle  # afterwards: the migration that drops it")]
pub struct RemoveField {
    /// The table
    pub table: String,
    /// The fields
    #[arg(value_name = "FIELD", required = true)]
    pub fields: Vec<String>,
    /// What commands that write files take
    #[command(flatten)]
    pub common: Common,
}

/// `heavy remove-table`.
#[derive(Args, Debug)]
#[command(
    after_help = "The way back of `heavy add-table`: the table's files go, and its lines in files of yours. How the table was made
stands in its file of the schema, in the line `-- heavy add-table …`. A file that you edited since stays, and is named; --force
deletes it too. A table to which others refer is refused.

Examples:
  heavy remove-table books
  cargo dev migrate --name remove_books     # afterwards: the migration that drops it"
)]
pub struct RemoveTable {
    /// The table
    pub name: String,
    /// Delete its files even where you edited them
    #[arg(long)]
    pub force: bool,
    /// What commands that write files take
    #[command(flatten)]
    pub common: Common,
}

/// `heavy add-page`.
#[derive(Args, Debug)]
#[command(after_help = "A live page in a file of its own, its route, and a test.

Examples:
  heavy add-page about
  heavy add-page order-history --signed-in --link --title \"Your orders\"")]
pub struct AddPage {
    /// The page, as it stands in its URL: `about-us`
    pub name: Option<String>,
    /// What its heading and its tab say [default: from the name, `about-us` becomes "About us"]
    #[arg(long)]
    pub title: Option<String>,
    /// Show it only to who is logged in
    #[arg(long)]
    pub signed_in: bool,
    /// Put a link to it into the navigation of who is logged in
    #[arg(long)]
    pub link: bool,
    /// What commands that write files take
    #[command(flatten)]
    pub common: Common,
}

/// What commands that write files of a project take.
#[derive(Args, Debug)]
pub struct Common {
    /// The project [default: the folder with a `heavy.toml`, from here upwards]
    #[arg(long, value_name = "DIR")]
    pub project: Option<PathBuf>,
    /// Show the plan, and write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Show what changes in the files too, as `git diff` does
    #[arg(long)]
    pub diff: bool,
    /// Do it without asking
    #[arg(long, short)]
    pub yes: bool,
    /// Print the plan as one JSON object, and ask nothing
    #[arg(long)]
    pub json: bool,
    /// Say nothing but errors
    #[arg(long, short)]
    pub quiet: bool,
}
