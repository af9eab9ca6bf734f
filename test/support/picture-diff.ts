/** Compares screenshots: what a person would see counts, what a different rasteriser does to the edges of letters does not. */
import pixelmatch from 'pixelmatch';
import { PNG } from 'pngjs';

export interface PictureDiff {
  /** Pixels that differ beyond antialiasing, in the worst 32 x 32 tile. */
  worstTile: number;
  /** Of the whole picture. */
  pixels: number;
  /** The difference as a picture; null when the sizes differ. */
  diff: Buffer | null;
  sizes: string;
}

/** Colour distance (YIQ, 0..1) below which two pixels are the same. Bands are faint: at 0.05 another colour of one would not be seen. */
const THRESHOLD = 0.03;

/**
 * Pixels of one tile that may differ. Measured, in the worst tile: the same page again 0; with full or slight hinting or LCD letters asked
 * for 0; a lane moved by 1 px 117, by 4 px 242; another hue of a band 512.
 */
export const MOST_IN_TILE = 80;

/** Side of a tile in pixels: about a label, so that one that moved is not lost in a large picture. */
export const TILE = 32;

/** What differs between two PNG files. Both are decoded; a different size is a difference of everything. */
export function comparePictures(expected: Buffer, actual: Buffer): PictureDiff {
  const a = PNG.sync.read(expected);
  const b = PNG.sync.read(actual);
  const sizes = `${a.width} x ${a.height} and ${b.width} x ${b.height}`;
  if (a.width !== b.width || a.height !== b.height) return { worstTile: TILE * TILE, pixels: a.width * a.height, diff: null, sizes };
  const mask = new PNG({ width: a.width, height: a.height });
  const options = { threshold: THRESHOLD, includeAA: false };
  const pixels = pixelmatch(a.data, b.data, mask.data, a.width, a.height, { ...options, diffMask: true });
  const columns = Math.ceil(a.width / TILE);
  const tiles = new Uint32Array(columns * Math.ceil(a.height / TILE));
  // Of a mask only what differs is there: what is transparent is equal.
  for (let y = 0; y < a.height; y++)
    for (let x = 0; x < a.width; x++)
      if (mask.data[(y * a.width + x) * 4 + 3] !== 0) {
        const tile = Math.floor(y / TILE) * columns + Math.floor(x / TILE);
        tiles[tile] = tiles[tile]! + 1;
      }
  const picture = new PNG({ width: a.width, height: a.height });
  pixelmatch(a.data, b.data, picture.data, a.width, a.height, options);
  return { worstTile: Math.max(0, ...tiles), pixels, diff: PNG.sync.write(picture), sizes };
}
