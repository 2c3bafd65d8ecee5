/** Digits of a PIN where the organisation has not said otherwise. */
export const PIN_LENGTH = 6;

/** PINs that are tried first by whoever finds a phone: one digit repeated, a run up or down, a pair repeated. */
export function isGuessablePin(pin: string): boolean {
  const digits = [...pin].map(Number);
  const steps = digits.slice(1).map((digit, index) => digit - digits[index]!);
  const oneStep = steps.every((step) => step === steps[0]) && Math.abs(steps[0] ?? 0) <= 1;
  const pair = digits.every((digit, index) => digit === digits[index % 2]);
  return oneStep || pair;
}
