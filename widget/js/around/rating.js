// The question how the shop has helped: five stars, a comment, thanks.

import { say } from "../words.js";
import { button, make } from "./elements.js";

const STARS = [1, 2, 3, 4, 5];
const SHAPE = "m12 3 2.8 5.7 6.2.9-4.5 4.4 1.1 6.2-5.6-2.9-5.6 2.9 1.1-6.2L3 9.6l6.2-.9z";
const SVG = "http://www.w3.org/2000/svg";

// What the relay takes (shared/src/limits.rs, RATING_COMMENT_CHARS_MAX).
const COMMENT_CHARS_MAX = 1000;

const drawing = (name, attribute, value, ...inside) => {
  const element = document.createElementNS(SVG, name);
  element.setAttribute(attribute, value);
  element.append(...inside);
  return element;
};

// `post(score, comment)` gives a promise of whether it was taken; `grow(act)` changes what is shown. show(rating) shows what the
// relay knows of it.
export const rating = (name, words, more, post, grow) => {
  let sent = 0;
  const comment = make("textarea", "input");
  Object.assign(comment, { rows: 2, maxLength: COMMENT_CHARS_MAX, placeholder: more[EXTRA.rate_comment] });
  comment.setAttribute("aria-label", more[EXTRA.rate_comment]);
  const told = make("p", "told");
  told.setAttribute("role", "status");
  const send = button("choice", () => submit(), more[EXTRA.rate_send]);
  const choice = make("div", "opinion", comment, send);
  choice.hidden = true;

  const radios = STARS.map((score) => {
    const radio = make("input", "sr");
    Object.assign(radio, { type: "radio", name, value: score });
    radio.setAttribute("aria-label", say(more, EXTRA.rate_star, score));
    radio.onchange = () =>
      grow(() => {
        mark(score);
        told.textContent = "";
        choice.hidden = false;
      });
    return radio;
  });
  const labels = radios.map((radio) => make("label", "", radio, drawing("svg", "viewBox", "0 0 24 24", drawing("path", "d", SHAPE))));
  const mark = (score) => labels.forEach((label, index) => label.classList.toggle("on", index < score));
  const thank = (score) => {
    sent = score;
    mark(score);
    choice.hidden = true;
    told.textContent = more[EXTRA.rate_thanks];
  };

  const submit = async () => {
    const score = radios.findIndex((radio) => radio.checked) + 1;
    send.disabled = true;
    const is_taken = await post(score, comment.value.trim());
    send.disabled = false;
    grow(() => {
      if (is_taken) thank(score);
      else told.textContent = more[EXTRA.rate_failed];
    });
    // The button may be gone from under the visitor.
    (is_taken ? radios[score - 1] : send).focus();
  };

  const element = make(
    "fieldset",
    "rating",
    make("legend", "", words[WORD.rate_question]),
    make("div", "stars", ...labels),
    choice,
    told,
  );
  return {
    element,
    show(known) {
      // What the visitor is about to say goes before what they have said.
      if (!known.score || known.score == sent || !choice.hidden) return;
      radios[known.score - 1].checked = true;
      comment.value = known.comment || "";
      thank(known.score);
    },
  };
};
