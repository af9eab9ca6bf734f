import type { FromTimeline, StepMove, TimelineViewState, ToTimeline } from '../../../src/contracts/timeline-api';
import type { TraceDecoder, TraceReader } from '../../../src/contracts/trace-model';
import {
  type Axis,
  clampView,
  fitView,
  openingView,
  reveal,
  stepsAxis,
  timeAxis,
  toX,
  type View,
  viewOnAxis,
  zoomAt,
} from '../layout/axis';
import { foldedEvents } from '../layout/folded';
import { chooseFolds } from '../layout/folds';
import { type Row, type Rows, revealRow } from '../layout/lanes';
import { type Depth, depthTest } from './depth';
import { eventFilter, type Filter, isFiltered, NO_FILTER } from './filter';
import { findText } from './finder';
import { Intake } from './intake';
import { keptView, restoreKept } from './kept';
import { LaneIndex } from './lane-index';
import { Matches } from './matches';
import { nextStep, targetOf } from './moves';
import { PanelState } from './panel-state';
import { problemOf } from './problem';
import { RowBook } from './row-book';
import type { KeptView, Split, StoreDeps } from './types';

export type { Phase, Split, StoreDeps } from './types';

/** The state of the panel: trace and view. Everything drawn is a function of it; every change is one notification. */
export class TimelineStore extends PanelState {
  #deps: StoreDeps;
  #decoder: TraceDecoder | null = null;
  #intake: Intake | null = null;
  #listeners = new Set<() => void>();
  /** A step that was asked for before its event arrived. */
  #wanted: number | null = null;
  #opened = false;
  readonly #rowBook = new RowBook();
  /** The view that the trace opened with. */
  #opening: View | null = null;
  #axisKind: Axis['kind'] = 'steps';
  #kept: Partial<KeptView> | null = null;

  constructor(deps: StoreDeps) {
    super();
    this.#deps = deps;
  }

  get rows(): Rows {
    return this.#rowBook.rows;
  }

  get reader(): TraceReader | null {
    return this.#decoder?.store ?? null;
  }

  /** Share of the bytes at hand that are read, 0..1; 1 when there is nothing to wait for. */
  get progress(): number {
    return this.#intake?.progress ?? 1;
  }

