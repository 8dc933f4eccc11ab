/** The way of one wave through a kernel: what its names hold, statement by statement, and where it touches buffers. */
import type { Access, KernelShape } from './accesses.ts';
import type { Lanes } from './lanes.ts';
import { add, constant, isUniform, numberOf, symbol, textOf } from './lanes.ts';
import { componentOf, cursorAt, element, member } from './cursor.ts';
import { builtinInput } from './inputs.ts';
import { binary, builtinCall, construct, unary, zeroOf } from './operations.ts';
import type { Cursor } from './cursor.ts';
import type { Value } from './scope.ts';
import { Scope, atHead, either, isLanes, isPointer, isRecord, isVector, sameValue } from './scope.ts';
import type { Node } from './syntax.ts';
import { attributeOf, isIndex, layoutOf, literalOf } from './syntax.ts';

const MAX_STATEMENTS = 100_000;
const MAX_CALLS = 16;
const PASSES = 4;

/** Thrown at a kernel that is too long or too deep to go through. */
export class TooLong extends Error {}

export class Walk {
  readonly #lanes: number;
  readonly #shape: KernelShape;
  readonly #globals = new Map<string, Node>();
  readonly #functions = new Map<string, Node>();
  readonly #constants = new Map<string, Value>();
  readonly #accesses: Access[] = [];
  readonly #loops: string[] = [];
  #scope = new Scope();
  #returned: Value | undefined;
  /** Within how many branches that lanes may take differently. */
  #apart = 0;
  /** A lane may have left the function, or the loop, before others. */
  #leftFunction = false;
  #leftLoop = false;
  #recording = true;
  #statements = 0;
  #calls = 0;

  constructor(module: readonly Node[], lanes: number, shape: KernelShape) {
    this.#lanes = lanes;
    this.#shape = shape;
    for (const node of module) {
      if (node.astNodeType === 'function') this.#functions.set(node.name, node);
      else if (/^(var|const|override|let)$/.test(node.astNodeType)) this.#globals.set(node.name, node);
    }
  }

  entry(entry: Node): Access[] {
    for (const argument of entry.args ?? []) this.#scope.declare(argument.name, this.#input(argument));
    this.#block(entry.body);
    return this.#accesses;
  }

  /** An input of the entry point: a built-in value, or a struct of them. */
  #input(argument: Node): Value {
    const members = argument.type?.members as readonly Node[] | undefined;
    if (members) return { members: new Map(members.map((each) => [each.name, this.#input(each)])) };
    return builtinInput(this.#lanes, this.#shape.workgroupSize, attributeOf(argument, 'builtin') ?? '');
  }

  #block(statements: readonly Node[]): void {
    this.#scope.open();
    for (const statement of statements) this.#statement(statement);
    this.#scope.close();
  }

  #statement(node: Node): void {
    if (++this.#statements > MAX_STATEMENTS) throw new TooLong();
    switch (node.astNodeType) {
      case 'let':
      case 'var':
      case 'const':
        this.#scope.declare(
          node.name,
          node.value ? this.#evaluate(node.value) : zeroOf(this.#lanes, node.type),
        );
        return;
      case 'assign':
        return this.#assign(node);
      case 'increment': {
        const value = this.#evaluate(node.variable);
        const one = constant(this.#lanes, node.operator === '--' ? -1 : 1);
        return this.#store(node.variable, isLanes(value) ? add(value, one) : null);
      }
      case 'if':
        return this.#if(node);
      case 'switch':
        return this.#branches(
          this.#shared(node.condition),
          node.cases.map((each) => each.body),
        );
      case 'for':
        this.#scope.open();
        if (node.init) this.#statement(node.init);
        this.#loop(node.line, () => {
          if (!this.#shared(node.condition)) this.#leftLoop = true;
          this.#block(node.body);
          if (node.increment) this.#statement(node.increment);
        });
        return this.#scope.close();
      case 'while':
        return this.#loop(node.line, () => {
          if (!this.#shared(node.condition)) this.#leftLoop = true;
          this.#block(node.body);
        });
      case 'loop':
        return this.#loop(node.line, () => this.#block(node.body));
      case 'continuing':
        return this.#block(node.body);
      case 'break':
      case 'continue':
        if (!this.#shared(node.condition) || this.#apart > 0) this.#leftLoop = true;
        return;
      case 'return':
        return this.#return(node);
      case 'call':
        this.#call(node);
    }
  }

  #assign(node: Node): void {
    const value = this.#evaluate(node.value as Node);
    if (node.operator === '=') return this.#store(node.variable, value);
    const operator = node.operator.slice(0, -1);
    this.#store(node.variable, binary(this.#lanes, operator, this.#evaluate(node.variable), value));
  }

