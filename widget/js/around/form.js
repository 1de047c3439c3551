// The form before a chat: who the visitor is, and their consent. It stands in the place of the composer.

import { check } from "./check.js";
import { button, make, pick } from "./elements.js";

// By the type of a field: how it is typed.
const KINDS = {
  text: { type: "text" },
  email: { type: "email", autocomplete: "email", inputMode: "email", spellcheck: false, autocapitalize: "off" },
  phone: { type: "tel", autocomplete: "tel", inputMode: "tel" },
};

// What a browser can fill in, by the name of a text.
const KNOWN = {
  name: "name",
  first_name: "given-name",
  last_name: "family-name",
  company: "organization",
  city: "address-level2",
  address: "street-address",
};

// What the relay keeps of a value (shared/src/limits.rs, ATTRIBUTE_VALUE_CHARS_MAX).
const VALUE_CHARS_MAX = 512;

// { fields, consent, heading }: consent is null if it need not be asked for. `post(values)` gives a promise of whether it was
// taken; then the form is done. `enrich(element)` makes links of what is written in it.
export const form = ({ fields, consent, heading }, { words, more, post, enrich }) => {
  const language = words[WORD.lang];
  const told = make("p", "wrong");
  told.setAttribute("role", "alert");
  const why = {
    missing: more[EXTRA.field_missing],
    choose: more[EXTRA.field_choose],
    email: more[EXTRA.field_email],
    phone: more[EXTRA.field_phone],
    consent: more[EXTRA.consent_missing],
  };

  // What is typed into, with the line that says what is wrong with it.
  const inputs = [];
  const watch = (input, name) => {
    const wrong = make("p", "wrong");
    wrong.id = "wrong-" + inputs.length;
    wrong.hidden = true;
    input.setAttribute("aria-describedby", wrong.id);
    const judge = (error) => {
      input.setAttribute("aria-invalid", !!error);
      wrong.textContent = why[error] || "";
      wrong.hidden = !error;
    };
    input.addEventListener("input", () => judge());
    inputs.push({ input, name, judge });
    return wrong;
  };

  const rows = fields.map(({ name, label, type, required, options }) => {
    const field = make(type == "select" ? "select" : "input", "field");
    if (type == "select") {
      field.append(new Option(more[EXTRA.field_choose], ""));
      // What the shop's people read is in their own language.
      for (const option of options || []) field.append(new Option(pick(option, language), pick(option, "ru")));
    } else {
      Object.assign(field, KINDS[type] || KINDS.text, { maxLength: VALUE_CHARS_MAX });
      if (KNOWN[name]) field.autocomplete ||= KNOWN[name];
    }
    field.required = !!required;
    const note = required ? make("i", "", "*") : make("small", "", more[EXTRA.field_optional]);
    if (required) note.setAttribute("aria-hidden", true);
    // The mistake is told beside the label, not in it.
    return make("div", "", make("label", "", make("span", "", pick(label, language), " ", note), field), watch(field, name));
  });

  const box = make("input");
  if (consent) {
    box.type = "checkbox";
    box.required = true;
    const text = make("span", "", pick(consent.text, language));
    enrich(text);
    rows.push(make("div", "", make("label", "consent", box, text), watch(box)));
  }

  const start = button("start", null, more[EXTRA.form_start]);
  start.type = "submit";
  const title = heading ? make("h3", "", heading) : "";
  const element = make("form", "ask", make("div", "fields", title, ...rows), told, start);
  element.noValidate = true;
  element.setAttribute("aria-label", heading || more[EXTRA.form_start]);

  element.onsubmit = async (event) => {
    event.preventDefault();
    // Once is enough.
    if (start.disabled) return;
    const typed = Object.fromEntries(inputs.map(({ input, name }) => [name, input.value]));
    const { values, errors } = check(fields, typed);
    let first;
    for (const { input, name, judge } of inputs) {
      const error = input == box ? !box.checked && "consent" : errors[name];
      judge(error);
      if (error) first ||= input;
    }
    told.textContent = "";
    if (first) return first.focus();
    start.disabled = true;
    const is_taken = await post(values);
    start.disabled = false;
    if (is_taken || !element.isConnected) return;
    told.textContent = more[EXTRA.form_failed];
    start.focus();
  };

  return { element, focus: () => inputs[0]?.input.focus({ preventScroll: true }) };
};
