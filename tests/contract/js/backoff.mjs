// Section 19: after failed attempt n, a random time between half and all of min(cap, first × 2ⁿ).
export function backoffMs(attempt, firstMs, capMs) {
  const longest = Math.min(capMs, firstMs * 2 ** Math.min(attempt, 30));
  return longest * (0.5 + Math.random() / 2);
}
