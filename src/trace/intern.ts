/** Numbers equal strings equally: 0, 1, 2... in order of their first appearance. */
export class Interner {
  private readonly ids = new Map<string, number>();
  private readonly texts: string[] = [];

  /** How many different strings there are; the next new one gets this id. */
  get size(): number {
    return this.texts.length;
  }

  /** The id of `text`, a new one when it has none yet. */
  id(text: string): number {
    let id = this.ids.get(text);
    if (id === undefined) {
      id = this.texts.length;
      this.ids.set(text, id);
      this.texts.push(text);
    }
    return id;
  }

  /** The string with this id. Throws RangeError when there is none. */
  text(id: number): string {
    const text = this.texts[id];
    if (text === undefined) throw new RangeError(`no string has the id ${id}`);
    return text;
  }
}
