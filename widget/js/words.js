// Texts of a file of words: each is a text, or one for each plural category of the language. The first text of the panel's file
// is the language's tag.

// A text with a name in it.
export const say = (words, word, value) => words[word].replace("{}", () => value);

// A text with a number in it, in the form that goes with it.
export const count = (words, word, number, language = words[0]) => {
  const text = words[word];
  const form = typeof text == "string" ? text : text[new Intl.PluralRules(language).select(number)] || text.other;
  return form.replace("{}", number);
};

// A day of the calendar.
export const date = (words, at, is_other_year) =>
  new Intl.DateTimeFormat(words[0], {
    day: "numeric",
    month: "long",
    year: is_other_year ? "numeric" : undefined,
  }).format(at);
