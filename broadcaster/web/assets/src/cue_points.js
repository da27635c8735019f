// A sound's places start its player there; one with an end stops there. Without this file each opens
// the sound at that place.

const player = document.getElementById("programme");

if (player) {
  let until = Infinity;
  document.addEventListener("click", (event) => {
    const cue = event.target instanceof Element ? event.target.closest("a[data-cue]") : null;
    if (!cue || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    until = cue.dataset.until ? Number(cue.dataset.until) / 1000 : Infinity;
    player.currentTime = Number(cue.dataset.cue) / 1000;
    player.play().catch(() => player.focus());
  });
  player.addEventListener("timeupdate", () => {
    if (player.currentTime < until) return;
    until = Infinity;
    player.pause();
  });
  // Whoever moves the player by hand wants to hear on.
  player.addEventListener("seeking", () => {
    if (player.currentTime > until) until = Infinity;
  });
}
