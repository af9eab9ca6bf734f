/** A piece of a page: what it depends on, and how it is made. */
export type Section = readonly [key: string, build: () => Node | null];

/** Shows pieces one below the other, and makes only those anew of which the key is another: the browser lays out what changed. */
export class Sections {
  #keys: string[] = [];
  #nodes: (Node | null)[] = [];

  constructor(private readonly element: HTMLElement) {}

  show(sections: readonly Section[]): void {
    let before: Node | null = null;
    for (let i = 0; i < sections.length; i++) {
      const [key, build] = sections[i]!;
      if (key !== this.#keys[i]) {
        this.#keys[i] = key;
        this.#nodes[i]?.parentNode?.removeChild(this.#nodes[i]!);
        const node = build();
        this.#nodes[i] = node;
        if (node) this.element.insertBefore(node, before ? before.nextSibling : this.element.firstChild);
      }
      const node = this.#nodes[i] ?? null;
      // A hint that was put away takes itself off the page.
      if (node?.parentNode === this.element) before = node;
    }
    for (const node of this.#nodes.splice(sections.length)) node?.parentNode?.removeChild(node);
    this.#keys.length = sections.length;
  }
}
