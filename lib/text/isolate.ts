/**
 * A number or code that must read left to right inside text of any direction (telephone, patient number, dose): wrapped in
 * Unicode isolates. Without them `113 574` is shown as `574 113` in an Arabic line. On a screen take CodeText of app/ui.
 */
export function isolateLtr(text: string): string {
  return `\u2066${text}\u2069`;
}
