// An answer that the visitor does not see: a soft sound, and a notification of the computer if they want it. One tab does it
// for all.

// So long after a message another makes no sound of its own.
const HOLD_MS = 2000;

// A browser may let a sound wait for a click. Then it is too late for it.
const LATE_MS = 1000;

// The sound: hertz, and seconds from its beginning.
const NOTES = { 660: 0, 880: 0.14 };
const VOLUME = 0.06;
const NOTE_S = 0.4;

// For so long a tab waits before it claims the message. Where it is seen, nothing is to be heard anywhere; a page in view comes
// before those that are hidden.
export const wait_ms = (is_hidden, is_open) => (is_hidden ? 300 : is_open ? 0 : 100);

export function ringing({ panel, root }, kept) {
  let audio, note, timer, last, release;

  // Only after a gesture, or the browser complains. Says whether it goes.
  const resume = async () => {
    if (kept.has("quiet") || !window.AudioContext || navigator.userActivation?.hasBeenActive === false) return;
    audio ||= new AudioContext();
    await audio.resume().catch(() => {});
    return audio;
  };
  // With nothing to do it costs nothing.
  const rest = () => audio?.suspend();
  const sound = async () => {
    const asked = Date.now();
    if (!(await resume()) || Date.now() - asked > LATE_MS) return;
    for (const [hertz, after] of Object.entries(NOTES)) {
      const at = audio.currentTime + after;
      const [tone, gain] = [audio.createOscillator(), audio.createGain()];
      tone.frequency.value = hertz;
      gain.gain.setValueAtTime(0, at);
      gain.gain.linearRampToValueAtTime(VOLUME, at + 0.02);
      gain.gain.exponentialRampToValueAtTime(0.0001, at + NOTE_S);
      tone.connect(gain).connect(audio.destination);
      tone.start(at);
      tone.stop(at + NOTE_S);
      if (after) tone.onended = rest;
    }
  };
  const notify = ([text, message_id]) => {
    if (!document.hidden || !kept.has("notify") || window.Notification?.permission != "granted") return;
    note?.close();
    try {
      note = new Notification(panel.querySelector(".title").textContent, {
        body: text,
        tag: kept.name(message_id),
        // The sound is ours, or unwanted.
        silent: true,
      });
    } catch {
      // Android has them for service workers only.
      return;
    }
    note.onclick = () => {
      window.focus();
      note.close();
      if (panel.hidden) root.querySelector(".launcher").click();
    };
  };

  const is_seen = () => !panel.hidden && !document.hidden;
  const ring = () => {
    if (is_seen()) return;
    sound();
    notify(last);
  };
  // Whoever comes second finds it taken.
  const claim = () => {
    timer = null;
    if (!navigator.locks) return ring();
    navigator.locks
      .request(kept.name("ring"), { ifAvailable: true }, (lock) => {
        if (!lock || !last) return;
        ring();
        return new Promise((done) => setTimeout((release = done), HOLD_MS));
      })
      .catch(() => {});
  };

  return {
    told(side, text, message_id) {
      // Within a gesture it is a permission for later.
      if (side == "user" && !audio) resume().then(rest);
      if (side != "operator") return;
      last = [text, message_id];
      timer ||= setTimeout(claim, wait_ms(document.hidden, !panel.hidden));
    },
    // The visitor is here.
    seen() {
      if (is_seen()) note?.close();
    },
    end() {
      clearTimeout(timer);
      last = null;
      release?.();
      note?.close();
      audio?.close();
      audio = null;
    },
  };
}
