// Files on the screen of the chat: what is on its way, pictures and documents in messages, a picture in full. Fetched with the
// first file. Text becomes text nodes.

import { adopt } from "./adopt.js";
import { extra } from "./extra.js";
import { save_file, stop_upload, upload_file } from "./upload.js";
import { say } from "./words.js";

// The same numbers are in src/view/attend.rs: where to upload ("address\ntoken"), to send what has arrived ("" if it will
// be), a fresh link to a file ("" until there is one).
const ADDRESS = 7;
const ARRIVED = 8;
const LINK = 9;

const KB = 1024;
const MB_MAX = 10;
const FILE_BYTES_MAX = MB_MAX * KB * KB;

// For so long a file waits for the visitor's session: 10 seconds.
const TRY_MS = 250;
const TRIES_MAX = 40;

// Pixels, at most, of a picture in a message.
const WIDTH_MAX = 240;
const HEIGHT_MAX = 320;

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

export async function open({ panel, root, chat, tell, words, keeping }) {
  const more = await extra(chat, words);
  // STYLE is the build's: the text of files.css.
  adopt(root, STYLE);

  const why_not = {
    none: more[EXTRA.no_connection],
    too_large: say(more, EXTRA.file_too_large, MB_MAX),
    unsupported_type: words[WORD.unsupported_type],
    quota_exceeded: words[WORD.quota_exceeded],
    rate_limited: words[WORD.too_often],
  };
  const size_of = (bytes) => {
    const power = bytes < KB ? 0 : bytes < KB * KB ? 1 : 2;
    const value = bytes / KB ** power;
    const number = power < 2 ? Math.floor(value) : value;
    const unit = [EXTRA.bytes, EXTRA.kilobytes, EXTRA.megabytes][power];
    return say(more, unit, number.toLocaleString(panel.lang, { maximumFractionDigits: 1 }));
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
    button("save", "", () => save(shown.id), more[EXTRA.save]),
    button("close", more[EXTRA.leave]),
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
    progress.ariaLabel = more[EXTRA.uploading];
    const why = make("p", "why");
    why.role = "alert";
    const again = button("retry", "", () => queue(), words[WORD.retry]);
    const stop = button("stop", more[EXTRA.cancel], () => done());
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
      why.textContent = why_not[code] || more[EXTRA.file_failed];
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
