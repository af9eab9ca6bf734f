/** A rectangle in CSS pixels. */
export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Places texts so that no two overlap: first come, first served, in order of importance. */
export class LabelPlacer {
  #taken: Box[] = [];
  /** Places that are taken, in order. */
  get taken(): readonly Box[] {
    return this.#taken;
  }

  /** @param gap least free space between two texts */
  constructor(readonly gap: number) {}

  /** Takes a place if it is free. */
  take(box: Box): boolean {
    for (const other of this.#taken) {
      if (
        box.x < other.x + other.width + this.gap &&
        other.x < box.x + box.width + this.gap &&
        box.y < other.y + other.height &&
        other.y < box.y + box.height
      )
        return false;
    }
    this.#taken.push(box);
    return true;
  }

  /** Marks a place as taken whether or not it was free (a mark that a text must not cover). */
  block(box: Box): void {
    this.#taken.push(box);
  }

  /** Takes the first free place. */
  takeFirst(boxes: readonly Box[]): Box | null {
    return boxes.find((box) => this.take(box)) ?? null;
  }
}
