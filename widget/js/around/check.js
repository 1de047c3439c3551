// What a visitor has put into the form before a chat: right or wrong. Pure.

// An address has a name, a host with a dot, and no second @. What is behind it only a letter finds out.
const EMAIL = /^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/;
const EMAIL_CHARS_MAX = 254;

// A telephone number in the form of E.164; empty if it is none. Without a plus it is a Russian one, or begins with its country.
export const phone = (text) => {
  const number = text.replace(/[\s().\-\u2010-\u2015]/g, "").replace(/^00/, "+");
  const russian = /^(?:\+?7|8)(\d{10})$/.exec(number) || /^([349]\d{9}|8[0-8]\d{8})$/.exec(number);
  if (russian) return "+7" + russian[1];
  // Of +7 all numbers are so long.
  const other = /^(?:\+(?=\d{8})|(?=\d{11}))([1-689]\d{7,14})$/.exec(number);
  return other && (number[0] == "+" || number[0] != "8") ? "+" + other[1] : "";
};

// { values, errors }: what is right by the names of the fields, and what is wrong with the others: "missing", "email", "phone" or
// "choose". What may be empty and is, is in neither.
export const check = (fields, typed) => {
  const values = {};
  const errors = {};
  for (const { name, type, required } of fields) {
    const text = (typed[name] || "").trim();
    const value = type == "phone" ? phone(text) : text;
    if (!text) {
      if (required) errors[name] = type == "select" ? "choose" : "missing";
    } else if (!value || (type == "email" && (text.length > EMAIL_CHARS_MAX || !EMAIL.test(text)))) errors[name] = type;
    else values[name] = value;
  }
  return { values, errors };
};
