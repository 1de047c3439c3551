// The styles of a part in a shadow root, in the colours that the page has chosen.

const DARK = /prefers-color-scheme/;

export const THEMES = { light: "not all", dark: "all", auto: "(prefers-color-scheme: dark)" };

// All styles in the theme of chat.options.
export const dress = (root) => {
  const media = THEMES[root.chat?.options.theme];
  if (!media) return;
  const sheets = [...(root.adoptedStyleSheets || []), ...root.styleSheets];
  for (const rule of sheets.flatMap((sheet) => [...sheet.cssRules])) {
    if (rule.media && (rule.dark ||= DARK.test(rule.media.mediaText))) rule.media.mediaText = media;
  }
};

// A root keeps its styles when the chat in it is mounted anew. (Every part has this module, and styles, of its own.)
const dressed = new WeakSet();

export const adopt = (root, text) => {
  if (dressed.has(root)) return;
  dressed.add(root);
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  } catch {
    // Safari before 16.4 has no constructable sheets.
    const style = document.createElement("style");
    style.textContent = text;
    root.append(style);
  }
  dress(root);
};
