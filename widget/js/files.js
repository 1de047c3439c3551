// Files on the screen of the chat: what is on its way, pictures and documents in messages, a picture in full. Fetched with the
// first file. Text becomes text nodes.

import { save_file, stop_upload, upload_file } from "./upload.js";

// The same numbers are in src/view/attend.rs: where to upload ("address\ntoken"), to send what has arrived ("" if it will
// be), a fresh link to a file ("" until there is one).
const ADDRESS = 7;
const ARRIVED = 8;
const LINK = 9;

const KB = 1024;
const FILE_BYTES_MAX = 10 * KB * KB;

// For so long a file waits for the visitor's session: 10 seconds.
const TRY_MS = 250;
const TRIES_MAX = 40;

// Pixels, at most, of a picture in a message.
const WIDTH_MAX = 240;
const HEIGHT_MAX = 320;

const RU = {
  uploading: "Отправляется файл",
  cancel: "Отменить",
  retry: "Повторить",
  save: "Скачать",
  close: "Закрыть",
  units: ["Б", "КБ", "МБ"],
  none: "Нет связи",
  too_large: "Файл больше 10 МБ",
  unsupported_type: "Такой файл не отправить: можно JPEG, PNG, WebP, PDF и CSV",
  quota_exceeded: "У магазина закончилось место для файлов",
  rate_limited: "Слишком много сразу. Подождите немного",
  other: "Не получилось отправить файл",
};
const EN = {
  uploading: "Sending a file",
  cancel: "Cancel",
  retry: "Try again",
  save: "Download",
  close: "Close",
  units: ["B", "KB", "MB"],
  none: "No connection",
  too_large: "The file is larger than 10 MB",
  unsupported_type: "This file cannot be sent: JPEG, PNG, WebP, PDF and CSV can",
  quota_exceeded: "The shop has no room left for files",
  rate_limited: "Too much at once. Wait a little",
  other: "The file could not be sent",
};

const make = (tag, name, ...inside) => {
  const element = document.createElement(tag);
  element.className = name;
  element.append(...inside);
  return element;
};

const button = (name, label, act, ...inside) => {
  const element = make("button", name, ...inside);
  element.type = "button";
  if (label) element.ariaLabel = label;
  element.onclick = act;
  return element;
};

const adopt = (root, text) => {
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  } catch {
    // Safari before 16.4 has no constructable sheets.
    root.append(make("style", "", text));
  }
};

export async function open(panel, tell, keeping) {
  const style = await fetch(new URL("files.css", import.meta.url));
  if (!style.ok) throw Error(style.url);
  adopt(panel.getRootNode(), await style.text());

  const words = panel.lang == "ru" ? RU : EN;
  const number = (value) => value.toLocaleString(panel.lang, { maximumFractionDigits: 1 });
  const size_of = (bytes) => {
    const power = bytes < KB ? 0 : bytes < KB * KB ? 1 : 2;
    const value = bytes / KB ** power;
    return number(power < 2 ? Math.floor(value) : value) + "\u00a0" + words.units[power];
  };

  // Links: what is asked for comes with a later drawing.
  let wanted = "";
  const save = (id) => {
    const url = tell(LINK, id);
    wanted = url ? "" : id;
    if (url) save_file(url + "&download=1");
  };

  // A picture in full.
  const shown = make("img", "");
  const viewer = make(
    "div",
    "viewer",
    shown,
    button("save", "", () => save(shown.id), words.save),
    button("close", words.close),
  );
  let from;
  viewer.hidden = true;
  viewer.role = "dialog";
  const leave = () => {
    if (viewer.hidden) return false;
    viewer.hidden = true;
    from.focus();
    return true;
  };
  viewer.onclick = leave;
  const look = (picture, id, name) => {
    from = picture;
    shown.id = id;
    shown.alt = viewer.ariaLabel = name;
    shown.src = picture.firstChild.src;
    viewer.hidden = false;
    viewer.lastChild.focus();
  };

  // What is on its way: one after the other.
  const rows = make("div", "ups");
  rows.hidden = true;
  const waiting = [];
  let busy = null;
  const next = () => {
    rows.hidden = !rows.firstChild;
    if (!busy) waiting.shift()?.();
  };
  const add = (file) => {
    const progress = make("progress", "");
    progress.max = file.size || 1;
    progress.ariaLabel = words.uploading;
    const why = make("p", "why");
    why.role = "alert";
    const again = button("retry", "", () => queue(), words.retry);
    const stop = button("stop", words.cancel, () => done());
    const row = make(
      "div",
      "up",
      make("span", "name", file.name),
      make("span", "size", size_of(file.size)),
      progress,
      why,
      again,
      stop,
    );
    let request, later;
    const end = () => {
      clearTimeout(later);
      if (busy == row) busy = null;
    };
    const done = () => {
      if (request) stop_upload(request);
      if (waiting.includes(send)) waiting.splice(waiting.indexOf(send), 1);
      end();
      row.remove();
      next();
    };
    const fail = (code) => {
      why.textContent = words[code] || words.other;
      progress.hidden = true;
      why.hidden = again.hidden = false;
      end();
      next();
    };
    const send = (tries = 0) => {
      const [url, token] = tell(ADDRESS, "").split("\n");
      busy = row;
      if (!token) {
        // The session may still be on its way.
        if (tries == TRIES_MAX) fail("none");
        else later = setTimeout(send, TRY_MS, tries + 1);
        return;
      }
      request = upload_file(url, token, file, (sent, status, answer) => {
        if (status < 0) {
          progress.value = sent;
          return;
        }
        request = null;
        if (status == 201) return tell(ARRIVED, answer) ? fail("rate_limited") : done();
        let code = status ? "other" : "none";
        try {
          code = JSON.parse(answer).code;
        } catch {}
        fail(code);
      });
    };
    const queue = () => {
      progress.value = 0;
      progress.hidden = false;
      why.hidden = again.hidden = true;
      waiting.push(send);
      next();
    };
    rows.append(row);
    if (file.size > FILE_BYTES_MAX) fail("too_large");
    else queue();
  };

  const log = panel.querySelector(".log");
  // Made once for a message; afterwards only its address changes.
  const draw = (bubble, id, name, size, width, height, url) => {
    let element = bubble.querySelector(".pic,.doc");
    if (!element) {
      if (width) {
        // Width and height keep its place from the first moment on.
        const scale = Math.min(1, WIDTH_MAX / width, HEIGHT_MAX / height);
        const picture = make("img", "");
        Object.assign(picture, { width: width * scale, height: height * scale, alt: "", loading: "lazy" });
        picture.onerror = () => {
          const fresh = tell(LINK, id);
          if (fresh && fresh != picture.src) picture.src = fresh;
        };
        element = button("pic", name, () => picture.src && look(element, id, name), picture);
      } else {
        element = button("doc", "", () => save(id), make("span", "name", name), make("span", "size", size_of(size)));
      }
      keeping(log, bubble, () => bubble.querySelector(".body").before(element));
    }
    if (!url) return;
    if (width && !element.firstChild.src) element.firstChild.src = url;
    if (wanted == id) save(id);
  };

  panel.querySelector("form").before(rows);
  panel.append(viewer);
  return { add, draw, leave };
}
