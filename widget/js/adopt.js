// Gives a shadow root the styles of a part.
export const adopt = (root, text) => {
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
};
