/**
 * What the probe knows about an object it does not own (a GPUBuffer, an encoder), in a private field put onto it. Nobody but the
 * probe sees that, and it is several times cheaper than a WeakMap entry or a hidden property, above all on objects that live
 * for one dispatch: there are some of those at every launch of a script.
 */

/** A constructor's private fields go onto what its base returns: here, the object given. */
const Given = function (owner: object) {
  return owner;
} as unknown as new (owner: object) => object;

export class Attached<Owner extends object, Value> {
  readonly get: (owner: Owner | null | undefined) => Value | undefined;
  readonly set: (owner: Owner, value: Value) => void;

  constructor() {
    // A class for each, since a private field belongs to a class.
    class Field extends Given {
      #value: Value;

      constructor(owner: Owner, value: Value) {
        super(owner);
        this.#value = value;
      }

      static get(owner: object): Value | undefined {
        return #value in owner ? owner.#value : undefined;
      }

      static set(owner: Owner, value: Value): void {
        if (#value in owner) (owner as unknown as Field).#value = value;
        else new Field(owner, value);
      }
    }
    this.get = (owner) => (owner ? Field.get(owner) : undefined);
    this.set = (owner, value) => Field.set(owner, value);
  }
}
