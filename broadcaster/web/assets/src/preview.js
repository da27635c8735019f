// Tells which sentence is being written, for the buttons that read it aloud (htmx sends the form).

const place = document.querySelector("[data-preview]");

if (place) {
  const form = place.closest("form");
  const { script, cursor } = form.elements;
  const note = () => (cursor.value = String(script.selectionStart));
  place.hidden = false;
  for (const event of ["input", "keyup", "click", "blur"]) script.addEventListener(event, note);
  note();
}
