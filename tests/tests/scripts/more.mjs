// What makes the chat comfortable (widget/js/more/): where keys lead, the mark in the page's title, who rings, what is kept. The
// browser's part is played.
import assert from "node:assert/strict";

// The build puts numbers in place of these.
globalThis.WORD = { lang: 0 };

const { extra } = await import("../../../widget/js/extra.js");
const { next_of } = await import("../../../widget/js/more/copy.js");
const { is_wanted } = await import("../../../widget/js/more/newest.js");
const { ringing } = await import("../../../widget/js/more/ring.js");
const { settings } = await import("../../../widget/js/more/settings.js");
const { step } = await import("../../../widget/js/more/step.js");
const { titled } = await import("../../../widget/js/more/title.js");
const { tag_of } = await import("../../../widget/js/more/window.js");

const pause = (ms) => new Promise((go) => setTimeout(go, ms));

// Arrows in rows of 8, from left to right and from right to left; at the edges they stay.
assert.equal(step("ArrowRight", 3, 32, 8, "ltr"), 4);
assert.equal(step("ArrowRight", 3, 32, 8, "rtl"), 2);
assert.equal(step("ArrowLeft", 3, 32, 8, "rtl"), 4);
assert.equal(step("ArrowDown", 3, 32, 8, "ltr"), 11);
assert.equal(step("ArrowUp", 11, 32, 8, "rtl"), 3);
assert.equal(step("ArrowUp", 7, 32, 8, "ltr"), 7);
assert.equal(step("ArrowDown", 24, 32, 8, "ltr"), 24);
assert.equal(step("ArrowLeft", 0, 32, 8, "ltr"), 0);
assert.equal(step("ArrowRight", 31, 32, 8, "ltr"), 31);
// The last row may be short.
assert.equal(step("ArrowDown", 24, 30, 7, "ltr"), 24);
// In a menu the ends meet.
assert.equal(step("ArrowDown", 2, 3, 1, "ltr"), 0);
assert.equal(step("ArrowUp", 0, 3, 1, "ltr"), 2);
for (const key of ["Tab", "a", "Enter", " "]) assert.equal(step(key, 0, 3, 1, "ltr"), null, key);

// Arrows among messages: from one to the next, into the log at the end of what is in view, and not past the ends.
const messages = ["a", "b", "c", "d"];
const in_view = (message) => "bc".includes(message);
assert.equal(next_of(messages, "b", true, in_view), "a");
assert.equal(next_of(messages, "b", false, in_view), "c");
assert.equal(next_of(messages, null, true, in_view), "c");
assert.equal(next_of(messages, null, false, in_view), "b");
assert.equal(next_of(messages, "a", true, in_view), undefined);
assert.equal(next_of(messages, "d", false, in_view), undefined);
assert.equal(next_of([], null, true, in_view), undefined);

// The way to the newest: a screen away, or with something new below.
assert.equal(is_wanted(400, 400, 0), false);
assert.equal(is_wanted(401, 400, 0), true);
assert.equal(is_wanted(33, 400, 1), true);
assert.equal(is_wanted(32, 400, 1), false);

// The title. The page changes it in every way that there is, and has it back to the letter.
{
  let title = null;
  let told = null;
  globalThis.document = { head: {}, querySelector: () => title };
  globalThis.MutationObserver = class {
    constructor(tell) {
      this.tell = tell;
    }
    observe() {
      told = this.tell;
    }
    disconnect() {
      told = null;
    }
  };
  const write = (data) => {
    title = { firstChild: { data } };
    told?.();
    return title.firstChild;
  };
  const text = write("\n Чайники\n");
  const mark = titled();
  mark(0);
  assert.equal(told, null, "nobody waits: nothing is listened to");
  mark(2);
  assert.equal(text.data, "(2) \n Чайники\n");
  told();
  told();
  assert.equal(text.data, "(2) \n Чайники\n", "its own mark is no change of the page's");
  mark(12);
  assert.equal(text.data, "(12) \n Чайники\n");
  // The page's framework changes the text that it knows.
  text.data = "Чашки";
  told();
  assert.equal(text.data, "(12) Чашки");
  // The page puts another in its place; the old one is as it was.
  const other = write("Подносы");
  assert.equal(other.data, "(12) Подносы");
  assert.equal(text.data, "Чашки");
  // It adds to what it finds.
  other.data += "!";
  told();
  mark(3);
  assert.equal(other.data, "(3) Подносы!");
  // Somebody else puts a mark before ours: no race of the two.
  other.data = "* " + other.data;
  told();
  assert.equal(other.data, "* (3) Подносы!");
  other.data = "(3) Подносы!";
  mark(0);
  assert.equal(other.data, "Подносы!");
  assert.equal(told, null, "and nothing is listened to any more");
  // A page's own number is the page's; and a page without a title has none.
  const own = write("(2) товара");
  mark(2);
  assert.equal(own.data, "(2) (2) товара");
  mark(0);
  assert.equal(own.data, "(2) товара");
  title = null;
  mark(1);
  mark(0);
}

