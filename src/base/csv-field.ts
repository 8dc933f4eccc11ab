/**
 * A field of CSV (RFC 4180), in quotes where it needs them. A leading = + - @ would make a spreadsheet calculate what a trace's
 * file says; a tab before it keeps it text.
 */
export function csvField(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `\t${text}` : text;
  return /[",\r\n\t]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
