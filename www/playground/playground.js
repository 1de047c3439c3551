// The playground's page: fields to settings, settings to preview, tag and address. What it knows is in tag.js.
import { attributes, clean, contrast, from_hash, initial, origin_of, package_text, shown_contrast, tag_text, to_hash, wrong } from "./tag.js";

// Where anybody's own relay runs with the demo shop (`cargo xtask dev`).
const LOOPBACK = /^(127\.0\.0\.1|localhost|\[::1\])$/;
const DEMO_KEY = "pk_demo_storefront";

// A preview that has to start anew waits for a pause in the typing.
const PAUSE_MS = 500;
const COPIED_MS = 2500;

// What a preview's page has room for, as the styles say it.
const DEVICE_WIDTHS = { desktop: 1120, phone: 375 };
const PHONE_HEIGHT = 680;
const PHONE_FRAME = 20;
const PHONE_SCALE_MIN = 0.75;
// What stands above and below a phone's screen and should be seen with it.
const AROUND = 340;
const STICK = 20;

const HINTS = {
  no_key: "Нажмите на кнопку чата в углу. Пока нет ключа, это показ без переписки.",
  key: "Нажмите на кнопку чата в углу и напишите. Если чат не отвечает, разрешите этому магазину адрес ",
  page: "Вставьте перед </body> на всех страницах магазина.",
  strict: " Если сайт запрещает стили и скрипты внутри страницы (строгий CSP), перенесите их в свои файлы.",
  package: "Для магазинов, которые собирают скрипты. Пакет — файл prilavok-<версия>.tgz: его делает «cargo xtask package», ставит «npm install ./prilavok-<версия>.tgz».",
};

const home = location.origin;
const form = document.querySelector("form");
const frame = document.querySelector("iframe");
const stage = document.querySelector(".stage");
const by_id = (id) => document.getElementById(id);
const tabs = [by_id("tab-page"), by_id("tab-package")];
const copy = by_id("copy");

const first = () => ({ ...initial(home), key: LOOPBACK.test(location.hostname) ? DEMO_KEY : "" });

// What is typed, right or wrong.
let typed;

const field = (name) => form.elements[name];

const fill = (settings) => {
  typed = settings;
  for (const [name, text] of Object.entries(settings)) field(name).value = text;
};

const read_address = () => {
  const said = from_hash(location.hash, home);
  if (!said.key) said.key = first().key;
  fill(said);
};

const tell_wrong = (name) => {
  const line = by_id(name + "-wrong");
  if (!line) return;
  const text = wrong(name, typed[name]);
  // (Written anew, the same words would be read out again.)
  if (line.textContent != text) line.textContent = text;
  field(name).setAttribute("aria-invalid", String(text != ""));
};

const show_numbers = () => {
  for (const output of form.querySelectorAll("output")) output.value = typed[output.htmlFor.value] + " px";
};

const show_colour = (settings) => {
  by_id("swatch").value = settings.accent;
  const { white, black, taken } = contrast(settings.accent);
  by_id("contrast").style.setProperty("--colour", settings.accent);
  for (const [name, ratio] of Object.entries({ white, black })) {
    const box = by_id("on-" + name);
    box.querySelector("dd").textContent = shown_contrast(ratio);
    box.classList.toggle("taken", name == taken);
  }
  by_id("accent-hint").textContent = `Чат возьмёт ${taken == "white" ? "белый" : "чёрный"}: он читается лучше. Хорошо — от ${shown_contrast(4.5)}.`;
};

const is_package = () => tabs[1].tabIndex == 0;

const show_tag = (settings) => {
  const text = is_package() ? package_text(settings) : tag_text(settings);
  const is_strict = !is_package() && /<style>|<script>/.test(text);
  by_id("code").textContent = text;
  by_id("code-hint").textContent = is_package() ? HINTS.package : HINTS.page + (is_strict ? HINTS.strict : "");
};

const show_hints = (settings) => {
  const relay = by_id("relay-hint");
  const is_own = settings.relay == home;
  relay.textContent = is_own ? relay.dataset.own : relay.dataset.other;
  relay.classList.toggle("careful", !is_own);
  by_id("preview-hint").textContent = settings.key ? HINTS.key + home + "." : HINTS.no_key;
};

// The preview takes its settings from its own address. A part of them needs a new page, the rest it takes at once.
let previewed, pause;
const show_preview = (settings) => {
  const address = "preview/#" + to_hash(settings, home);
  const needs_new = JSON.stringify([attributes(settings), settings.relay, settings.greeting]);
  const show = () => {
    if (previewed == null) frame.src = address;
    else frame.contentWindow.location.replace(new URL(address, location.href));
    previewed = needs_new;
  };
  clearTimeout(pause);
  if (previewed == null || previewed == needs_new) show();
  else pause = setTimeout(show, PAUSE_MS);
};

