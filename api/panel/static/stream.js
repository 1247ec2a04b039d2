// The stream of states. Where it is lost it is tried again each second; what is shown then grows old, and says so.
// A page that nobody sees, or that finds all streams taken, asks for the state every five seconds instead: a browser
// has few connections to one server, and an open stream keeps one.

const OLD_S = 5;
const AGAIN_MS = 5000;

export class Stream {
  #onState;
  #onLink;
  #received = null;
  #source = null;
  #timer = null;

  constructor(onState, onLink) {
    this.#onState = onState;
    this.#onLink = onLink;
    document.addEventListener("visibilitychange", () => this.#begin());
    this.#begin();
    setInterval(() => this.#tell(), 250);
  }

  /** Seconds since the last state came in, by this machine's clock. */
  get age() {
    return this.#received === null ? null : (performance.now() - this.#received) / 1000;
  }

  #begin() {
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = null;
    if (document.hidden) this.#ask();
    else this.#listen();
  }

  #listen() {
    const source = new EventSource("/events");
    this.#source = source;
    source.addEventListener("state", (event) => this.#take(JSON.parse(event.data)));
    source.addEventListener("error", () => {
      // a refused stream is closed for good, a broken one the browser opens again by itself
      if (source.readyState === EventSource.CLOSED && source === this.#source) this.#ask();
      this.#tell();
    });
  }

  async #ask() {
    this.#timer = setTimeout(() => this.#begin(), AGAIN_MS);
    try {
      const answer = await fetch("/panel/state");
      if (answer.ok) this.#take(await answer.json());
    } catch { /* still away: what is shown grows old */ }
  }

  #take(state) {
    this.#received = performance.now();
    this.#onState(state);
    this.#tell();
  }

  #tell() {
    const { age } = this;
    if (age === null) this.#onLink("connecting", null);
    else if (age > OLD_S) this.#onLink("old", age);
    else this.#onLink(this.#source?.readyState === EventSource.CONNECTING ? "lost" : "live", age);
  }
}
