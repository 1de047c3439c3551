// Emoji for what is said in a shop, put in where the visitor writes.

import { button, is_touched, make, popup } from "./dom.js";

const EMOJI = "🙂 😊 😀 😂 😍 🥰 😉 🤗 🤔 😕 😅 😢 😭 😡 😱 🙏 👍 👎 👌 👏 🤝 👋 🔥 ❤️ 🎉 🎁 🛒 📦 🚚 💳 ✅ ❌".split(" ");

export function emoji(panel, texts) {
  const [form, clip, input] = ["form", ".clip", ".composer .input"].map((name) => panel.querySelector(name));
  const label = texts[EXTRA.emoji];
  const opener = button("smile", label, "M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0M8.5 14.5a4.5 4.5 0 0 0 7 0M9 9.5v.1M15 9.5v.1");
  const box = make(
    "div",
    { class: "emoji", role: "group", "aria-label": label },
    ...EMOJI.map((glyph) => make("button", { type: "button" }, glyph)),
  );
  box.onmousedown = (event) => event.preventDefault();
  box.onclick = ({ target, detail }) => {
    if (!target.matches("button")) return;
    input.setRangeText(target.textContent, input.selectionStart, input.selectionEnd, "end");
    input.dispatchEvent(new Event("input"));
    // A mouse goes on by writing; a finger's keyboard would be in the way.
    if (detail && !is_touched()) input.focus();
  };
  clip.after(opener);
  form.append(box);
  return popup(panel, opener, box, false);
}
