//! dist/alone: the same relay and files for plain workerd, without wrangler and without Cloudflare.
//!
//! `config.capnp` names everything beside it, so the folder and a workerd are all that a server needs. Settings come from
//! workerd's environment; where to listen (`http`) and where to keep the state (`state`) are told on its command line.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::publish::{self, Files};
use super::secrets;
use super::stamp;
use crate::failure::{Doing, Failure};
use crate::paths::Paths;
use crate::process;

/// The name of the file that workerd starts from.
pub const CONFIG: &str = "config.capnp";
/// Its constant whose relay reaches public addresses only: nobody can aim it at the host's own network.
pub const FAR: &str = "far";
/// Its constant whose relay reaches this machine and its network, too: for a simulated upstream.
pub const NEAR: &str = "near";

/// Settings that may be absent.
pub const OPTIONAL: [&str; 5] =
    ["TRUSTED_PROXY_HOPS", "METRICS_TOKEN", "OZON_HOST", "OZON_PUSH_NETWORKS", "RATE_FACTOR"];

/// A file smaller than this travels in one packet anyway.
const COMPRESS_BYTES_MIN: usize = 1024;

/// What wrangler.toml says about the relay, as far as it holds without wrangler.
struct Deployment {
    compatibility_date: String,
    compatibility_flags: Vec<String>,
    relay_first: Vec<String>,
    /// Binding and class.
    objects: Vec<(String, String)>,
    vars: Vec<(String, String)>,
}

/// Everything under dist/alone, from what is in dist/relay and dist/www.
pub fn collect(paths: &Paths) -> Result<Files, Failure> {
    let deployment = deployment(paths)?;
    let mut files = bundle(paths)?;
    let mut table = Table::default();
    let www = publish::read_tree(paths, &paths.www())?;
    let rules =
        www.get(Path::new("_headers")).map(|text| String::from_utf8_lossy(text).into_owned()).unwrap_or_default();
    for (name, content) in www.iter().filter(|(name, _)| !name.starts_with("_headers")) {
        table.add(paths, &path_of(name)?, content, &rules)?;
    }
    files.insert("files.mjs".into(), table.module(&deployment).into_bytes());
    files.append(&mut table.contents);
    files.insert(CONFIG.into(), config(&deployment, &files).into_bytes());
    Ok(files)
}

/// The relay's JavaScript in one module, and its wasm beside it.
fn bundle(paths: &Paths) -> Result<Files, Failure> {
    let modules = publish::read_tree(paths, &paths.relay_module())?;
    let entries = ["alone.mjs", "entry.mjs"].map(|name| publish::read(paths, &paths.relay().join(name)));
    let [alone, entry] = entries;
    let (alone, entry) = (alone?, entry?);
    let mut inputs: Vec<&[u8]> = modules.values().map(Vec::as_slice).collect();
    inputs.extend([alone.as_slice(), entry.as_slice()]);
    let folder = stamp::made(paths, "alone", &inputs, |folder| {
        let mut esbuild = process::command(paths, "esbuild");
        esbuild.arg(paths.relay().join("alone.mjs")).arg(format!("--outfile={}", folder.join("main.mjs").display()));
        esbuild.args(["--bundle", "--format=esm", "--target=es2022", "--charset=utf8", "--log-level=warning"]);
        esbuild.args(["--external:cloudflare:workers", "--external:./files.mjs"]);
        process::run_quiet(esbuild.args(["--loader:.wasm=copy", "--asset-names=[name]"])).map(drop)
    })?;
    publish::read_tree(paths, &folder)
}

/// The static files as a module: path to headers and bytes.
#[derive(Default)]
struct Table {
    imports: String,
    entries: Vec<String>,
    contents: Files,
}

impl Table {
    fn add(&mut self, paths: &Paths, path: &str, content: &[u8], rules: &str) -> Result<(), Failure> {
        let mut bytes = vec![("identity", self.keep(path, "", content.to_vec()))];
        if content.len() >= COMPRESS_BYTES_MIN && is_compressible(path) {
            let (brotli, gzip) = compressed(paths, path, content)?;
            bytes.push(("br", self.keep(path, ".br", brotli)));
            bytes.push(("gzip", self.keep(path, ".gz", gzip)));
        }
        let etag = format!("\"{}\"", stamp::stamp_of(&[content]));
        let mut headers = json!({"content-type": content_type(path), "etag": etag, "vary": "accept-encoding"});
        for (name, value) in headers_of(rules, path) {
            headers[name] = value.into();
        }
        let bytes = bytes.iter().map(|(encoding, name)| format!("{encoding}: {name}")).collect::<Vec<_>>().join(", ");
        self.entries.push(format!("  {}: {{ headers: {headers}, bytes: {{ {bytes} }} }},\n", json!(path)));
        Ok(())
    }

