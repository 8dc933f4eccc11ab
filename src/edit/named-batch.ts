/** The batch size of a script that cuts its batches itself (jax-js, raw WebGPU): the one number under that name. */
import type { Result } from '../base/result.ts';
import { err, ok } from '../base/result.ts';
import type { FoundValue } from '../suggest/source-finder.ts';
import { literalEdit, placeOf } from './find-option.ts';
import type { FoundLiteral } from './find-value.ts';
import { findValue } from './find-value.ts';
import type { SourceFiles } from './source-files.ts';
import type { Node } from './syntax.ts';
import { keyName, walk } from './syntax.ts';

const NAME = /^(train|training|mini)?_?batch_?(size)?$/i;

/** What a node declares under a name, and the value it gives. */
function declared(node: Node): { readonly name: string | null; readonly value: Node } | null {
  const { id, init, key, value, left, right, computed } = node as unknown as Record<string, Node | null> & {
    readonly computed?: boolean;
  };
  if (node.type === 'VariableDeclarator' && id && init)
    return { name: keyName({ key: id, computed: false }), value: init };
  if ((node.type === 'ObjectProperty' || node.type === 'ClassProperty') && key && value)
    return { name: keyName({ key, computed }), value };
  if (node.type === 'AssignmentPattern' && left && right)
    return { name: keyName({ key: left, computed: false }), value: right };
  return null;
}

/** An error is one sentence that says why no single edit is right. */
export function findNamedBatch(
  files: SourceFiles,
  observed: number | undefined,
): Result<FoundValue<number>, string> {
  const found = new Map<string, FoundLiteral>();
  for (const source of files.reached)
    walk(source.root, (node, ancestors) => {
      const declaration = declared(node);
      if (!declaration || declaration.name === null || !NAME.test(declaration.name)) return;
      const place = { source, node: declaration.value, ancestors: [...ancestors, node] };
      for (const literal of findValue(files, place).literals)
        if (Number.isInteger(Number(literal.value)) && literal.value !== '')
          found.set(`${literal.source.file}:${literal.node.start}`, literal);
    });
  const all = [...found.values()];
  if (all.length === 0)
    return err('the script builds no DataLoader, calls no fit() and names no number a batch size');
  const equal = observed === undefined ? all : all.filter(({ value }) => Number(value) === observed);
  const [literal, ...others] = equal;
  if (!literal)
    return err(
      `the run had ${observed} rows a step, but the source says ${all.map(({ value }) => value).join(', ')}`,
    );
  if (others.length > 0)
    return err(`${equal.length} numbers are named a batch size; which one trains is not certain`);
  return ok({
    value: Number(literal.value),
    at: placeOf(literal.source, literal.node),
    via: literal.via,
    edit: (batch) => literalEdit(literal, batch),
  });
}