  /** A sentence about the input (cut off, damaged), or null. */
  get inputProblem(): string | null {
    return this.live || this.progress < 1 || !this.#decoder ? null : problemOf(this.#decoder);
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** One message from the host. */
  receive(message: Exclude<ToTimeline, { type: 'compare' }>): void {
    switch (message.type) {
      case 'open':
        this.#open(message);
        break;
      case 'append':
        this.#intake?.add(new Uint8Array(message.bytes));
        break;
      case 'ended':
        this.live = false;
        this.stopped = message.stopped ?? false;
        this.stuck.ended();
        this.over = this.following && this.step > 0;
        this.following = false;
        this.#changed();
        break;
      case 'goTo':
        this.visit(message.step);
        break;
      case 'move':
        this.move(message.to);
        break;
      case 'line':
        this.setFilter({ ...NO_FILTER, file: `${message.file}:${message.line}` });
        this.move('first');
        this.move('next');
        break;
      case 'problem':
        this.problem = message.message;
        if (!this.reader) this.phase = 'problem';
        this.#changed();
        break;
    }
  }

  #open(message: Extract<ToTimeline, { type: 'open' }>): void {
    this.#intake?.stop();
    this.#decoder = this.#deps.newDecoder();
    this.index = new LaneIndex();
    this.#rowBook.clear();
    this.stuck.opened();
    this.phase = 'open';
    this.problem = '';
    this.title = message.title;
    this.live = message.live;
    this.canRun = message.canRun;
    this.playing = this.over = this.stopped = false;
    this.batchesPerPicture = 1;
    this.query = '';
    const kept = (message.state?.view ?? null) as Partial<KeptView> | null;
    this.#kept = kept;
    restoreKept(this, kept);
    this.step = 0;
    const fresh = !message.state?.view && !message.state?.step;
    this.#wanted = fresh ? null : (message.state?.step ?? null);
    this.following = message.live && fresh;
    this.#opened = false;
    this.#axisKind = message.state?.axis ?? 'steps';
    this.#intake = new Intake({
      take: (bytes) => this.#take(bytes),
      ack: (bytes) => this.#deps.post({ type: 'ack', bytes }),
      soon: this.#deps.soon,
      now: this.#deps.now,
    });
    this.#intake.hold(this.#hidden);
    this.#refresh();
    this.#intake.add(new Uint8Array(message.bytes));
    this.#changed();
  }

  /** Takes in decoded bytes; false when the trace cannot be read any further. */
  #take(bytes: Uint8Array): boolean {
    const decoder = this.#decoder!;
    try {
      decoder.push(bytes);
    } catch (error) {
      this.problem = error instanceof Error ? error.message : String(error);
      if (decoder.store.size === 0) this.phase = 'problem';
      this.#changed();
      return false;
    }
    this.batches++;
    this.#refresh();
    this.stuck.arrived(this.#deps.now());
    const size = decoder.store.size;
    if (this.#wanted !== null && size >= this.#wanted) {
      this.goTo(this.#wanted);
    } else if (this.following && this.step !== size) this.#setStep(size, false);
    this.#changed();
    return true;
  }

  /** Rebuilds what depends on the trace, the filter or the axis. */
  #refresh(): void {
    const reader = this.reader;
    if (!reader) return;
    this.index.update(reader);
    if (isFiltered(this.filter)) {
      const test = this.passing?.test ?? eventFilter(reader, this.filter, this.index);
      this.passing ??= test && new Matches(test);
    } else this.passing = null;
    this.passing?.update(reader);
    this.matches = this.passing?.test ?? null;
    this.#layRows();
    // Gathered while the trace is read: the first step at which a folded row comes into view would have to wait for it.
    if (!this.passing) for (const row of this.rows.rows) if (row.kind === 'quiet') foldedEvents(reader, row);
    this.axis =
      this.#axisKind === 'steps'
        ? stepsAxis(reader.size)
        : timeAxis(reader, chooseFolds(this.index.gaps, reader.size ? reader.time(reader.size) : 0));
    if (!this.#opened && reader.size > 0) {
      this.#opened = true;
      this.#opening = this.view = openingView(this.axis, this.width);
      if (this.#kept?.scale && this.#kept.scroll !== undefined) this.view = { scroll: this.#kept.scroll, scale: this.#kept.scale };
    }
    this.revision++;
  }

  #layRows(): void {
    const { index, filter, passing, opened, step, loops } = this;
    this.#rowBook.update({ reader: this.reader!, index, filter, passing, opened, step, loops });
  }

  /** Opens or closes a folded row. */
  toggleRow(key: string): void {
    const opened = new Set(this.opened);
    if (!opened.delete(key)) opened.add(key);
    this.opened = opened;
    this.#layRows();
    this.#clampY();
    this.#changed(true);
  }

  /** Whether event loops have a lane. */
  showLoops(loops: boolean): void {
    this.loops = loops;
    this.#layRows();
    this.#clampY();
    this.#changed(true);
  }

  /** How deep a step goes, how fast playing is, what is seen beside the picture. */
  set(change: { depth?: Depth; speed?: number; filtersOpen?: boolean; tab?: string }): void {
    Object.assign(this, change);
    this.#changed(true);
  }

  /** What a step stops at: what passes the filter and is of the chosen depth. */
  get stops(): ((seq: number) => boolean) | null {
    const { reader, matches } = this;
    const depth = reader && depthTest(reader, this.depth, this.index.nodeCalls);
    return depth && matches ? (seq) => matches(seq) && depth(seq) : (depth ?? matches);
  }

  /** The plot's size in CSS pixels. */
  resize(width: number, height: number): void {
    if (width === this.width && height === this.height) return;
    const lower = height < this.height;
    this.width = width;
    this.height = height;
    // Nobody has looked elsewhere yet: the opening view was made for another width.
    if (this.view === this.#opening) this.#opening = this.view = openingView(this.axis, width);
    else this.view = clampView(this.axis, this.view, width);
    this.#clampY();
    const row = lower && this.reader && this.#rowOf(this.step);
    if (row) this.scrollY = revealRow(row, this.scrollY, height);
    this.#changed();
  }

  /** Moves the cursor as a key, a button or a command says. */
  move(move: StepMove): void {
    const reader = this.reader;
    if (!reader) return;
    if (move !== 'play') this.playing = false;
    switch (move) {
      case 'play':
        this.play(!this.playing);
        break;
      case 'fit':
        this.view = fitView(this.axis, this.width);
        this.scrollY = 0;
        this.#changed(true);
        break;
      case 'find':
        this.onMove('find');
        break;
      case 'bookmark':
        this.bookmarks.toggle(this.step);
        this.revision++;
        this.#changed(true);
        break;
      case 'nextBookmark':
      case 'previousBookmark': {
        const step = this.bookmarks.from(this.step, move === 'nextBookmark' ? 1 : -1);
        if (step !== null) this.visit(step);
        break;
      }
      default: {
        const { matches, stops } = this;
        const step = targetOf({ reader, index: this.index, step: this.step, matches, stops, live: this.live }, move);
        if (step !== null) this.goTo(step);
      }
    }
  }

  /** Goes to a step that somebody names (a lens, a link, a mark): a filter that hides it gives way, or the step would be out of sight. */
  visit(step: number, editor = false): void {
    const reader = this.reader;
    if (!reader) return;
    const hidden = step > 0 && step <= reader.size && this.matches !== null && !this.matches(step);
    if (hidden) {
      // The socket alone may be what is in the way; else all of it is.
      const wider = { ...this.filter, socket: '' };
      this.setFilter(eventFilter(reader, wider, this.index)?.(step) === false ? NO_FILTER : wider);
    }
    this.goTo(step, editor);
  }

  #rowOf(step: number): Row | undefined {
    const reader = this.reader!;
    if (step < 1 || step > reader.size) return undefined;
    const socket = reader.socketIndex(step);
    return this.rows.rows[(socket >= 0 ? this.rows.ofSocket[socket] : this.rows.ofProcess[reader.processIndex(step)]) ?? -1];
  }

  /** Goes to a step; one that has not arrived yet is gone to when it does. `editor`: the learner asked to see the line. */
  goTo(step: number, editor = false): void {
    const reader = this.reader;
    if (!reader) return;
    if (step > reader.size && this.progress < 1) {
      this.#wanted = step;
      return;
    }
    this.#wanted = null;
    this.over = false;
    const target = Math.max(0, Math.min(step, reader.size));
    this.following = this.live && target === reader.size;
    this.#setStep(target, editor);
    this.#changed(true);
  }

  #setStep(step: number, editor: boolean): void {
    this.step = step;
    this.#layRows();
    this.view = reveal(this.axis, this.view, this.width, step);
    const row = this.#rowOf(step);
    if (row) this.scrollY = revealRow(row, this.scrollY, this.height);
    this.#tell(editor);
  }

  #tell(editor: boolean): void {
    const reader = this.reader!;
    const id = this.step > 0 ? reader.siteId(this.step) : -1;
    this.#deps.post({
      type: 'step',
      step: this.step,
      site: id >= 0 ? reader.site(id) : null,
      label: this.step > 0 ? this.#deps.label(reader, this.step) : '',
      reveal: editor,
      following: this.following,
    });
  }

  /** Asks the host to show the current line in the editor. */
  showSource(): void {
    if (this.reader) this.#tell(true);
  }

  play(playing: boolean): void {
    if (playing && this.reader && this.step >= this.reader.size && !this.live) this.goTo(0);
    this.playing = playing;
    this.#changed();
  }

  /** One tick of playing. */
  playOn(): void {
    if (!this.playing || !this.reader) return;
    const next = nextStep(this.reader, this.step, this.stops);
    if (next !== null) this.goTo(next);
    else if (!this.live) this.play(false);
  }

  zoom(factor: number, x?: number): void {
    const cursor = toX(this.view, this.axis.pos(this.step));
    const around = x ?? (cursor >= 0 && cursor <= this.width ? cursor : this.width / 2);
    this.view = zoomAt(this.axis, this.view, this.width, around, factor);
    this.#changed(true);
  }

  pan(dx: number, dy: number): void {
    this.view = clampView(this.axis, { scroll: this.view.scroll + dx / this.view.scale, scale: this.view.scale }, this.width);
    this.scrollY += dy;
    this.#clampY();
    this.#changed(true);
  }

  /** Puts the middle of the view at a part (0..1) of the whole run. */
  centre(part: number): void {
    const { scale } = this.view;
    this.view = clampView(this.axis, { scroll: part * this.axis.length - this.width / scale / 2, scale }, this.width);
    this.#changed(true);
  }

  #clampY(): void {
    this.scrollY = Math.max(0, Math.min(this.scrollY, this.rows.height - this.height));
  }

  /** Steps or time; the current step stays in view. */
  setAxis(kind: Axis['kind']): void {
    if (kind === this.#axisKind) return;
    const before = this.axis;
    this.#axisKind = kind;
    this.#refresh();
    this.view = reveal(this.axis, viewOnAxis(before, this.axis, this.view, this.width), this.width, this.step);
    this.#changed(true);
  }

  setFilter(filter: Filter): void {
    this.filter = filter;
    this.passing = null;
    this.#refresh();
    this.#clampY();
    this.#changed(true);
  }

  /** The tab that is seen: where the card has a place of its own, the sockets stand in for its tab. */
  get shownTab(): string {
    return this.tab === 'step' && !this.compact ? 'sockets' : this.tab;
  }

  setCompact(compact: boolean): void {
    if (compact === this.compact) return;
    this.compact = compact;
    this.#changed();
  }

  setSplit(split: Split): void {
    this.split = split;
    this.#changed(true);
  }

  /** Looks for a text; with `advance` goes to the next (or previous) match and around the end. False when there is none. */
  find(query: string, advance: 'next' | 'previous' | null): boolean {
    this.query = query;
    const hit = this.reader && advance ? findText(this.reader, query, this.step, this.matches, advance) : this.step;
    if (hit && advance) this.goTo(hit);
    return hit !== null;
  }

  /** While nobody sees the page what came in waits, and the host stops sending. */
  hide(hidden: boolean): void {
    this.#hidden = hidden;
    this.#intake?.hold(hidden);
    this.#changed();
  }
  #hidden = false;

  /** Looks anew why the run does not go on, when that may have changed; listeners hear of it when it has. True: the rest of the work is for a later moment, unless it is wanted `now`. */
  lookForStuck(now = false): boolean {
    if (!this.reader || this.progress < 1) return false;
    const found = this.stuck.look(this.reader, this.live, this.#deps.now(), now);
    if (found === 'changed') this.#changed();
    return found === 'more';
  }

  /** Asks the host for something that is not about the view. */
  ask(message: Extract<FromTimeline, { type: 'card' | 'copyLink' }>): void {
    this.#deps.post(message);
  }

  command(command: Extract<FromTimeline, { type: 'command' }>['command']): void {
    this.#deps.post({ type: 'command', command });
  }

  /** What a reload brings back. */
  state(): TimelineViewState {
    return { step: this.step, axis: this.axis.kind, view: keptView(this) };
  }

  /** Sends the state to be kept; called some time after the last change. */
  keepState(): void {
    if (!this.reader) return;
    const state = this.state();
    this.#deps.remember(state);
    this.#deps.post({ type: 'state', state });
  }

  /** True once since the last call when something worth keeping changed. */
  takeDirty(): boolean {
    const dirty = this.#dirty;
    this.#dirty = false;
    return dirty;
  }
  #dirty = false;

  #changed(keep = false): void {
    if (keep) this.#dirty = true;
    for (const listener of this.#listeners) listener();
  }
}
