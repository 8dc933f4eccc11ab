/** The line of npm's complaint that says what went wrong: around it stand codes, a stack, and where its log is. */
const ASIDE =
  /^(code|errno|syscall|path|dest|file|type|address|port|requiredBy)\b|^A complete log|^[{}\s]|^at /;

export function npmReason(complaint: string): string {
  const lines = complaint
    .split('\n')
    .map((line) => line.replace(/^npm (error|ERR!|warn|WARN) ?/, ''))
    .filter((line) => line !== '');
  return (lines.find((line) => !ASIDE.test(line)) ?? lines[0] ?? complaint).trim();
}
