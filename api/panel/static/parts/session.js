// Who is logged in here. An administrator's session is a cookie that no script can read; what is kept is that there is
// one, so that a page whose user has never logged in asks nothing.

const KEPT = "levibot-session";

export class Refused extends Error {}

export function log() {
  return new Session();
}

class Session {
  who = null;
  #token = null;

  /** Find out whether an earlier session still holds. */
  async resume() {
    if (recall() === null) return;
    await this.#ask();
  }

  /** An administrator's session is a cookie; the lesser roles' token is gone with the page. */
  async begin(key) {
    const { role, access_token: token } = await this.post("/auth/login", { key });
    if (role === "admin") {
      await this.post("/auth/admin/login", { key });
      keep();
    } else {
      this.#token = token;
    }
    await this.#ask();
    return {};
  }

  async end() {
    try {
      await this.post("/auth/logout", {});
    } finally {
      this.#forget();
    }
  }

  /** Post, and return the answer; throws ``Refused`` in words. */
  async post(path, body) {
    const answer = await fetch(path, { method: "POST", headers: this.#headers(), body: JSON.stringify(body) });
    const said = await answer.json().catch(() => ({}));
    if (answer.status === 401) this.#forget();
    if (!answer.ok) throw new Refused(said.message ?? `The server answered ${answer.status}.`);
    return said;
  }

  async #ask() {
    const answer = await fetch("/auth/me", { headers: this.#headers() });
    if (answer.ok) this.who = await answer.json();
    else this.#forget();
  }

  #headers() {
    const token = this.#token === null ? {} : { Authorization: `Bearer ${this.#token}` };
    return { "Content-Type": "application/json", ...token };
  }

  #forget() {
    this.who = this.#token = null;
    try { localStorage.removeItem(KEPT); } catch { /* nothing is kept here */ }
  }
}

function recall() {
  try { return localStorage.getItem(KEPT); } catch { return null; }
}

function keep() {
  try { localStorage.setItem(KEPT, "yes"); } catch { /* then one logs in again after a reload */ }
}