    /// Puts a content under www/ and returns the name that it is imported by.
    fn keep(&mut self, path: &str, suffix: &str, content: Vec<u8>) -> String {
        let name = format!("f{}", self.contents.len());
        let file = format!("www{path}{suffix}");
        let _ = writeln!(self.imports, "import {name} from {};", json!(format!("./{file}")));
        self.contents.insert(file.into(), content);
        name
    }

    fn module(&self, deployment: &Deployment) -> String {
        let defaults: Value = deployment.vars.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
        format!(
            "{}export const files = {{\n{}}};\nexport const relayFirst = {};\nexport const defaults = {defaults};\n",
            self.imports,
            self.entries.concat(),
            json!(deployment.relay_first)
        )
    }
}

/// Brotli and gzip, each made once for the same content.
fn compressed(paths: &Paths, path: &str, content: &[u8]) -> Result<(Vec<u8>, Vec<u8>), Failure> {
    let name = format!("compressed{}", path.replace('/', "-"));
    let folder = stamp::quietly(paths, &name, &[content], |folder| {
        let mut brotli = Vec::new();
        let settings = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, ..Default::default() };
        brotli::BrotliCompress(&mut &*content, &mut brotli, &settings).doing(|| format!("compress {path}"))?;
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        gzip.write_all(content).doing(|| format!("compress {path}"))?;
        let gzip = gzip.finish().doing(|| format!("compress {path}"))?;
        std::fs::write(folder.join("br"), brotli).doing(|| format!("keep the compressed {path}"))?;
        std::fs::write(folder.join("gz"), gzip).doing(|| format!("keep the compressed {path}"))
    })?;
    Ok((publish::read(paths, &folder.join("br"))?, publish::read(paths, &folder.join("gz"))?))
}

fn config(deployment: &Deployment, files: &Files) -> String {
    let module = |name: &PathBuf| {
        let name = name.to_string_lossy().replace('\\', "/");
        let kind = match name.rsplit('.').next() {
            _ if name.starts_with("www/") => "data",
            Some("wasm") => "wasm",
            _ => "esModule",
        };
        format!("    (name = {}, {kind} = embed {}),\n", json!(name), json!(name))
    };
    // workerd starts with the first one.
    let main = PathBuf::from("main.mjs");
    let modules: String =
        std::iter::once(&main).chain(files.keys().filter(|name| **name != main)).map(module).collect();
    let objects: String = (deployment.objects.iter())
        .map(|(_, class)| {
            // The key is part of where an object's data lies: it must stay as it is for ever.
            let key = format!("prilavok-{}", class.to_lowercase());
            format!("    (className = {}, uniqueKey = {}, enableSql = true),\n", json!(class), json!(key))
        })
        .collect();
    let bound = deployment.objects.iter().map(|(binding, class)| {
        format!("    (name = {}, durableObjectNamespace = {}),\n", json!(binding), json!(class))
    });
    let vars = deployment.vars.iter().map(|(name, _)| name.as_str());
    let set = secrets::NAMES.into_iter().chain(OPTIONAL).chain(vars);
    let set = set.map(|name| format!("    (name = {}, fromEnvironment = {}),\n", json!(name), json!(name)));
    let bindings: String = bound.chain(set).collect();
    let network = |name: &str, allow: &str| {
        format!(
            "const {name} :Workerd.Config = (\n  services = [\n    (name = \"relay\", worker = .relay),\n    \
             (name = \"state\", disk = (writable = true)),\n    \
             (name = \"internet\", network = (allow = [{allow}], tlsOptions = (trustBrowserCas = true))),\n  ],\n  \
             sockets = [(name = \"http\", http = (), service = \"relay\")],\n);\n"
        )
    };
    format!(
        "# Made by the build; see relay/alone.mjs.\nusing Workerd = import \"/workerd/workerd.capnp\";\n\n{}{}\n\
         const relay :Workerd.Worker = (\n  compatibilityDate = {},\n  compatibilityFlags = {},\n  modules = [\n{modules}  \
         ],\n  durableObjectNamespaces = [\n{objects}  ],\n  durableObjectStorage = (localDisk = \"state\"),\n  \
         bindings = [\n{bindings}  ],\n);\n",
        network(FAR, "\"public\""),
        network(NEAR, "\"public\", \"private\""),
        json!(deployment.compatibility_date),
        json!(deployment.compatibility_flags),
    )
}

fn deployment(paths: &Paths) -> Result<Deployment, Failure> {
    let text = publish::read(paths, &paths.relay().join("wrangler.toml"))?;
    let toml: toml::Table = String::from_utf8_lossy(&text).parse().doing(|| "understand relay/wrangler.toml".into())?;
    parse(&toml).ok_or_else(|| Failure::new("relay/wrangler.toml lacks something that a relay alone on a server needs"))
}

