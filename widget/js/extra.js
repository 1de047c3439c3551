// The texts of what is fetched after the panel (enum Extra in shared/src/words), in the panel's language. Fetched once a
// language, for every part that asks.

// Some browsers remember a failed import for the life of the page, hence the number of the attempt.
let tries = 0;

export const extra = (chat, words) => {
  const name = words[WORD.lang] + "-more.js";
  const kept = (chat.extra ||= {});
  return (kept[name] ||= chat.parts.load(name, tries).then(
    (module) => module.default,
    (error) => {
      kept[name] = null;
      tries++;
      throw error;
    },
  ));
};
