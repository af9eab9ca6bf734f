import assert from 'node:assert/strict';
import { pictureHeight, pictureWidth, shapeOf } from '../../webview/timeline/parts/border';

describe('border between picture and details', () => {
  it('details are below in a narrow panel, and the card is a tab in a low one', () => {
    assert.deepEqual(shapeOf(1200, 800), { stacked: false, compact: false });
    assert.deepEqual(shapeOf(1200, 400), { stacked: false, compact: true });
    assert.deepEqual(shapeOf(540, 1000), { stacked: true, compact: false });
    assert.deepEqual(shapeOf(540, 500), { stacked: true, compact: true });
  });

  it('gives the picture what its lanes need, in a low panel at least half', () => {
    // The sample: ruler, two processes, three sockets, in the panel beside an open terminal.
    assert.equal(pictureHeight(416, 236, null, true), 236);
    assert.equal(pictureHeight(416, 100, null, true), 208);
    assert.equal(pictureHeight(416, 5000, null, true), 250);
    assert.equal(pictureHeight(650, 260, null, false), 260);
    assert.equal(pictureHeight(650, 100, null, false), 195);
  });

  it('keeps to what the learner chose, as far as both sides stay usable', () => {
    assert.equal(pictureHeight(400, 50, 0.7, true), 280);
    assert.equal(pictureHeight(400, 50, 0.99, true), 304);
    assert.equal(pictureHeight(400, 50, 0.01, true), 96);
    assert.equal(pictureWidth(1200, null), null);
    assert.equal(pictureWidth(1200, 0.5), 600);
    assert.equal(pictureWidth(1200, 0.99), 960);
  });
});
