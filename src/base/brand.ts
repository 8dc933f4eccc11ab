/** A nominal type over a plain one: `Brand<number, 'LayerId'>` is a number that no other id can stand in for. */
export type Brand<T, Name extends string> = T & { readonly __brand: Name };
