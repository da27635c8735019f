// A programme's times start its player there. Without this file each opens the sound at that time.

const player = document.getElementById("programme");

if (player) {
  document.addEventListener("click", (event) => {
    const cue = event.target instanceof Element ? event.target.closest("a[data-cue]") : null;
    if (!cue || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    player.currentTime = Number(cue.dataset.cue) / 1000;
    player.play().catch(() => player.focus());
  });
}
