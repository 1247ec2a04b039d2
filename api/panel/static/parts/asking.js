// A dialog that asks for one thing, sends it, and says what came of it.

import { setText } from "../dom.js";

let sending = false;

/** Let a dialog be left by its Cancel button; not while something is under way. */
export function closeOn(dialog) {
  dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
  dialog.addEventListener("cancel", (event) => { if (sending) event.preventDefault(); });
}

/**
 * Open a dialog. ``send`` is given the text of its field; ``done`` returns what is then said, or null to close it.
 */
export function ask({ dialog, field, send, done }) {
  const form = dialog.querySelector("form");
  const yes = form.querySelector("[type=submit]");
  const cancel = form.querySelector("[data-close]");
  const said = form.querySelector(".said");
  field.value = "";
  field.readOnly = false;
  yes.hidden = yes.disabled = false;
  say("", "");
  setText(cancel, "Cancel");
  form.onsubmit = async (event) => {
    event.preventDefault();
    if (sending) return;
    begin();
    try {
      const words = done(await send(field.value));
      if (words === null) dialog.close();
      else finish(words);
    } catch (error) {
      say(error.message, "bad");
      yes.disabled = field.readOnly = false;
    } finally {
      sending = cancel.disabled = false;
    }
  };
  dialog.showModal();
  field.focus();

  function say(text, tone) {
    said.className = `said ${tone}`.trim();
    setText(said, text);
  }

  function begin() {
    sending = cancel.disabled = yes.disabled = field.readOnly = true;
    say("Waiting for the answer…", "");
  }

  function finish(words) {
    say(words, "good");
    yes.hidden = true;
    setText(cancel, "Close");
    cancel.disabled = false;
    cancel.focus();
  }
}
