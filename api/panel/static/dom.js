// Small ways to make and to change elements. A text is written only where it has changed, so that a page which is
// told the same every second stays quiet for screen readers, selections and the eye.

export const byId = (id) => document.getElementById(id);

/** Make an element: attributes as an object, then texts and elements; null ones are left out. */
export function h(name, attributes = {}, ...children) {
  const found = document.createElement(name);
  setAttributes(found, attributes);
  found.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return found;
}

/** Make an element of SVG. */
export function s(name, attributes = {}, ...children) {
  const found = document.createElementNS("http://www.w3.org/2000/svg", name);
  setAttributes(found, attributes);
  found.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return found;
}

function setAttributes(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value);
  }
}

export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function setAttribute(element, name, value) {
  if (value === null || value === undefined || value === false) element.removeAttribute(name);
  else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value);
}

/** Replace an element's children where they would look different. */
export function setChildren(element, ...children) {
  const fresh = document.createElement(element.tagName);
  fresh.append(...children.flat().filter((child) => child !== null && child !== undefined));
  if (element.innerHTML !== fresh.innerHTML) element.replaceChildren(...fresh.childNodes);
}

/** Bring the children of a list in line with its items: one element each, kept by key and moved where needed. */
export function setList(parent, items, keyOf, make, update) {
  const kept = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  items.forEach((item, place) => {
    const key = String(keyOf(item));
    let child = kept.get(key);
    kept.delete(key);
    if (!child) {
      child = make(item);
      child.dataset.key = key;
    }
    update(child, item);
    if (parent.children[place] !== child) parent.insertBefore(child, parent.children[place] ?? null);
  });
  for (const gone of kept.values()) gone.remove();
}

/** A term with its value, for a description list. */
export function term(name, value, { note = "", tone = "", lead = false } = {}) {
  const classes = [tone, lead ? "lead" : ""].join(" ").trim();
  const said = h("dd", {}, value, note ? " " : null, note ? h("small", {}, note) : null);
  return h("div", { class: classes || null }, h("dt", {}, name), said);
}
