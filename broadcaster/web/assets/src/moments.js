// The moment that a field of date and time holds, said in words beside it while one types. What stands there
// when the page comes is the server's; both write with the words that the page carries.
const DAY_MS = 86_400_000;

function typedMoment(input, { begins }) {
  if (!begins) return input.value;
  if (!/^\d{1,4}$/.test(input.value)) return "";
  return new Date(Date.parse(`${begins}Z`) + Number(input.value) * DAY_MS).toISOString().slice(0, 16);
}

function spelled(typed, { days, months, at }) {
  const moment = new Date(`${typed.slice(0, 10)}T00:00Z`);
  if (!typed || Number.isNaN(moment.getTime())) return "";
  const [day, month, year] = [moment.getUTCDate(), moment.getUTCMonth(), moment.getUTCFullYear()];
  const written = months ? `${day} ${months.split("|")[month]} ${year}` : `${day}/${month + 1}/${year}`;
  const clock = typed.length > 10 ? at + typed.slice(11, 16) : "";
  return `${days.split("|")[(moment.getUTCDay() + 6) % 7]}, ${written}${clock}`;
}

document.addEventListener("input", ({ target }) => {
  const place = document.getElementById(`${target.id}-moment`);
  if (!place) return;
  const told = spelled(typedMoment(target, place.dataset), place.dataset);
  place.textContent = told && (place.dataset.until ?? "") + told;
});
