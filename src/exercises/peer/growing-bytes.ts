/** Bytes that come in pieces, in one: room is made for twice as many each time, so that many small pieces are not copied over and over. */
export class GrowingBytes {
  private room = new Uint8Array(0);
  private length = 0;

  /** Everything so far, with this piece behind it; valid until the next one. */
  add(piece: Uint8Array): Uint8Array {
    const length = this.length + piece.length;
    if (length > this.room.length) {
      const room = new Uint8Array(Math.max(length, 2 * this.room.length));
      room.set(this.room.subarray(0, this.length));
      this.room = room;
    }
    this.room.set(piece, this.length);
    this.length = length;
    return this.room.subarray(0, length);
  }
}
