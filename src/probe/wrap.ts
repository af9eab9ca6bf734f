// biome-ignore lint/suspicious/noExplicitAny: the shapes of Node's internals are not typed anywhere
export type AnyFunction = (this: any, ...args: any[]) => any;
// biome-ignore lint/suspicious/noExplicitAny: libuv handles, requests and the private side of net's classes have no types
export type AnyHandle = any;

/** What each wrapper stands for, for its source text. */
const originals = new WeakMap<object, AnyFunction>();
let textsAreHooked = false;

/**
 * Lets Function.prototype.toString tell the original's source text for a wrapper, however it is asked (`String(f)`, a captured
 * toString.call). Without it (frozen intrinsics) wrappers carry a toString of their own.
 */
export function hookSourceTexts(replacements: Replacements): void {
  const native = Function.prototype.toString;
  const { apply } = Reflect;
  const hooked = {
    toString(this: AnyFunction): string {
      let told = this;
      for (let next = originals.get(told); next !== undefined; next = originals.get(told)) told = next;
      return apply(native, told, []);
    },
  }.toString;
  try {
    replacements.define(Function.prototype, 'toString', { value: hooked, writable: true, enumerable: false, configurable: true });
    textsAreHooked = true;
    originals.set(hooked, native);
  } catch {
    // Frozen.
  }
}

/** Gives `wrapper` the looks of `original`: name, length and source text. */
export function disguise<F extends AnyFunction>(wrapper: F, original: AnyFunction): F {
  for (const key of ['name', 'length'] as const) {
    const descriptor = Object.getOwnPropertyDescriptor(original, key);
    if (descriptor !== undefined) Object.defineProperty(wrapper, key, descriptor);
  }
  if (textsAreHooked) {
    originals.set(wrapper, original);
    return wrapper;
  }
  const text = Function.prototype.toString.call(original);
  const sourceText = { toString: () => text }.toString;
  Object.defineProperty(wrapper, 'toString', { value: sourceText, writable: true, enumerable: false, configurable: true });
  return wrapper;
}

/** Descriptor of `name` on `target` or the nearest prototype that has it. */
export function findDescriptor(target: object, name: PropertyKey): PropertyDescriptor | undefined {
  for (let at: object | null = target; at !== null; at = Object.getPrototypeOf(at)) {
    const descriptor = Object.getOwnPropertyDescriptor(at, name);
    if (descriptor !== undefined) return descriptor;
  }
  return undefined;
}

/** What was replaced, so that it can be put back. */
export class Replacements {
  private readonly undo: (() => void)[] = [];

  /**
   * Replaces (or shadows) a method. Shadowing instead of assigning keeps a native accessor further up alone (assigning over
   * it aborts Node 20). Returns false, with nothing changed, when there is no such function.
   */
  method(target: object, name: string, wrap: (original: AnyFunction) => AnyFunction): boolean {
    const descriptor = findDescriptor(target, name);
    const original = descriptor?.value as AnyFunction | undefined;
    if (typeof original !== 'function') return false;
    const value = disguise(wrap(original), original);
    this.define(target, name, { value, writable: true, enumerable: descriptor?.enumerable === true, configurable: true });
    return true;
  }

  define(target: object, name: PropertyKey, descriptor: PropertyDescriptor): void {
    const before = Object.getOwnPropertyDescriptor(target, name);
    Object.defineProperty(target, name, descriptor);
    this.undo.push(() => {
      if (before !== undefined) Object.defineProperty(target, name, before);
      else Reflect.deleteProperty(target, name);
    });
  }

  restore(): void {
    for (const undo of this.undo.splice(0).reverse()) {
      try {
        undo();
      } catch {
        // Frozen meanwhile: the wrapper stays, and passes everything through.
      }
    }
  }
}
