/** An optimizer that is given a group for each parameter though none has options of its own: one edit makes them one group. */
import type { Result } from '../base/result.ts';
import { err, ok } from '../base/result.ts';
import type { Edit } from '../suggest/suggestion.ts';
import type { SourceReader } from './source-files.ts';
import { SourceFiles } from './source-files.ts';
import type { Node, SourceFile } from './syntax.ts';
import { dottedName, keyName, unwrapped, walk } from './syntax.ts';

const OPTIMIZERS = /(^|\.)(SGD|Adam|AdamW|RMSprop|Lion)$/;

/** `parameters` of `[...parameters].map((p) => ({ params: [p] }))`, however it is made an array; null for anything else. */
function groupedAlone(argument: Node): Node | null {
  const call = unwrapped(argument) as unknown as { type: string; callee: Node; arguments: Node[] };
  if (call.type !== 'CallExpression' || call.arguments.length !== 1) return null;
  const { object, property } = call.callee as unknown as { object?: Node; property?: Node };
  if (!object || !property || keyName({ key: property }) !== 'map') return null;
  return makesOwnGroup(call.arguments[0] as Node) ? spread(object) : null;
}

/** `(p) => ({ params: [p] })` */
function makesOwnGroup(node: Node): boolean {
  const { type, params, body } = node as unknown as { type: string; params: Node[]; body: Node };
  if (type !== 'ArrowFunctionExpression' || params.length !== 1) return false;
  const object = unwrapped(body) as unknown as { type: string; properties: Node[] };
  if (object.type !== 'ObjectExpression' || object.properties.length !== 1) return false;
  const { key, value } = object.properties[0] as unknown as { key?: Node; value?: Node };
  const { elements = [] } = (value ?? {}) as unknown as { elements?: (Node | null)[] };
  const [only, ...others] = elements;
  return (
    key !== undefined &&
    keyName({ key }) === 'params' &&
    others.length === 0 &&
    !!only &&
    dottedName(only) === dottedName(params[0] as Node)
  );
}

/** What `[...x]`, `Array.from(x)` and `x` itself go through. */
function spread(array: Node): Node {
  const node = unwrapped(array) as unknown as {
    type: string;
    elements?: Node[];
    callee?: Node;
    arguments?: Node[];
  };
  const [element, ...others] = node.elements ?? [];
  if (element?.type === 'SpreadElement' && others.length === 0)
    return (element as unknown as { argument: Node }).argument;
  const [given] = node.arguments ?? [];
  return node.callee && given && dottedName(node.callee) === 'Array.from' ? given : array;
}

/** An error is one sentence that says why no single edit is right. */
export function findParameterGroups(reader: SourceReader, script: string): Result<Edit, string> {
  const files = new SourceFiles(reader);
  if (!files.reach(script)) return err(`${script} cannot be read or does not parse`);
  const found: Edit[] = [];
  const text = (source: SourceFile, node: Node): string => source.text.slice(node.start ?? 0, node.end ?? 0);
  for (const source of files.reached)
    walk(source.root, (node) => {
      const { callee, arguments: args } = node as unknown as { callee?: Node; arguments?: Node[] };
      const [argument] = args ?? [];
      if (node.type !== 'NewExpression' || !callee || !argument || !OPTIMIZERS.test(dottedName(callee) ?? ''))
        return;
      const parameters = groupedAlone(argument);
      if (!parameters) return;
      found.push({
        file: source.file,
        start: argument.start ?? 0,
        end: argument.end ?? 0,
        oldText: text(source, argument),
        newText: text(source, parameters),
      });
    });
  const [edit, ...others] = found;
  return edit && others.length === 0
    ? ok(edit)
    : err(
        edit
          ? 'several optimizers group their parameters one by one'
          : 'no optimizer is given a group for each parameter',
      );
}
