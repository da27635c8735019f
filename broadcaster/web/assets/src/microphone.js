// A microphone that hands on tenths of a second: 16-bit samples, and how loud they were. Live talks and
// the recorder use it alike; whoever opens it lets it go.

const QUIETEST_DB = -60;

// From silence to full scale, as ears count: 60 decibels.
export const percent = (loudness) =>
  Math.max(0, Math.min(100, 100 - (100 * 20 * Math.log10(loudness || 1e-9)) / QUIETEST_DB));

export const canRecord = () => window.isSecureContext && Boolean(navigator.mediaDevices);

// Rejects when the browser or its owner does not give the microphone.
export async function openMicrophone(worklet) {
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true },
  });
  const context = new AudioContext();
  await context.audioWorklet.addModule(worklet);
  const gatherer = new AudioWorkletNode(context, "gatherer", { numberOfOutputs: 0, channelCount: 1, channelCountMode: "explicit" });
  context.createMediaStreamSource(stream).connect(gatherer);
  return { stream, context, gatherer };
}

export function closeMicrophone({ stream, context }) {
  for (const track of stream.getTracks()) track.stop();
  if (context.state !== "closed") context.close();
}
