//! The static files: what the storefront's visitor, the merchant's page and the operator download.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use serde_json::Value;
use shared::words::{Extra, Language, Text, Word};

use super::publish::{self, Files};
use super::stamp;
use crate::failure::Failure;
use crate::paths::Paths;
use crate::process;

/// Other sites' pages load the loader and the widget, so those allow any origin. The widget's parts lie in a folder that is
/// named by their content, so they never change; `no-cache` asks for a revalidation of the rest each time. The playground tries
/// out the relay that its address names, so it may talk to any; what it runs is this origin's own.
const HEADERS: &str = "\
/*
  X-Content-Type-Options: nosniff
/prilavok.js
  Access-Control-Allow-Origin: *
  Cache-Control: no-cache
/widget/*
  Access-Control-Allow-Origin: *
  Cache-Control: public, max-age=31536000, immutable
/inbox/*
  Cache-Control: no-cache
/pictures/*
  Cache-Control: no-cache
/playground/*
  Cache-Control: no-cache
  Content-Security-Policy: default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src * blob:; connect-src *; frame-src 'self'; frame-ancestors 'self'; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'
/index.html
  Cache-Control: no-cache
";

/// The loader runs as a classic script, whose bytes a page in another encoding would misread: it stays ASCII.
const LOADER: [&str; 3] = ["--target=es2020", "--format=iife", "--charset=ascii"];
const MODULE: [&str; 3] = ["--target=es2020", "--format=esm", "--charset=utf8"];
const STYLE: [&str; 2] = ["--target=es2020,chrome87,firefox78,safari14", "--charset=utf8"];

/// Everything under dist/www, given the glue and wasm of the two browser crates.
pub fn collect(paths: &Paths, widget: &Files, inbox: &Files) -> Result<Files, Failure> {
    let www = paths.root.join("www");
    let mut files = publish::read_tree(paths, &www.join("storefront"))?;
    put(&mut files, "_headers", HEADERS.into());
    let parts = parts(paths, widget)?;
    let folder = format!("widget/{}/", stamp::stamp_of(&parts.values().map(Vec::as_slice).collect::<Vec<_>>()));
    put(&mut files, "prilavok.js", loader(paths, &folder)?);
    add(&mut files, &folder, &parts);
    add(&mut files, "inbox", inbox);
    put(&mut files, "inbox/index.html", publish::read(paths, &www.join("inbox/index.html"))?);
    put(&mut files, "inbox/icon.svg", publish::read(paths, &www.join("inbox/icon.svg"))?);
    for style in ["inbox/inbox.css", "inbox/tools.css", "inbox/bulk.css", "inbox/report.css"] {
        put(&mut files, style, minified(paths, &www.join(style), &STYLE)?);
    }
    add(&mut files, "playground", &playground(paths, &www.join("playground"))?);
    let boot = www.join("inbox/boot.js");
    if boot.is_file() {
        put(&mut files, "inbox/boot.js", minified(paths, &boot, &MODULE)?);
    }
    Ok(files)
}

/// The page on which a merchant tries the chat out. Its scripts are modules that import each other by their own names.
fn playground(paths: &Paths, folder: &Path) -> Result<Files, Failure> {
    let mut files = publish::read_tree(paths, folder)?;
    for (name, content) in &mut files {
        let flags: &[&str] = match name.extension().and_then(OsStr::to_str) {
            Some("js") => &MODULE,
            Some("css") => &STYLE,
            _ => continue,
        };
        *content = minified(paths, &folder.join(name), flags)?;
    }
    Ok(files)
}

/// The script of the tag, whose parts lie in `folder` beside it (ends in `/`).
pub fn loader(paths: &Paths, folder: &str) -> Result<Vec<u8>, Failure> {
    let loader = paths.root.join("www/loader");
    let define = format!("--define:PARTS=\"{folder}\"");
    bundled(paths, &[&loader.join("prilavok.js"), &loader.join("chat.js")], &[&LOADER[..], &[&define]].concat())
}

/// The npm package's module. Its parts are fetched when they are needed, by whatever bundles it.
pub fn package_module(paths: &Paths) -> Result<Vec<u8>, Failure> {
    let loader = paths.root.join("www/loader");
    let flags = [&MODULE[..], &["--external:./widget/*"]].concat();
    bundled(paths, &[&loader.join("index.js"), &loader.join("chat.js")], &flags)
}

/// Everything of the widget but the loader, given its glue and wasm.
pub fn parts(paths: &Paths, widget: &Files) -> Result<Files, Failure> {
    let (scripts, theme) = (paths.root.join("widget/js"), paths.root.join("widget/src/theme"));
    let mut files = widget.clone();
    put(&mut files, "widget.css", minified(paths, &theme.join("widget.css"), &STYLE)?);
    let defines = defines();
    let flags: Vec<&str> = MODULE.into_iter().chain(defines.iter().map(String::as_str)).collect();
    for name in ["sdk", "rich", "triggers", "ecommerce"] {
        put(&mut files, &format!("{name}.js"), with_imports(paths, &scripts.join(format!("{name}.js")), &flags)?);
    }
    // Parts with styles of their own carry them as a text.
    for (name, source) in [("files", "files.js"), ("more", "more/index.js"), ("around", "around/index.js")] {
        let style = minified(paths, &theme.join(format!("{name}.css")), &STYLE)?;
        let style = Value::from(String::from_utf8_lossy(&style)).to_string();
        let define = format!("--define:STYLE={style}");
        let flags: Vec<&str> = flags.iter().copied().chain([define.as_str()]).collect();
        put(&mut files, &format!("{name}.js"), with_imports(paths, &scripts.join(source), &flags)?);
    }
    for language in Language::ALL {
        let tag = language.tag();
        put(&mut files, &format!("{tag}.js"), words(Word::ALL.iter().map(|word| language.word(*word))));
        put(&mut files, &format!("{tag}-more.js"), words(Extra::ALL.iter().map(|word| language.extra(*word))));
    }
    Ok(files)
}

/// What scripts call the numbers of words: `WORD.send`, `EXTRA.copy`.
pub fn defines() -> Vec<String> {
    let words = Word::ALL.iter().map(|word| ("WORD", word.name(), *word as u8));
    let extra = Extra::ALL.iter().map(|word| ("EXTRA", word.name(), *word as u8));
    words.chain(extra).map(|(of, name, number)| format!("--define:{of}.{name}={number}")).collect()
}

/// A module of words (widget/js/words.js): texts, and objects by plural category, in the order of their numbers.
fn words(texts: impl Iterator<Item = Text>) -> Vec<u8> {
    let texts: Value = texts
        .map(|text| match text {
            Text::One(text) => Value::from(text),
            Text::Many(forms) => {
                let forms = forms.iter().map(|(plural, text)| (plural.as_str().to_owned(), Value::from(*text)));
                Value::Object(forms.collect())
            }
        })
        .collect();
    format!("export default {texts}\n").into_bytes()
}

fn put(files: &mut Files, name: &str, content: Vec<u8>) {
    files.insert(PathBuf::from(name), content);
}

fn add(files: &mut Files, folder: &str, more: &Files) {
    files.extend(more.iter().map(|(name, content)| (Path::new(folder).join(name), content.clone())));
}

/// A module with those that it imports, in one file. All of them are named, so that a change of any is noticed.
fn bundled(paths: &Paths, sources: &[&Path], flags: &[&str]) -> Result<Vec<u8>, Failure> {
    from_sources(paths, sources, &[flags, &["--bundle"]].concat())
}

/// A script of the widget, with whatever of the widget's scripts it imports.
fn with_imports(paths: &Paths, source: &Path, flags: &[&str]) -> Result<Vec<u8>, Failure> {
    let mut sources = vec![source.to_owned()];
    let scripts = publish::read_tree(paths, &paths.root.join("widget/js"))?;
    sources.extend(scripts.into_keys().map(|name| paths.root.join("widget/js").join(name)));
    let sources: Vec<&Path> = sources.iter().map(PathBuf::as_path).collect();
    bundled(paths, &sources, &[flags, &["--external:*/rich.js"]].concat())
}

fn minified(paths: &Paths, source: &Path, flags: &[&str]) -> Result<Vec<u8>, Failure> {
    from_sources(paths, &[source], flags)
}

fn from_sources(paths: &Paths, sources: &[&Path], flags: &[&str]) -> Result<Vec<u8>, Failure> {
    let contents: Vec<Vec<u8>> = sources.iter().map(|source| publish::read(paths, source)).collect::<Result<_, _>>()?;
    let Some(source) = sources.first() else { return Ok(Vec::new()) };
    let name = paths.shown(source).replace('/', "-");
    let flags_line = flags.join(" ");
    let inputs: Vec<&[u8]> = contents.iter().map(Vec::as_slice).chain([flags_line.as_bytes()]).collect();
    let folder = stamp::made(paths, &name, &inputs, |folder| {
        let mut esbuild = process::command(paths, "esbuild");
        esbuild.arg(source).arg(format!("--outfile={}", folder.join(&name).display()));
        process::run_quiet(esbuild.args(flags).args(["--minify", "--log-level=warning"])).map(drop)
    })?;
    publish::read(paths, &folder.join(&name))
}
