// The words of the parts that are fetched later, once for each language of the page.
export const extra = (chat, words) => {
  const language = words[WORD.lang];
  chat.extras ||= {};
  return (chat.extras[language] ||= chat.parts.load(language + "-more.js").then((module) => module.default));
};