  #return(node: Node): void {
    const value = node.value ? this.#evaluate(node.value) : null;
    const before = this.#returned;
    if (before === undefined) this.#returned = value;
    else if (this.#leftFunction) this.#returned = sameValue(before, value) ? value : null;
    else this.#returned = either(this.#lanes, before, value, `returned@${node.line}`);
    if (this.#apart > 0) this.#leftFunction = this.#leftLoop = true;
  }

  /** Whether all lanes find the same; true without a condition. */
  #shared(condition: Node | null | undefined): boolean {
    if (!condition) return true;
    const value = this.#evaluate(condition);
    return isLanes(value) && isUniform(value);
  }

  #if(node: Node): void {
    const branches = node.elseif ?? [];
    const shared = [node, ...branches].map((branch) => this.#shared(branch.condition)).every(Boolean);
    this.#branches(shared, [node.body, ...branches.map((branch) => branch.body), node.else ?? []]);
  }

  #branches(shared: boolean, bodies: readonly (readonly Node[])[]): void {
    const before = this.#scope.save();
    let after: Map<string, Value>[] | null = null;
    if (!shared) this.#apart++;
    for (const body of bodies) {
      this.#scope.restore(before);
      this.#block(body);
      if (after)
        this.#scope.join(after, (here, there, name) => {
          if (!shared) return sameValue(here, there) ? here : null;
          return either(this.#lanes, here, there, `${name}@${body[0]?.line}`);
        });
      after = this.#scope.save();
    }
    if (!shared) this.#apart--;
  }

  /** Turns until the names that change from turn to turn are known to, then one that counts. */
  #loop(line: number, turn: () => void): void {
    const name = `turn@${line}.${this.#loops.length}`;
    const { recording, left, entry } = {
      recording: this.#recording,
      left: this.#leftLoop,
      entry: this.#scope.save(),
    };
    this.#recording = this.#leftLoop = false;
    this.#loops.push(name);
    for (let pass = 0, settled = false; pass < PASSES && !settled; pass++) {
      const before = this.#scope.save();
      turn();
      const after = this.#scope.save();
      this.#scope.restore(before);
      settled = true;
      this.#scope.join(after, (here, there, variable) => {
        const value = atHead(this.#lanes, here, there, { turns: name, variable, pass });
        settled &&= sameValue(here, value);
        return value;
      });
    }
    this.#recording = recording;
    const before = this.#scope.save();
    if (recording) turn();
    this.#scope.restore(before);
    this.#loops.pop();
    // Lanes that leave after different turns take different values along.
    if (this.#leftLoop) this.#scope.join(entry, (here, there) => (sameValue(here, there) ? here : null));
    this.#leftLoop = left;
  }

  #scalar(value: Value): Lanes | null {
    return isLanes(value) ? value : null;
  }

  #evaluate(node: Node): Value {
    switch (node.astNodeType) {
      case 'literalExpr': {
        const { value, whole } = literalOf(node);
        return whole ? constant(this.#lanes, value) : symbol(this.#lanes, `${value}f`);
      }
      case 'varExpr':
        return this.#place(node, 'load');
      case 'binaryOp':
        return this.#after(
          binary(this.#lanes, node.operator, this.#evaluate(node.left), this.#evaluate(node.right)),
          node.postfix,
        );
      case 'unaryOp':
        if (node.operator === '&') return this.#pointer(node.right);
        if (node.operator === '*')
          return this.#through(this.#evaluate(node.right), node.postfix, 'load', node.line);
        return this.#after(unary(this.#lanes, node.operator, this.#evaluate(node.right)), node.postfix);
      case 'callExpr':
        return this.#after(this.#call(node), node.postfix);
      case 'createExpr':
      case 'typecastExpr':
      case 'bitcastExpr':
        return this.#after(this.#create(node), node.postfix);
      case 'constExpr':
        return this.#evaluate(node.initializer);
      default:
        return null;
    }
  }

  #create(node: Node): Value {
    const given = node.args ?? (node.value ? [node.value] : []);
    const values = given.map((argument) => this.#evaluate(argument));
    return node.astNodeType === 'bitcastExpr'
      ? (values[0] ?? null)
      : construct(this.#lanes, node.type, values);
  }

  #call(node: Node): Value {
    const own = this.#functions.get(node.name);
    const values = (node.args ?? []).map((argument) => this.#evaluate(argument));
    if (!own) {
      const [first] = values;
      // atomicAdd(&counts[i], 1u) and its like read and write through their pointer.
      if (node.name.startsWith('atomic') && first !== undefined && isPointer(first)) {
        if (node.name !== 'atomicStore') this.#through(first, null, 'load', node.line);
        if (node.name !== 'atomicLoad') this.#through(first, null, 'store', node.line);
        return null;
      }
      return builtinCall(this.#lanes, node.name, values);
    }
    if (++this.#calls > MAX_CALLS) throw new TooLong();
    const [scope, returned, apart, left] = [this.#scope, this.#returned, this.#apart, this.#leftFunction];
    this.#scope = new Scope();
    this.#returned = undefined;
    this.#apart = 0;
    this.#leftFunction = false;
    (own.args ?? []).forEach((parameter, i) => this.#scope.declare(parameter.name, values[i] ?? null));
    this.#block(own.body);
    const result: Value = this.#returned ?? null;
    [this.#scope, this.#returned, this.#apart, this.#leftFunction] = [scope, returned, apart, left];
    this.#calls--;
    // What a function does to a variable by its pointer is not followed.
    for (const value of values) if (isPointer(value) && 'local' in value) value.scope.set(value.local, null);
    return result;
  }

  /** The value at a place, or what lies behind a postfix of it; a buffer's is noted. */
  #place(node: Node, kind: Access['kind']): Value {
    const { name } = node;
    if (this.#scope.has(name)) {
      const value = this.#scope.get(name);
      return isPointer(value) && node.postfix
        ? this.#through(value, node.postfix, kind, node.line)
        : this.#after(value, node.postfix);
    }
    const global = this.#globals.get(name);
    if (!global) return null;
    if (global.astNodeType === 'var')
      return this.#touch(this.#walk(cursorAt(this.#lanes, global), node.postfix), kind, node.line);
    let value = this.#constants.get(name);
    if (value === undefined) this.#constants.set(name, (value = this.#constant(global)));
    return this.#after(value, node.postfix);
  }

  #constant(node: Node): Value {
    const id = attributeOf(node, 'id');
    const { constants = {} } = this.#shape;
    const given = constants[node.name] ?? (id === null ? undefined : constants[id]);
    if (given !== undefined && Number.isFinite(Number(given))) return constant(this.#lanes, Number(given));
    return node.value ? this.#evaluate(node.value) : symbol(this.#lanes, node.name);
  }

  #pointer(place: Node): Value {
    if (place.astNodeType === 'unaryOp' && place.operator === '*') return this.#evaluate(place.right);
    if (place.astNodeType !== 'varExpr') return null;
    const { name } = place;
    if (this.#scope.has(name)) {
      this.#after(null, place.postfix);
      return { local: name, scope: this.#scope };
    }
    const global = this.#globals.get(name);
    return global ? { cursor: this.#walk(cursorAt(this.#lanes, global), place.postfix) } : null;
  }

  /** What lies behind a pointer, or behind a postfix of that. */
  #through(pointer: Value, postfix: Node | null, kind: Access['kind'], line: number): Value {
    if (!isPointer(pointer)) return this.#after(null, postfix);
    if ('local' in pointer) return this.#after(pointer.scope.get(pointer.local), postfix);
    return this.#touch(this.#walk(pointer.cursor, postfix), kind, line);
  }

  #store(target: Node, value: Value): void {
    if (target.astNodeType === 'unaryOp' && target.operator === '*') {
      const pointer = this.#evaluate(target.right);
      this.#through(pointer, target.postfix, 'store', target.line);
      if (isPointer(pointer) && 'local' in pointer) pointer.scope.set(pointer.local, null);
      return;
    }
    if (target.astNodeType !== 'varExpr') return;
    if (!this.#scope.has(target.name)) {
      this.#place(target, 'store');
      return;
    }
    if (!target.postfix) return this.#scope.set(target.name, value);
    const old = this.#scope.get(target.name);
    const name = target.postfix.value as unknown as string;
    const part = name?.length === 1 ? componentOf(name) : -1;
    if (isVector(old) && part >= 0 && part < old.parts.length)
      this.#scope.set(target.name, { parts: old.parts.map((own, i) => (i === part ? value : own)) });
    else {
      this.#after(null, target.postfix);
      this.#scope.set(target.name, null);
    }
  }

  /** A member, component or element of a value; the index is gone through whatever the value is. */
  #after(value: Value, postfix: Node | null): Value {
    if (!postfix) return value;
    if (isIndex(postfix)) {
      const index = this.#scalar(this.#evaluate(postfix.index));
      const at = index ? numberOf(index) : null;
      return this.#after(isVector(value) && at !== null ? (value.parts[at] ?? null) : null, postfix.postfix);
    }
    const name = postfix.value as unknown as string;
    if (isRecord(value)) return this.#after(value.members.get(name) ?? null, postfix.postfix);
    if (isVector(value)) {
      const parts = [...name].map((letter) => value.parts[componentOf(letter)] ?? null);
      return this.#after(parts.length === 1 ? (parts[0] ?? null) : { parts }, postfix.postfix);
    }
    const part = isLanes(value) && isUniform(value) ? symbol(this.#lanes, `${textOf(value)}.${name}`) : null;
    return this.#after(part, postfix.postfix);
  }

  #walk(from: Cursor, postfix: Node | null): Cursor {
    let cursor = from;
    for (let at = postfix; at; at = at.postfix)
      cursor = isIndex(at)
        ? element(this.#lanes, cursor, this.#scalar(this.#evaluate(at.index)))
        : member(this.#lanes, cursor, at.value as unknown as string);
    return cursor;
  }

  /** Notes an access of a buffer. The value there is an unknown that lanes share where they share the place. */
  #touch({ variable, type, offset, text, components }: Cursor, kind: Access['kind'], line: number): Value {
    const group = Number(attributeOf(variable, 'group') ?? NaN);
    const binding = Number(attributeOf(variable, 'binding') ?? NaN);
    const { name, storage } = variable;
    if (storage === 'storage') {
      const bytes = (layoutOf(type)?.size ?? 0) * components;
      if (this.#recording && bytes > 0)
        this.#accesses.push({ group, binding, name, kind, bytes, offset, line, loops: [...this.#loops] });
    } else if (storage !== 'uniform') return null;
    if (!offset || !isUniform(offset)) return null;
    const at = numberOf(offset);
    const known =
      storage === 'uniform' && at !== null && /^[ui]32$/.test(type?.name ?? '')
        ? this.#shape.uniform?.(group, binding, at)
        : undefined;
    return known === undefined ? symbol(this.#lanes, text) : constant(this.#lanes, known);
  }
}
