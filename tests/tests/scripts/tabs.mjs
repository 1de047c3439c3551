// Plays several tabs over widget/js/tabs.js. The channel between tabs is the runtime's own; locks and sockets are played.
import assert from "node:assert/strict";

const PATIENCE_MS = 20_000;

const until = async (what, is) => {
  const end = Date.now() + PATIENCE_MS;
  while (!is()) {
    assert(Date.now() < end, `waited in vain: ${what}`);
    await new Promise((go) => setTimeout(go, 5));
  }
};

// Web Locks, as far as they are used: one holder, a queue, asking only if it is free, taking it away, giving up.
const holders = new Map();
const queues = new Map();

const given = (name, work) =>
  new Promise((done, failed) => {
    const holder = { robbed: () => failed(Object.assign(new Error(), { name: "AbortError" })) };
    holders.set(name, holder);
    Promise.resolve(work({})).then((value) => {
      if (holders.get(name) == holder) {
        holders.delete(name);
        queues.get(name)?.shift()?.();
      }
      done(value);
    });
  });

const request = (name, { ifAvailable, steal, signal }, work) =>
  new Promise((done, failed) => {
    const give = () => given(name, work).then(done, failed);
    setTimeout(() => {
      if (steal) holders.get(name)?.robbed();
      else if (holders.has(name)) {
        if (ifAvailable) return Promise.resolve(work(null)).then(done, failed);
        const queue = queues.get(name) || queues.set(name, []).get(name);
        queue.push(give);
        signal?.addEventListener("abort", () => {
          if (queue.includes(give)) queue.splice(queue.indexOf(give), 1);
          failed(Object.assign(new Error(), { name: "AbortError" }));
        });
        return;
      }
      give();
    });
  });

const sockets = [];
class PlayedSocket {
  constructor() {
    Object.assign(this, { said: [], open: false });
    sockets.push(this);
  }
  send(text) {
    this.said.push(text);
  }
  close() {
    this.open = false;
  }
  hear(frame) {
    this.onmessage({ type: "message", data: JSON.stringify(frame) });
  }
  welcome(resumed, offset) {
    this.open = true;
    this.onopen({ type: "open" });
    this.hear({ event: "welcome", data: { epoch: "e", offset, resumed, user_id: -7 } });
  }
  breaks() {
    this.open = false;
    this.onclose({ type: "close", code: 1006 });
  }
}
const open = () => sockets.filter((socket) => socket.open).length;

const nothing = () => {};
Object.defineProperty(globalThis, "navigator", { value: { locks: { request } } });
Object.assign(globalThis, {
  window: globalThis,
  WebSocket: PlayedSocket,
  addEventListener: nothing,
  removeEventListener: nothing,
  document: { hidden: false, addEventListener: nothing, removeEventListener: nothing },
});

const { Tabs } = await import("../../../widget/js/tabs.js");

// A tab with a client that takes notes.
class Tab {
  constructor() {
    this.tabs = new Tabs();
    this.heard = [];
  }
  connects(at) {
    const line = (this.line = this.tabs.socket("ws://relay", [], at));
    line.onopen = nothing;
    line.onmessage = ({ data }) => this.heard.push(JSON.parse(data));
    line.onclose = ({ code }) => this.heard.push({ event: "closed", code });
    return line;
  }
  async hears(event) {
    await until(`${event}, having heard ${JSON.stringify(this.heard)}`, () => this.heard.some((heard) => heard.event == event));
    const at = this.heard.findIndex((heard) => heard.event == event);
    return this.heard.splice(0, at + 1).at(-1);
  }
}

const [first, second, third, fourth] = [new Tab(), new Tab(), new Tab(), new Tab()];

// One is alone, and then shares: its socket stays.
first.connects();
await until("a socket", () => sockets.length == 1);
sockets[0].welcome(false, 5);
await first.hears("welcome");
first.tabs.share("shop");
await until("the first leads", () => first.tabs.leads);
sockets[0].hear({ event: "message", offset: 7 });

// Others follow: resumed only where the leader stands, since only then nothing is missing.
second.tabs.share("shop");
second.connects(["e", 5]);
third.tabs.share("shop");
third.connects(["e", 7]);
assert.equal((await second.hears("welcome")).data.resumed, false);
assert.equal((await third.hears("welcome")).data.resumed, true);
assert.equal(sockets.length, 1);
second.line.send("hello");
await until("the leader says it", () => sockets[0].said.includes("hello"));
sockets[0].hear({ event: "answer" });
for (const tab of [first, second, third]) await tab.hears("answer");

// The leader changes its socket, and so does a follower its place: nobody misses anything.
const old = first.line;
first.connects(["e", 7]);
await until("the next socket", () => sockets.length == 2);
sockets[1].welcome(true, 7);
old.close(1000);
// The second was about to change its place by itself; the third is told to, and does it at once.
const place = second.line;
second.connects(["e", 7]);
assert.equal((await third.hears("closed")).code, 4510);
third.connects(["e", 7]);
for (const tab of [second, third]) assert.equal((await tab.hears("welcome")).data.resumed, true);
place.close(1000);
sockets[1].hear({ event: "more", offset: 9 });
for (const tab of [second, third]) assert.equal((await tab.hears("more")).offset, 9);
assert.equal(open(), 1);

// The socket breaks: all are told, and what was missed reaches those who wait where the leader resumes.
sockets[1].breaks();
for (const tab of [first, second, third]) assert.equal((await tab.hears("closed")).code, 1006);
for (const tab of [first, second, third]) tab.connects(["e", 9]);
await until("the next socket", () => sockets.length == 3 && second.tabs.joining && third.tabs.joining);
sockets[2].welcome(true, 12);
sockets[2].hear({ event: "missed", offset: 12 });
for (const tab of [second, third]) {
  assert.equal((await tab.hears("welcome")).data.resumed, true);
  await tab.hears("missed");
}

// The leader leaves: the next in the queue leads.
first.tabs.close();
first.line.close(1000);
await until("the second leads", () => second.tabs.leads);
for (const tab of [second, third]) await tab.hears("closed");
second.connects(["e", 12]);
third.connects(["e", 12]);
await until("its socket", () => sockets.length == 4);
sockets[3].welcome(true, 12);
await third.hears("welcome");
assert.equal(open(), 1);

// What the leader has is silent: whoever notices takes the lead.
third.line.close(4508);
await until("the third leads", () => third.tabs.leads && !second.tabs.leads);
await second.hears("closed");
third.connects(["e", 12]);
await until("its socket", () => sockets.length == 5);
sockets[4].welcome(true, 12);
assert.equal(open(), 1);

// The leader is frozen: whoever comes does not wait for it.
third.tabs.channel.onmessage = null;
fourth.tabs.share("shop");
fourth.connects(["e", 12]);
await until("the fourth leads", () => fourth.tabs.leads && !third.tabs.leads);
await fourth.hears("closed");
fourth.connects(["e", 12]);
await until("its socket", () => sockets.length == 6);
sockets[5].welcome(true, 12);
assert.equal((await fourth.hears("welcome")).data.resumed, true);
assert.equal(open(), 1);
process.exit(0);