fn parse(toml: &toml::Table) -> Option<Deployment> {
    let text = |value: &toml::Value| value.as_str().map(str::to_owned);
    let texts = |value: &toml::Value| value.as_array()?.iter().map(text).collect::<Option<Vec<_>>>();
    let objects = toml.get("durable_objects")?.get("bindings")?.as_array()?.iter();
    let vars = toml.get("vars").and_then(toml::Value::as_table).into_iter().flatten();
    Some(Deployment {
        compatibility_date: text(toml.get("compatibility_date")?)?,
        compatibility_flags: toml.get("compatibility_flags").map_or(Some(Vec::new()), texts)?,
        relay_first: texts(toml.get("assets")?.get("run_worker_first")?)?,
        objects: objects
            .map(|one| Some((text(one.get("name")?)?, text(one.get("class_name")?)?)))
            .collect::<Option<_>>()?,
        vars: vars.map(|(name, value)| Some((name.clone(), text(value)?))).collect::<Option<_>>()?,
    })
}

/// What a `_headers` file says about a path: rules at the margin (a path, or one with `*` at its end), their headers below.
fn headers_of(rules: &str, path: &str) -> Vec<(String, String)> {
    let mut applies = false;
    let mut headers = Vec::new();
    for line in rules.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
        if line.starts_with(char::is_whitespace) {
            if let Some((name, value)) = line.split_once(':').filter(|_| applies) {
                headers.push((name.trim().to_lowercase(), value.trim().to_owned()));
            }
        } else {
            let rule = line.trim();
            applies = rule.strip_suffix('*').map_or(path == rule, |start| path.starts_with(start));
        }
    }
    headers
}

fn path_of(name: &Path) -> Result<String, Failure> {
    let path = format!("/{}", name.to_string_lossy().replace('\\', "/"));
    let is_plain = path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/._-".contains(&byte));
    if is_plain {
        Ok(path)
    } else {
        Err(Failure::new(format!("dist/www{path}: an address that needs no escapes is wanted")))
    }
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("json") => "application/json",
        Some("svg") => "image/svg+xml",
        Some("wasm") => "application/wasm",
        Some("png") => "image/png",
        Some("webp") => "image/webp",
        Some("ico") => "image/x-icon",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

fn is_compressible(path: &str) -> bool {
    !matches!(path.rsplit('.').next(), Some("png" | "webp" | "jpg" | "woff2"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_files_headers_are_those_of_every_rule_that_covers_it() {
        let rules =
            "/*\n  X-A: 1\n  Cache-Control: no-cache\n/widget/*\n  Access-Control-Allow-Origin: *\n/a.js\n  X-B: 2\n";
        let names = |path| headers_of(rules, path).into_iter().map(|(name, _)| name).collect::<Vec<_>>();
        assert_eq!(names("/index.html"), ["x-a", "cache-control"]);
        assert_eq!(names("/widget/widget.js"), ["x-a", "cache-control", "access-control-allow-origin"]);
        assert_eq!(names("/a.js"), ["x-a", "cache-control", "x-b"]);
        assert_eq!(headers_of("/a\n  B: c:d", "/a"), [("b".into(), "c:d".into())]);
    }

    #[test]
    fn the_configuration_takes_objects_and_settings_from_wranglers() {
        let toml = "compatibility_date = \"2026-10-23\"\n[assets]\nrun_worker_first = [\"/v1/*\"]\n\
                    [[durable_objects.bindings]]\nname = \"ORGANIZATIONS\"\nclass_name = \"Organization\"\n\
                    [vars]\nOZON_BASE_URL = \"https://x\"\n";
        let deployment = toml.parse().ok().and_then(|toml| parse(&toml)).expect("a deployment");
        let files = [("main.mjs".into(), vec![]), ("index_bg.wasm".into(), vec![]), ("www/a.js".into(), vec![])].into();
        let text = config(&deployment, &files);
        for part in [
            "(className = \"Organization\", uniqueKey = \"prilavok-organization\", enableSql = true)",
            "(name = \"ORGANIZATIONS\", durableObjectNamespace = \"Organization\")",
            "(name = \"OZON_BASE_URL\", fromEnvironment = \"OZON_BASE_URL\")",
            "(name = \"ADMIN_TOKEN\", fromEnvironment = \"ADMIN_TOKEN\")",
            "modules = [\n    (name = \"main.mjs\", esModule = embed \"main.mjs\"),",
            "(name = \"index_bg.wasm\", wasm = embed \"index_bg.wasm\")",
            "(name = \"www/a.js\", data = embed \"www/a.js\")",
            "allow = [\"public\"]",
        ] {
            assert!(text.contains(part), "{part} is not in {text}");
        }
    }

    #[test]
    fn a_name_that_an_address_cannot_spell_is_refused() {
        assert_eq!(path_of(Path::new("widget/a-b_1.js")).ok().as_deref(), Some("/widget/a-b_1.js"));
        assert!(path_of(Path::new("a b.js")).is_err());
        assert!(path_of(Path::new("ц.js")).is_err());
    }
}
