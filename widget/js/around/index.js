// What surrounds a chat, by the shop's settings and by what messages hold: hours and how soon an answer comes, a greeting with
// choices, a form before the chat, cards, ratings, faces, the page the visitor is on, goals in Yandex.Metrica. Fetched with the
// first settings or the first such message.

import { adopt } from "../adopt.js";
import { extra } from "../extra.js";
import { count, say } from "../words.js";
import { cards, replies } from "./content.js";
import { context } from "./context.js";
import { make, pick } from "./elements.js";
import { faces } from "./faces.js";
import { form } from "./form.js";
import { hours } from "./hours.js";
import { reach } from "./metrica.js";
import { patience } from "./patience.js";
import { rating } from "./rating.js";

// The same numbers are in src/view/attend.rs: the session ("address\ntoken"), a message of the visitor's ("" if it goes out),
// the line under the title, the greeting of an empty chat ("heading\ntext"), and that the visitor has told the shop something:
// from then on this browser keeps who they are.
const ADDRESS = 7;
const SEND = 11;
const PRESENCE = 12;
const GREETING = 13;
const KEEP = 14;

// Hours are looked at this often at least: a computer that sleeps stops its timers, and at midnight "tomorrow" is "today".
const LOOK_MS = 5 * 60_000;

// Where a focus brings a keyboard onto the screen.
const TOUCH = "(pointer: coarse)";

let counter = 0;

// A goal in Yandex.Metrica, if the page has it; after whatever is being drawn, since it is the page's code that hears it.
export const goal = (name, params = {}) => queueMicrotask(() => reach(window, counter, name, params));

