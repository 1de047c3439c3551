// What the visitor does with the panel, told to the stay: `tell(what, text)`. Listened to here, since a listener is a tenth
// of what it weighs in wasm. What files need on the screen is fetched with the first file (files.js).

// The same numbers are in src/view/attend.rs.
const CLOSE = 0;
const SCROLLED = 1;
const RETRY = 2;
const TRY_AGAIN = 3;
const WRITE = 4;
const SEND = 5;
const NO_FILES = 6;

// What a key reports that belongs to an input method (on Safari also the Enter that ends a composition).
const IN_COMPOSITION = 229;

export function attend(panel, tell) {
  const at = (selector) => panel.querySelector(selector);
  const [log, form, input, pick] = [".log", "form", ".input", ".pick"].map(at);
  let board, opening;
  let tries = 0;

  // Some browsers remember a failed import for the life of the page, hence the query on later attempts. The address is put
  // together in a way that the bundler leaves alone.
  const files = () =>
    (opening ||= import(new URL("files.js" + (tries ? "?" + tries : ""), import.meta.url))
      .then((part) => part.open(panel, tell))
      .then(
        (opened) => (board = opened),
        () => {
          opening = null;
          tries++;
          tell(NO_FILES, "");
        },
      ));
  const take = (event, source) => {
    const taken = [...(source?.files || [])];
    if (taken[0]) {
      event.preventDefault();
      files().then((board) => taken.forEach((file) => board?.add(file)));
    }
  };

  panel.onkeydown = (event) => {
    if (event.isComposing) return;
    if (event.key == "Escape" && !board?.leave()) tell(CLOSE, "");
    if (event.key == "Enter" && event.target == input && !event.shiftKey && event.keyCode != IN_COMPOSITION) {
      event.preventDefault();
      tell(SEND, "");
    }
  };
  panel.ondragover = (event) => event.preventDefault();
  panel.ondrop = (event) => take(event, event.dataTransfer);
  panel.onpaste = (event) => take(event, event.clipboardData);
  pick.onchange = (event) => {
    take(event, pick);
    pick.value = "";
  };
  at(".close").onclick = () => tell(CLOSE, "");
  at(".fatal button").onclick = () => tell(TRY_AGAIN, "");
  log.onscroll = () => tell(SCROLLED, "");
  log.onclick = ({ target }) => {
    if (target.matches(".retry")) tell(RETRY, [...log.children].indexOf(target.closest(".msg")) + "");
  };
  input.oninput = () => tell(WRITE, "");
  form.onsubmit = (event) => {
    event.preventDefault();
    tell(SEND, "");
  };

  return {
    // Shows the file of a message; `url` is empty until there is a link.
    draw(...file) {
      files().then((board) => board?.draw(...file));
    },
  };
}
