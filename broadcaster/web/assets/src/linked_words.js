// What is written and what is said for it light up together, wherever one of them is touched.
// Without this file each is a link to the other.

const PAIRED = "[data-linked] a[id]";
const chosen = { pointer: null, focus: null, held: null };
let lit = [];

const pairOf = (link) => [link, document.getElementById(link.hash.slice(1))];
const linkAt = (target) => (target instanceof Element ? target.closest(PAIRED) : null);

function choose(how, link) {
  if (chosen[how] === link) return;
  chosen[how] = link;
  for (const each of lit) each.classList.remove("lit");
  lit = Object.values(chosen).filter(Boolean).flatMap(pairOf).filter(Boolean);
  for (const each of lit) each.classList.add("lit");
}

if (document.querySelector("[data-linked]")) {
  document.addEventListener("pointerover", (event) => {
    if (event.pointerType === "mouse") choose("pointer", linkAt(event.target));
  });
  document.addEventListener("focusin", (event) => choose("focus", linkAt(event.target)));
  document.addEventListener("focusout", () => choose("focus", null));
  document.addEventListener("click", (event) => {
    const link = linkAt(event.target);
    choose("held", link);
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    // Beside each other nothing moves; below each other, on a phone, the partner comes into view.
    pairOf(link)[1]?.scrollIntoView({ block: "nearest" });
  });
}
