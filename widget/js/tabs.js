// One browser, one socket. One tab leads and has the socket; the others follow, over a channel between tabs. A tab that
// follows gets something that looks like a socket and is a place on the leader's: what the leader hears it hears, what it
// says the leader sends.
//
// Who leads is decided by the browser, which hands a lock from tab to tab. The lock is taken from a leader that does not
// answer (a frozen tab), whose socket is silent, or that is hidden and cannot connect: a hidden tab's timers are late. Where
// the browser has no locks or no channels, and before anything is shared, each tab has its own socket.

// The network, as sockets tell it (RFC 6455), and a client that heard nothing (shared/src/close.rs).
const BROKEN = 1006;
const SILENT = 4508;
// The next line is there already.
const CONTINUE = 4510;
// A leader answers within this time, or does not live.
const ANSWER_MS = 3000;

const end = (line, code) => line?.onclose?.({ type: "close", code });

export class Tabs {
  constructor() {
    // Resolved once it is known whether this tab leads.
    this.known = Promise.resolve();
  }

  // Shares the socket with the tabs that give the same name: those of the same visitor.
  share(name) {
    if (this.name || !navigator.locks || !window.BroadcastChannel) return;
    this.name = name;
    this.channel = new BroadcastChannel(name);
    this.channel.onmessage = ({ data: [what, value] }) => this.hear(what, value);
    addEventListener("pagehide", this);
    addEventListener("pageshow", this);
    document.addEventListener("resume", this);
    this.run();
  }

  close() {
    this.closed = true;
    this.rest();
    this.channel?.close();
    removeEventListener("pagehide", this);
    removeEventListener("pageshow", this);
    document.removeEventListener("resume", this);
  }

  handleEvent({ type, persisted }) {
    // A page that is kept for "back" leads nobody. One that was frozen may have missed something.
    if (type == "pagehide") this.rest();
    else if (type == "resume") this.leave(BROKEN);
    else if (persisted) this.run();
  }

  // What looks like a socket. `at` is where its client stands: epoch and offset, if it has been connected before.
  socket(url, protocols, at) {
    const line = {
      send: (text) => (line.socket ? line.socket.send(text) : this.post("up", text)),
      close: (code) => {
        line.gone = true;
        if (this.joining == line) this.leave();
        if (this.joined == line) {
          this.joined = null;
          if (code == SILENT) this.steal();
        }
        line.socket?.close(code);
        this.lost(line, BROKEN);
      },
    };
    this.known.then(() => {
      if (line.gone) return;
      if (this.name && !this.leads) return this.join(line, at);
      let socket;
      try {
        socket = line.socket = new WebSocket(url, protocols);
      } catch {
        return end(line, BROKEN);
      }
      socket.onopen = (event) => line.onopen?.(event);
      socket.onmessage = (event) => {
        // Before the client hears its welcome: it leaves the old line at once, which is not the shared one any more then.
        this.track(line, JSON.parse(event.data), event.data, at);
        line.onmessage?.(event);
      };
      socket.onclose = ({ code }) => {
        this.lost(line, code);
        end(line, code);
      };
    });
    return line;
  }

  post(what, value) {
    this.channel?.postMessage([what, value]);
  }

  // The leader's side.

  track(line, frame, text, at) {
    if (frame.event == "welcome") {
      this.welcome = frame;
      // The followers come along, and ask again for what the old line did not answer.
      if (this.line && this.leads) this.post("next");
      this.line = line;
      this.at = frame.data.resumed ? [...at] : [frame.data.epoch, frame.data.offset];
      if (this.leads) this.greet();
      else this.known.then(() => this.name && !this.leads && this.drop());
    } else {
      if (frame.event == "resync") this.at = [frame.data.epoch, frame.data.offset];
      else if (frame.offset > this.at?.[1]) this.at[1] = frame.offset;
      // A probe is between the relay and the tab that has the socket.
      if (this.leads && frame.event != "probe") this.post("frame", text);
    }
  }

  greet() {
    this.post("welcome", { ...this.welcome, data: { ...this.welcome.data, epoch: this.at[0], offset: this.at[1] } });
  }

  // This line is not there to be shared any more.
  lost(line, code) {
    if (this.line != line) return;
    this.line = null;
    if (this.leads) this.post("lost", code);
  }

  // The followers' side. Their places change over as sockets do: the next one is there before the last is left.

  join(line, at) {
    this.leave();
    this.joining = line;
    line.at = at;
    this.post("hello");
    this.patience = setTimeout(() => this.steal(), ANSWER_MS);
  }

  // Gives up the place that is waited for; with a code, also the one that is there, and tells both clients.
  leave(code) {
    clearTimeout(this.patience);
    const { joining, joined } = this;
    this.joining = null;
    if (code) {
      this.joined = null;
      end(joining, code);
      end(joined, code);
    }
  }

  hear(what, value) {
    if (this.leads) {
      if (what == "hello") this.line ? this.greet() : this.post("wait", document.hidden);
      else if (what == "up") this.line?.socket.send(value);
    } else if (what == "welcome" && this.joining) {
      const line = (this.joined = this.joining);
      const { epoch, offset } = value.data;
      value.data.resumed = line.at?.[0] == epoch && line.at[1] == offset;
      this.leave();
      line.onopen?.({ type: "open" });
      line.onmessage?.({ type: "message", data: JSON.stringify(value) });
    } else if (what == "frame") this.joined?.onmessage?.({ type: "message", data: value });
    else if (what == "next") {
      // Who waits for a place gets one on the new line: its welcome is behind this.
      const { joined } = this;
      this.joined = null;
      end(joined, CONTINUE);
    } else if (what == "lost") this.leave(value);
    // A leader that is hidden may be as long about it as one that is frozen.
    else if (what == "wait" && (!value || document.hidden)) clearTimeout(this.patience);
  }

  // Who leads.

  run() {
    this.known = new Promise((done) => this.ask({ ifAvailable: true }, done));
  }

  ask(options, done) {
    if (this.closed) return;
    navigator.locks
      .request(this.name, options, (lock) => {
        // Not free: in the queue, then. A socket of before the sharing gives way to the leader's.
        if (this.closed) return;
        if (lock) return this.lead(done);
        this.drop();
        this.wait();
        done();
      })
      .catch((error) => {
        // Taken away, or the queue was left on purpose. If locks are forbidden here, there is nobody to share with.
        if (error.name != "AbortError") this.name = null;
        else if (this.leads) {
          this.leads = false;
          this.drop();
          this.wait();
        }
        done?.();
      });
  }

  steal() {
    this.ask({ steal: true });
  }

  wait() {
    this.queue = new AbortController();
    this.ask({ signal: this.queue.signal });
  }

  lead(done) {
    this.leads = true;
    this.post("lost", BROKEN);
    done?.();
    // This tab's client comes back by itself, and then gets the socket.
    this.leave(BROKEN);
    return new Promise((release) => (this.release = release));
  }

  rest() {
    this.leads = false;
    this.queue?.abort();
    this.release?.();
    clearTimeout(this.patience);
  }

  drop() {
    const line = this.line;
    this.line = null;
    line?.socket.close();
    end(line, BROKEN);
  }
}