export async function begin({ panel, root, chat, tell, words, keeping }) {
  const more = await extra(chat, words);
  // STYLE is the build's: the text of around.css.
  adopt(root, STYLE);
  const { key, relay } = chat.options;
  const language = words[WORD.lang];
  const at = (selector) => panel.querySelector(selector);
  const [log, composer, input] = [".log", ".composer", ".composer .input"].map(at);

  // Nothing before there is a session.
  let answer, timer, asked;
  let is_shop_open = true;
  let has_written = false;
  let was_open = false;
  let is_told = false;
  let is_over = false;

  const settings = () => answer?.widget || {};
  const token = () => tell(ADDRESS, "").split("\n")[1];
  const attributes = (values) => {
    // It waits for the first message; a page's developer reads in the console if it fails.
    if (Object.keys(values).length) Promise.resolve(window.prilavok?.setAttributes?.(values)).catch(() => {});
  };
  const post = async (path, headers, body) => {
    try {
      const response = await fetch(relay + path, {
        method: "POST",
        headers: { "Content-Type": "application/json", ...headers },
        body: JSON.stringify(body),
        credentials: "omit",
      });
      return response.ok;
    } catch {
      return false;
    }
  };

  // The visitor goes on where they would write; a phone's keyboard comes when they ask for it.
  const go_on = () => (matchMedia(TOUCH).matches ? log : input).focus({ preventScroll: true });
  const send = (text) => {
    if (!tell(SEND, text)) go_on();
  };

  // The form is done: for which version of the consent, and what was typed, until the first message takes that along. Kept
  // once the visitor has sent it, for as long as the tab.
  const place = `prilavok:${key}:form`;
  let done = null;
  let typed = {};
  const keep = (...both) => {
    [done, typed] = both;
    try {
      sessionStorage.setItem(place, JSON.stringify(both));
    } catch {
      // Where storage is forbidden it is remembered on the page.
    }
  };
  try {
    [done = null, typed = {}] = JSON.parse(sessionStorage.getItem(place)) || [];
  } catch {
    // As above.
  }

  const lacks_consent = () => {
    const { consent } = answer;
    return consent?.required && done != consent.version ? consent : null;
  };

  // Once a page, with consent. It leaves with the first message.
  let is_placed = false;
  const place_visitor = () => {
    if (is_placed || !settings().context || !answer.consent || lacks_consent()) return;
    is_placed = true;
    attributes(context(document));
  };

  const submit = async (values, consent) => {
    const identity = window.prilavokIdentity;
    let vouched;
    try {
      vouched = (await (typeof identity == "function" ? identity() : identity)) || chat.options.identity;
    } catch {
      return false;
    }
    const body = { key, token: token(), attributes: values };
    if (consent) body.consent = { version: consent.version, given: true };
    if (vouched) body.identity = vouched;
    if (!body.token || !(await post("/v1/widget/sessions", {}, body)) || is_over) return false;
    tell(KEEP, "");
    keep(consent?.version || "", values);
    attributes(values);
    goal("prilavok_form");
    settle();
    place_visitor();
    input.focus();
    return true;
  };

  // The form or the composer.
  const settle = () => {
    // Who has written, and so what to ask, is known with the messages.
    if (!answer || at(".loading")) return;
    const { form: wanted } = settings();
    const consent = lacks_consent();
    const is_new = !has_written && done === null;
    const fields = wanted && is_new && (wanted.when == "always" || !is_shop_open) ? wanted.fields || [] : [];
    const is_due = !!consent || fields.length > 0;
    const what = is_due ? JSON.stringify([fields, consent]) : "";
    const differs = what != (asked?.what || "");
    if (differs) {
      keeping(log, null, () => {
        asked?.element.remove();
        asked = null;
        if (!is_due) return;
        const heading = fields.length ? more[is_shop_open ? EXTRA.form_heading : EXTRA.form_closed] : "";
        const enrich = (element) => chat.parts.load("rich.js").then((rich) => rich.enrich(element, true), () => {});
        asked = form({ fields, consent, heading }, { words, more, enrich, post: (values) => submit(values, consent) });
        asked.what = what;
        composer.after(asked.element);
        room.observe(asked.element);
      });
    }
    if (panel.classList.contains("asks") != is_due) keeping(log, null, () => panel.classList.toggle("asks", is_due));
    if (differs) attend();
  };

  // The form comes into view. The visitor begins with it, if they are nowhere else; as above, not with a phone's keyboard.
  const attend = () => {
    fit();
    const now = root.activeElement;
    const is_free = now ? now == input || now.matches(".launcher") : [document.body, null].includes(document.activeElement);
    if (asked && was_open && is_free && !matchMedia(TOUCH).matches) asked.focus();
  };

  // Where the form leaves the greeting no room, it does without its picture.
  const fit = () => {
    panel.classList.remove("tight");
    panel.classList.toggle("tight", !!asked && log.scrollHeight > log.clientHeight);
  };
  const room = new ResizeObserver(fit);

  // The line under the title.
  const look = () => {
    clearTimeout(timer);
    if (!answer) return;
    const now = Date.now();
    const { open, next } = hours(settings().hours, now);
    // What the visitor is writing is not taken from them, in the composer or in the form.
    if (open ? !asked : !input.value) is_shop_open = open;
    tell(PRESENCE, open ? how_soon() : [more[EXTRA.closed], next && when(next)].filter(Boolean).join("\n"));
    timer = setTimeout(look, Math.min(LOOK_MS, next ? next.at - now + 1 : LOOK_MS));
    settle();
  };
  const how_soon = () => {
    const [how, number] = patience(answer.answers?.median_s) || [];
    const many = (word) => count(more, word, number, language);
    if (how == "at_once") return more[EXTRA.answers_at_once];
    if (how == "minutes") return many(EXTRA.answers_in_minutes);
    if (how == "hours") return many(EXTRA.answers_in_hours);
    return how ? more[EXTRA.answers_in_a_day] : "";
  };
  const when = ({ at, days_from_now }) => {
    const word = [EXTRA.opens_today, EXTRA.opens_tomorrow][days_from_now] ?? EXTRA.opens_on;
    const day = days_from_now > 1 ? { weekday: "long", day: "numeric", month: "long" } : {};
    return say(more, word, new Intl.DateTimeFormat(language, { ...day, hour: "numeric", minute: "2-digit" }).format(at));
  };

  // What messages hold: by their elements, as JSON, so that only what differs is drawn.
  const drawn = new WeakMap();
  const draw = (message, content) => {
    const before = drawn.get(message);
    const { rating: asked_rating, ...rest } = content;
    const json = JSON.stringify([rest, !!asked_rating]);
    let stars = before?.stars;
    if (asked_rating && !stars) {
      const rate = async (score, comment) => {
        const body = { message_id: content.message_id, score };
        if (comment) body.comment = comment;
        const is_taken = await post("/v1/widget/rating", { Authorization: "Bearer " + token() }, body);
        if (is_taken) goal("prilavok_rated", { score });
        return is_taken;
      };
      stars = rating("rating-" + content.message_id, words, more, rate, (act) => keeping(log, message, act));
    }
    // The question stands once: in the message's text, or above the stars.
    stars?.element.querySelector("legend").classList.toggle("sr", !!message.querySelector(".body").textContent);
    keeping(log, message, () => {
      if (before?.json != json) {
        const parts = [
          content.cards?.length && cards(content.cards, relay, more, send),
          content.replies?.length && replies(content.replies, more[EXTRA.replies], send),
          asked_rating && stars.element,
        ];
        const element = make("div", "extra", ...parts.filter(Boolean));
        if (before) before.element.replaceWith(element);
        else message.querySelector(".body").after(element);
        drawn.set(message, { json, element, stars });
      }
      if (asked_rating) stars.show(asked_rating);
    });
    tidy();
  };

  // Choices stand under the last message only.
  const tidy = () => {
    let last = log.lastElementChild;
    while (last && !last.matches(".msg:not(.typing)")) last = last.previousElementSibling;
    for (const choices of log.querySelectorAll(".msg .replies")) {
      const is_past = !last?.contains(choices);
      if (choices.hidden != is_past) keeping(log, choices.closest(".msg"), () => (choices.hidden = is_past));
    }
  };
  const greet = () => {
    const empty = at(".empty");
    const texts = settings().replies || [];
    if (!empty || !texts.length || empty.querySelector(".replies")) return;
    empty.append(
      replies(
        texts.map((text) => pick(text, language)),
        more[EXTRA.replies],
        send,
      ),
    );
  };

  const changed = () => {
    has_written = !!at(".msg.mine");
    faces(log, settings().team || [], relay);
    greet();
    tidy();
    settle();
    // What was changed here is known.
    observer.takeRecords();
  };
  const observer = new MutationObserver(changed);
  observer.observe(log, { childList: true, subtree: true });

  // No file goes to the shop before the form does.
  const refuse = (event) => {
    const files = (event.dataTransfer || event.clipboardData)?.files;
    if (!asked || !files?.length) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  const DROPS = ["drop", "paste"];
  for (const name of DROPS) panel.addEventListener(name, refuse, true);

  return {
    // Says that the composer is seen to here.
    session(now) {
      if (is_over) return true;
      answer = now;
      const { greeting, metrica } = settings();
      counter = metrica || 0;
      const lines = [
        pick(greeting?.heading, language) || words[WORD.greeting],
        pick(greeting?.text, language) || words[WORD.invitation],
      ];
      tell(GREETING, greeting ? lines.join("\n") : "");
      if (was_open && !is_told) goal("prilavok_opened");
      is_told = was_open;
      // What was typed before the page was loaded again.
      if (!at(".msg.mine")) attributes(typed);
      look();
      changed();
      place_visitor();
      return true;
    },
    // The choices are under the last message, wherever that is: whether it is this one is seen in the log.
    content(message, content) {
      draw(message, content);
    },
    shown(is_open) {
      if (is_open == was_open) return;
      was_open = is_open;
      // Which counter to tell is known with the settings.
      is_told = is_open && !!answer;
      if (!is_open) return;
      if (is_told) goal("prilavok_opened");
      // Told while the panel is being drawn: what is told in turn has to wait.
      queueMicrotask(() => {
        if (is_over) return;
        look();
        attend();
      });
    },
    told(side) {
      if (!side) goal("prilavok_error");
      if (side != "user") return;
      if (!has_written) goal("prilavok_first_message");
      if (done !== null) keep(done, {});
      goal("prilavok_message");
    },
    end() {
      is_over = true;
      clearTimeout(timer);
      observer.disconnect();
      room.disconnect();
      for (const name of DROPS) panel.removeEventListener(name, refuse, true);
      asked?.element.remove();
      panel.classList.remove("asks", "tight");
    },
  };
}