// What is kept is under the name that is cleared with the visitor's other traces; where nothing can be kept, it lasts as long as
// the page.
{
  const stored = new Map();
  const storage = {
    getItem: (name) => stored.get(name) ?? null,
    setItem: (name, value) => stored.set(name, value),
    removeItem: (name) => stored.delete(name),
  };
  Object.defineProperty(globalThis, "localStorage", { value: storage, configurable: true });
  const [here, there] = [settings("pk_a"), settings("pk_a")];
  assert.equal(here.has("quiet"), false);
  assert.equal(stored.size, 0);
  here.set("quiet", true);
  assert.deepEqual([...stored.keys()], ["prilavok:pk_a:quiet"]);
  assert.equal(there.has("quiet"), true);
  assert.equal(settings("pk_b").has("quiet"), false);
  there.set("quiet", false);
  assert.equal(here.has("quiet"), false);
  assert.equal(stored.size, 0);
  const { setItem } = storage;
  storage.setItem = () => {
    throw Error("full");
  };
  here.set("notify", true);
  assert.equal(here.has("notify"), true);
  // Once there is room again, it counts what is kept: another tab may change it.
  storage.setItem = setItem;
  here.set("notify", true);
  there.set("notify", false);
  assert.equal(here.has("notify"), false);
  Object.defineProperty(globalThis, "localStorage", {
    get() {
      throw Error("forbidden");
    },
  });
  here.set("quiet", true);
  assert.equal(here.has("quiet"), true);
  assert.equal(there.has("quiet"), false);
}