const show = () => {
  const settings = clean(typed, home);
  Object.keys(typed).forEach(tell_wrong);
  show_numbers();
  show_colour(settings);
  show_hints(settings);
  show_tag(settings);
  show_preview(settings);
  return settings;
};

const change = () => {
  const hash = to_hash(show(), home);
  history.replaceState(history.state, "", hash ? "#" + hash : location.pathname + location.search);
};

form.addEventListener("input", ({ target }) => {
  if (target.id == "swatch") field("accent").value = target.value;
  for (const name of Object.keys(typed)) typed[name] = field(name).value;
  change();
});

form.addEventListener("submit", (event) => event.preventDefault());

// What a form's own reset would bring back is what the page was written with.
form.addEventListener("reset", (event) => {
  event.preventDefault();
  fill(first());
  change();
});

addEventListener("hashchange", () => {
  read_address();
  show();
});

// (The address is the settings' own: a jump is not written there.)
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  by_id("tag").focus();
});

// The preview's screen, as large as there is room for: a phone is seen whole.
const fit = () => {
  const is_phone = stage.dataset.device == "phone";
  const wide = (stage.clientWidth - (is_phone ? PHONE_FRAME : 0)) / DEVICE_WIDTHS[stage.dataset.device];
  const high = is_phone ? Math.max(PHONE_SCALE_MIN, (innerHeight - AROUND) / PHONE_HEIGHT) : 1;
  stage.style.setProperty("--scale", String(Math.min(1, wide, high)));
};
new ResizeObserver(fit).observe(stage);
addEventListener("resize", fit);

// What sticks beside the settings sticks by its lower end when it is higher than the window: the tag is there.
const result = document.querySelector(".result");
const stick = () => result.style.setProperty("--stick", Math.min(STICK, innerHeight - result.offsetHeight - STICK) + "px");
new ResizeObserver(stick).observe(result);
addEventListener("resize", stick);

for (const input of document.querySelectorAll("[name=device]")) {
  input.checked = input.value == (matchMedia("(max-width: 699.98px)").matches ? "phone" : "desktop");
  if (input.checked) stage.dataset.device = input.value;
  input.addEventListener("change", () => {
    stage.dataset.device = input.value;
    fit();
  });
}

// Tabs as the ARIA practices have them: one stop for Tab, arrows between them.
const select = (tab) => {
  for (const one of tabs) {
    one.setAttribute("aria-selected", String(one == tab));
    one.tabIndex = one == tab ? 0 : -1;
  }
  by_id("code-panel").setAttribute("aria-labelledby", tab.id);
  show_tag(clean(typed, home));
};
for (const [at, tab] of tabs.entries()) {
  tab.addEventListener("click", () => select(tab));
  tab.addEventListener("keydown", ({ key }) => {
    const to = { ArrowLeft: tabs[at ? at - 1 : tabs.length - 1], ArrowRight: tabs[(at + 1) % tabs.length], Home: tabs[0], End: tabs[tabs.length - 1] }[key];
    if (!to) return;
    select(to);
    to.focus();
  });
}

// Without the clipboard's permission (plain http, an old browser) the text is marked, so that it can be copied by hand.
const write_clipboard = async (text) => {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    getSelection().selectAllChildren(by_id("code"));
    return document.execCommand("copy");
  }
};

let copied;
copy.addEventListener("click", async () => {
  const bad = Object.keys(typed).find((name) => wrong(name, typed[name])) || (typed.key.trim() ? null : "key");
  if (bad) {
    by_id("copied").textContent = "";
    if (bad == "key" && !typed.key.trim()) by_id("key-wrong").textContent = "Сначала укажите ключ: без него тег не заработает.";
    field(bad).focus();
    return;
  }
  const done = await write_clipboard(by_id("code").textContent);
  copy.textContent = done ? "Скопировано" : "Нажмите Ctrl+C";
  by_id("copied").textContent = copy.textContent;
  copy.classList.toggle("done", done);
  clearTimeout(copied);
  copied = setTimeout(() => {
    copy.textContent = "Скопировать";
    by_id("copied").textContent = "";
    copy.classList.remove("done");
  }, COPIED_MS);
});

// A relay's address is rewritten as it is meant once it is left.
field("relay").addEventListener("change", () => {
  const origin = origin_of(typed.relay);
  if (origin) typed.relay = field("relay").value = origin;
});

read_address();
show();
