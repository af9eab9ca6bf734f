import { DEPTHS } from './depth';
import { restoreFilter } from './filter';
import type { TimelineStore } from './store';
import type { KeptView } from './types';

/** What of a view a reload brings back. */
export function keptView(store: TimelineStore): KeptView {
  return {
    ...store.view,
    scrollY: store.scrollY,
    filter: store.filter,
    bookmarks: store.bookmarks.steps,
    depth: store.depth,
    speed: store.speed,
    opened: [...store.opened],
    tab: store.tab,
    split: store.split,
    loops: store.loops,
  };
}

/** Puts back what was kept; what is missing or makes no sense is as in a new view. */
export function restoreKept(store: TimelineStore, kept: Partial<KeptView> | null): void {
  store.filter = restoreFilter(kept?.filter);
  store.passing = null;
  store.bookmarks.restore(kept?.bookmarks);
  store.depth = DEPTHS.find((depth) => depth === kept?.depth) ?? 'all';
  store.speed = typeof kept?.speed === 'number' && kept.speed > 0 ? kept.speed : 1;
  store.opened = new Set(Array.isArray(kept?.opened) ? kept.opened : []);
  store.loops = kept?.loops !== false;
  store.tab = kept?.tab ?? store.tab;
  store.split = kept?.split ?? store.split;
  store.scrollY = kept?.scrollY ?? 0;
}
