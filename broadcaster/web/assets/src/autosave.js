// Keeps what is typed into a bulletin's form a moment after each pause, so that nothing is lost with the
// browser. Without this file the form is an ordinary one.

const PAUSE_MS = 1_200;
const AGAIN_MS = 6_000;
const LONGEST_KEPT_ALIVE_BYTES = 60_000;
const form = document.querySelector("form[data-draft]");

if (form) {
  const state = form.querySelector("[data-draft-state]");
  const said = state.dataset;
  let waiting = null;
  let isKeeping = false;
  let isStopped = false;
  // Going back, a browser fills in what was saved long ago, and nobody has typed that anew.
  let isTouched = false;
  let typed = "";

  const fields = () => {
    const given = new FormData(form);
    for (const name of ["csrf_token", "document", "cursor"]) given.delete(name);
    given.set("bulletin_id", form.dataset.bulletin);
    return given;
  };
  const content = () => {
    const given = fields();
    given.delete("revision");
    return new URLSearchParams(given).toString();
  };

  const say = (sentence, trouble = false) => {
    state.hidden = false;
    state.textContent = sentence;
    state.classList.toggle("trouble", trouble);
  };
  const later = (ms) => {
    clearTimeout(waiting);
    if (!isStopped) waiting = setTimeout(keep, ms);
  };

  async function keep() {
    const now = content();
    if (isKeeping || isStopped || !isTouched || now === typed) return;
    isKeeping = true;
    let isAnswered = false;
    try {
      const answer = await fetch(form.dataset.draft, {
        method: "POST",
        body: fields(),
        headers: { "X-CSRF-Token": document.querySelector('meta[name="csrf-token"]').content, Accept: "application/json" },
        keepalive: now.length < LONGEST_KEPT_ALIVE_BYTES,
        redirect: "error",
      });
      const told = await answer.json();
      isAnswered = true;
      if (answer.ok) {
        typed = now;
        form.elements.revision.value = told.revision;
        const at = new Date(told.saved_at_ms).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: form.dataset.zone });
        say(told.warning || `${said.kept} ${at}.`, Boolean(told.warning));
      } else {
        isStopped = true;
        say(told.message ?? said.lost, true);
      }
    } catch {
      say(said.lost, true);
    }
    isKeeping = false;
    if (!isAnswered) later(AGAIN_MS);
    else if (content() !== typed) later(PAUSE_MS);
  }

  typed = content();
  form.addEventListener("input", () => {
    isTouched = true;
    if (state.hidden) say(said.keeping);
    later(PAUSE_MS);
  });
  form.addEventListener("submit", () => {
    isStopped = true;
    clearTimeout(waiting);
  });
  document.addEventListener("visibilitychange", () => document.hidden && keep());
  window.addEventListener("pagehide", keep);
}
