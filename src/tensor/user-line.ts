/** Which line of the user's script led here: the first stack frame outside this library. */

const FRAME = /(?:\(|at |async )((?:file:\/\/)?[^()\s][^()]*?):(\d+):(\d+)\)?$/;

function fileOf(line: string): { file: string; at: string } | null {
  const match = FRAME.exec(line.trimEnd());
  if (!match) return null;
  const file = (match[1] as string).replace(/^file:\/\//, '');
  return { file, at: `${file}:${match[2]}:${match[3]}` };
}

/** Our own place, as stacks spell it: the source folder where source maps are on, else the one bundled file. */
const own = fileOf((new Error().stack ?? '').split('\n')[1] ?? '')?.file ?? '';
const sourceFolder = /^(.*\/src\/)tensor\/user-line\.ts$/.exec(own)?.[1];

const isOwn = (file: string): boolean =>
  file.startsWith('node:') || (sourceFolder !== undefined ? file.startsWith(sourceFolder) : file === own);

/** Deep enough for a call inside a layer inside the user's own modules. */
const STACK_FRAMES = 60;

/** The stack of this call, deeper than errors usually show. */
export function deepStack(): string {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = STACK_FRAMES;
  const { stack = '' } = new Error();
  Error.stackTraceLimit = limit;
  return stack;
}

/** `file:line:column` of the nearest frame of the user's, null when the stack has none. */
export function userLine(): string | null {
  for (const line of deepStack().split('\n').slice(1)) {
    const frame = fileOf(line);
    if (frame && !isOwn(frame.file)) return frame.at;
  }
  return null;
}
