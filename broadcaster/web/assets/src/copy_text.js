// A button that copies what stands in a field. Without script the field is marked and copied by hand.
async function copied(field) {
  field.select();
  // Browsers give the clipboard to pages by HTTPS and on this machine; elsewhere there is the old way.
  if (navigator.clipboard) return navigator.clipboard.writeText(field.value);
  if (!document.execCommand("copy")) throw new Error("not copied");
}

for (const button of document.querySelectorAll("[data-copy]")) {
  const field = document.getElementById(button.dataset.copy);
  const word = button.querySelector(".word");
  button.hidden = !field;
  word.setAttribute("aria-live", "polite");
  button.addEventListener("click", () =>
    copied(field).then(
      () => (word.textContent = button.dataset.done),
      () => field.focus(),
    ),
  );
}