// Ringing: sounds and notifications are counted, the lock is as the browser has it.
{
  let sounds, notes, is_locked, is_active;
  const param = { setValueAtTime() {}, linearRampToValueAtTime() {}, exponentialRampToValueAtTime() {} };
  const node = () => ({ frequency: {}, gain: param, connect: (to) => to, start() {}, stop() {} });
  globalThis.window = globalThis;
  globalThis.focus = () => {};
  globalThis.AudioContext = class {
    constructor() {
      this.currentTime = 0;
      contexts++;
    }
    createOscillator() {
      sounds++;
      return node();
    }
    createGain = node;
    resume = async () => {};
    suspend() {}
    close() {
      contexts--;
    }
  };
  let contexts = 0;
  globalThis.Notification = class {
    static permission = "granted";
    constructor(title, options) {
      Object.assign(this, options, { title });
      notes.push(this);
    }
    close() {
      this.is_closed = true;
    }
  };
  const locks = {
    async request(_, __, work) {
      if (is_locked) return work(null);
      is_locked = true;
      await work({});
      is_locked = false;
    },
  };
  Object.defineProperty(globalThis, "navigator", {
    value: { locks, userActivation: { get hasBeenActive() { return is_active; } } },
    configurable: true,
  });
  const TWO_TONES = 2;
  const tab = (is_open, chosen = []) => {
    let clicks = 0;
    const panel = { hidden: !is_open, querySelector: () => ({ textContent: "Лавка" }) };
    const root = { querySelector: () => ({ click: () => clicks++ }) };
    const kept = { has: (what) => chosen.includes(what), name: (what) => "prilavok:pk_a:" + what };
    return { panel, clicks: () => clicks, ...ringing({ panel, root }, kept) };
  };
  const played = async (is_hidden, tabs, work) => {
    [sounds, notes, is_locked, is_active] = [0, [], false, true];
    document.hidden = is_hidden;
    await work();
    await pause(500);
    tabs.forEach((tab) => tab.end());
    await pause(0);
    assert.equal(is_locked, false, "who ends lets go");
    assert.equal(contexts, 0, "and leaves no sound behind");
  };

  // Two closed chats, three messages: one sound.
  const closed = [tab(false), tab(false)];
  await played(false, closed, () => {
    for (const text of ["a", "b", "c"]) closed.forEach((tab) => tab.told("operator", text, 7));
  });
  assert.equal(sounds, TWO_TONES);

  // Where one tab shows it, none of them makes a sound. What the visitor writes, and mistakes, make none.
  const both = [tab(false), tab(true)];
  await played(false, both, () => both.forEach((tab) => tab.told("operator", "a", 7)));
  assert.equal(sounds, 0);
  const own = tab(false);
  await played(false, [own], () => [own.told("user", "a", 0), own.told("", "broken")]);
  assert.equal(sounds, 0);

  // Not against the visitor's wish, and not before a gesture.
  const quiet = tab(false, ["quiet"]);
  await played(false, [quiet], () => quiet.told("operator", "a", 7));
  assert.equal(sounds, 0);
  const muted_later = [];
  const was_loud = tab(false, muted_later);
  await played(false, [was_loud], async () => {
    was_loud.told("user", "a", 0);
    await pause(0);
    muted_later.push("quiet");
    was_loud.told("operator", "a", 7);
  });
  assert.equal(sounds, 0);
  const untouched = tab(false);
  await played(false, [untouched], () => {
    is_active = false;
    untouched.told("operator", "a", 7);
  });
  assert.equal(sounds, 0);

  // A notification: of a hidden page, if it was asked for; with what the message says; gone when the visitor is here.
  const asked = tab(true, ["notify"]);
  await played(true, [asked], async () => {
    asked.told("operator", "Ещё есть", 9);
    await pause(500);
    const [note] = notes;
    assert.deepEqual([note.title, note.body, note.tag], ["Лавка", "Ещё есть", "prilavok:pk_a:9"]);
    asked.seen();
    assert.equal(note.is_closed, undefined, "still hidden");
    document.hidden = false;
    asked.seen();
    assert.equal(note.is_closed, true);
    note.onclick();
    assert.equal(asked.clicks(), 0, "it is open");
  });
  assert.equal(sounds, TWO_TONES);
  const silent = tab(false, ["notify", "quiet"]);
  await played(true, [silent], async () => {
    silent.told("operator", "schet.pdf", 9);
    await pause(500);
    assert.equal(notes[0].body, "schet.pdf");
    notes[0].onclick();
    assert.equal(silent.clicks(), 1);
  });
  assert.equal(sounds, 0);
  for (const [is_hidden, chosen] of [
    [false, ["notify"]],
    [true, []],
  ]) {
    const one = tab(false, chosen);
    await played(is_hidden, [one], () => one.told("operator", "a", 9));
    assert.equal(notes.length, 0);
  }
  // A chat that is taken out does not ring any more.
  const gone = tab(false);
  await played(false, [gone], () => {
    gone.told("operator", "a", 7);
    gone.end();
  });
  assert.equal(sounds, 0);
}

// The tag for a window of its own: the chat's, not any script. A module has none.
{
  const script = (src, key) => ({ src, dataset: key ? { key } : {} });
  const own = script("https://relay/prilavok.js?v=1");
  assert.equal(tag_of([script(""), script("https://shop/app.js"), own], "pk_a"), own);
  const renamed = script("https://shop/chat.js", "pk_a");
  assert.equal(tag_of([script("https://shop/chat.js", "pk_b"), renamed], "pk_a"), renamed);
  assert.equal(tag_of([script("https://shop/prilavok-7f.js"), script("", "pk_a")], "pk_a"), undefined);
}

// Texts: once a language for all who ask, and again after a failure.
{
  const asked = [];
  let is_down = true;
  const load = async (name, attempt) => {
    asked.push(name + attempt);
    if (is_down) throw Error("down");
    return { default: [name] };
  };
  const chat = { parts: { load } };
  await assert.rejects(extra(chat, ["ru"]));
  is_down = false;
  assert.deepEqual(await Promise.all([extra(chat, ["ru"]), extra(chat, ["ru"])]), [["ru-more.js"], ["ru-more.js"]]);
  assert.deepEqual(await extra(chat, ["en"]), ["en-more.js"]);
  assert.deepEqual(asked, ["ru-more.js0", "ru-more.js1", "en-more.js1"]);
}
