// What the visitor has chosen in the menu. Kept in this browser, and read anew each time: another tab may have changed it.

export const settings = (key) => {
  // Where the browser keeps nothing: for as long as the page is there.
  const here = {};
  const name = (what) => `prilavok:${key}:${what}`;
  return {
    name,
    has(what) {
      try {
        return here[what] ?? localStorage.getItem(name(what)) != null;
      } catch {
        return false;
      }
    },
    set(what, is_on) {
      try {
        if (is_on) localStorage.setItem(name(what), "1");
        else localStorage.removeItem(name(what));
        delete here[what];
      } catch {
        here[what] = is_on;
      }
    },
  };
};
