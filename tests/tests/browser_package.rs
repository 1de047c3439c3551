//! The npm package, as a merchant uses it: installed from its tarball into a Vite application, and served as it is by a host of
//! the merchant's own.

use std::path::{Path, PathBuf};
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha384};
use tests::world::{Browser, Files, Organization, Page, Root, Screen, World, place};

fn run(program: &str, args: &[&str], folder: &Path) -> String {
    let path = format!("{}:{}", place::node_bin().display(), std::env::var("PATH").unwrap_or_default());
    let output = Command::new(program).args(args).current_dir(folder).env("PATH", path).output().expect(program);
    let told = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{program} {args:?}: {told}");
    told
}

fn tarball() -> PathBuf {
    let folder = place::root().join("dist");
    let mut files = std::fs::read_dir(&folder).expect("dist").map(|entry| entry.expect("an entry").path());
    files
        .find(|path| path.extension().is_some_and(|extension| extension == "tgz"))
        .expect("`cargo xtask package` made it")
}

async fn talk(page: &Page) {
    page.click(Root::Widget, ".launcher").await;
    page.write(Root::Widget, ".input", "Здравствуйте, https://lavka.example\u{e007}").await;
    page.find(Root::Widget, ".msg.mine .tick:not(.sending)").await;
    page.until_text(Root::Widget, ".msg.mine .body a", "https://lavka.example").await;
    page.write(Root::Widget, ".pick", place::root().join("www/pictures/inbox.png").to_str().expect("a path")).await;
    page.find(Root::Widget, ".msg.mine .pic img").await;
}

const VITE_PAGE: &str = r#"<!doctype html><html lang="ru"><meta charset="utf-8"><title>Vite</title>
<h1>Каталог</h1><button id="ask">Спросить</button><script type="module" src="/main.ts"></script></html>"#;

/// A strict TypeScript program: the declarations have to be right.
const VITE_MAIN: &str = r#"import { prilavok, type Events, type Prilavok } from "prilavok";
const query = new URLSearchParams(location.search);
const chat: Prilavok = prilavok({ key: query.get("key") ?? "", relay: query.get("relay") ?? "", locale: "en", position: "left" });
const heard: Events["message"][] = [];
chat.on("message", (message) => heard.push(message));
chat.on("status", ({ status }) => { if (status === "online") document.title = "online"; });
document.querySelector("button")!.addEventListener("click", () => chat.open());
Object.assign(window, { heard });
"#;

#[tokio::test]
async fn a_vite_application_and_a_plain_page_have_the_chat_from_the_package() {
    let (world, browser) = (World::start().await, Browser::start().await);
    let folder = place::temporary("package");
    std::fs::create_dir_all(&folder).expect("a folder");
    let app = folder.join("app");
    std::fs::create_dir_all(&app).expect("a folder");
    let description = json!({
        "name": "shop", "private": true, "type": "module",
        "dependencies": {"prilavok": format!("file:{}", tarball().display())},
    });
    std::fs::write(app.join("package.json"), description.to_string()).expect("a file");
    std::fs::write(app.join("index.html"), VITE_PAGE).expect("a file");
    std::fs::write(app.join("main.ts"), VITE_MAIN).expect("a file");
    let compiler = json!({"compilerOptions": {
        "strict": true, "noEmit": true, "target": "es2022", "module": "esnext", "moduleResolution": "bundler", "lib": ["es2022", "dom"],
    }});
    std::fs::write(app.join("tsconfig.json"), compiler.to_string()).expect("a file");
    run("npm", &["install", "--no-audit", "--no-fund", "--offline"], &app);
    let tools = place::root().join("node_modules");
    run("node", &[tools.join("typescript/bin/tsc").to_str().expect("a path"), "-p", "."], &app);
    run("node", &[tools.join("vite/bin/vite.js").to_str().expect("a path"), "build", "--logLevel", "warn"], &app);

    let files = Files::serve(&app.join("dist")).await;
    let shop = Organization::create(&world, "vite", &[files.origin()], None).await;
    let page = browser.page("package-vite", Screen::Wide).await;
    page.goto(&format!("{}/index.html?key={}&relay={}", files.origin(), shop.key, world.url())).await;
    page.click(Root::Page, "#ask").await;
    page.find(Root::Widget, ".input[placeholder='Message']").await;
    page.click(Root::Widget, ".close").await;
    talk(&page).await;
    let heard = page.run("return heard.map((message) => message.side)").await;
    assert_eq!(heard[0], "user", "{heard}");
    page.close().await;

    // As it is, from a host of the merchant's own; the script checked by its hash.
    let package = app.join("node_modules/prilavok");
    let read = |name: &str| std::fs::read(package.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    let manifest: Value = serde_json::from_slice(&read("manifest.json")).expect("JSON");
    for (name, file) in manifest["files"].as_object().expect("files") {
        let hash = format!("sha384-{}", STANDARD.encode(Sha384::digest(read(name))));
        assert_eq!(file["integrity"], hash, "{name}");
    }
    let files = Files::serve(&package).await;
    let shop = Organization::create(&world, "plain", &[files.origin()], None).await;
    let html = format!(
        "<!doctype html><html lang=\"ru\"><meta charset=\"utf-8\"><title>Лавка</title><h1>Каталог</h1><script async src=\"prilavok.js\" \
         integrity=\"{}\" data-key=\"{}\" data-relay=\"{}\"></script></html>",
        manifest["files"]["prilavok.js"]["integrity"].as_str().expect("a hash"),
        shop.key,
        world.url()
    );
    std::fs::write(package.join("shop.html"), html).expect("a page");
    let page = browser.page("package-plain", Screen::Phone).await;
    page.goto(&format!("{}/shop.html", files.origin())).await;
    talk(&page).await;
    page.close().await;
    let _ = std::fs::remove_dir_all(folder);
}
