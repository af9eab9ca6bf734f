/**
 * What a programming language must offer so that Socketscope can talk about its socket calls. Everything that depends on a
 * language (grammar, resolving of names, table of calls) is in one folder behind this interface.
 */
import type { ApiEntry } from '../knowledge';
import type { ApiId } from '../knowledge/apis';
import type { RuleId } from '../knowledge/rules';

/** 0-based line and UTF-16 column, as LSP and web-tree-sitter count. */
export interface Place {
  line: number;
  character: number;
}

export interface Span {
  start: Place;
  end: Place;
}

/** An argument as far as the source says it: absent, a literal (or a constant that holds one), or known only when the program runs. */
export type Argument<T> = { is: 'absent' } | { is: 'literal'; value: T } | { is: 'dynamic' };

/** What the source says about where a socket goes. */
export interface CallArguments {
  /** `dynamic` may also be a path when `path` is dynamic too. */
  port: Argument<number>;
  host: Argument<string>;
  path: Argument<string>;
  backlog: Argument<number>;
  /** connect with localAddress or localPort: a bind comes before. */
  bindsFirst: boolean;
  /** The call is given a descriptor, handle or socket that exists already. */
  existing: boolean;
  reusePort: boolean;
  ipv6Only: boolean;
  /** dgram: of createSocket, or of the createSocket call that made this socket. */
  family: 'udp4' | 'udp6' | null;
}

/** One call that certainly is a socket call. */
export interface SocketCall {
  api: ApiId;
  /** The method name (or `new` class name, or for events the `on` and the event's name): where a hover answers. */
  name: Span;
  /** For events: the string with the event's name. */
  event: Span | null;
  /** Where V8 says the call is: the method name of a member call, the callee of a plain call, `new` of a construction. */
  site: Place;
  /** UTF-16 offset of the expression that created the object this is called on; null when it came from outside. Own offset for a creating call. */
  origin: number | null;
  /** Of a socket that a server of this file was given: offset of the expression that created the server; else null. */
  server: number | null;
  args: CallArguments;
  /** Known from the last run only: the source does not say what is called here, and nothing is known of the arguments. */
  seen?: true;
}

/** A place that a rule has something to say about. */
export interface Remark {
  rule: RuleId;
  span: Span;
  /** The call that a run has evidence for; null when there is none. */
  call: SocketCall | null;
}

/** A change that may be made to a document: `from` and `to` are UTF-16 offsets; edits do not overlap. */
export interface CodeFix {
  title: string;
  /** The rule whose remark it settles; null: a refactoring. */
  rule: RuleId | null;
  edits: readonly { from: number; to: number; text: string }[];
}

/** What can go wrong with a call: half sentences. */
export interface ErrorLine {
  code: string;
  cause: string;
  fix: string;
}

/** One certain socket call of a language whose programs are not traced: it can be explained, and no run says more of it. */
export interface ForeignCall {
  /** Where a hover answers. */
  name: Span;
  /** From the language's own table. */
  entry: ApiEntry;
  /** Its errors, as the language calls them. */
  errors: readonly ErrorLine[];
  /** What a lens says; null when the call has none. */
  lens: string | null;
}

/** Something in a socket call that can be explained. */
export interface SocketWord {
  kind: 'option' | 'address' | 'port' | 'error';
  /** As it is meant, without quotes. */
  text: string;
  span: Span;
  /** The call it stands in; null for an error code, which explains itself. */
  call: SocketCall | null;
  /** Of an address or port: it is the one of this end. */
  local?: boolean;
}

/** Both in source order. */
export interface Found {
  /** Calls of Node's API. */
  calls: readonly SocketCall[];
  /** Calls of the language's own. */
  foreign: readonly ForeignCall[];
  /** What only a language with rules has. */
  insight?: Insight;
  /** What stands at a place that is no name of a call; only a language that knows arguments has it. */
  wordAt?: (place: Place) => SocketWord | null;
}

/** What a language says of a program beyond its calls; worked out when asked for. */
export interface Insight {
  /**
   * Works it out a few milliseconds at a time; `pause` lets others work in between, and resolves to false when the text has changed: then
   * so does this.
   */
  prepare(pause: () => Promise<boolean>): Promise<boolean>;
  /** In source order; lines that a comment excludes are left out. null: the text is no program at the moment, ask again when it is. */
  remarks(): readonly Remark[] | null;
  /** Changes offered for a part of the text (offsets). */
  fixes(from: number, to: number): readonly CodeFix[];
}

/** A document as its language sees it; kept up to date by edits. */
export interface AnalysedDocument {
  /** What is in it. Cheap when nothing changed since the last time. */
  look(): Found;
  /**
   * What is in it when it is read anew: what is shown in the end must not depend on how it was typed. Differs from `look()` only while the
   * text is no program, if at all. Takes long when it is: for when typing pauses.
   */
  settle(): Found;
  /** The Node calls of `look()`. */
  calls(): readonly SocketCall[];
  /** Tells of one replacement, in UTF-16 offsets and places of the text before; `text` is the whole text after. */
  edit(change: TextEdit, text: string): void;
  dispose(): void;
}

export interface TextEdit {
  startIndex: number;
  oldEndIndex: number;
  newEndIndex: number;
  start: Place;
  oldEnd: Place;
  newEnd: Place;
}

export interface LanguageSupport {
  /** LSP language ids. */
  readonly languageIds: readonly string[];
  /** False when a look at the text is enough to know that there is nothing: such a file is never parsed. */
  mayHaveCalls(text: string): boolean;
  /** Begins to load what most documents of the language need; a failure shows in `prepare`. Only where that is likely to be needed. */
  warm?(): void;
  /** Loads what the language needs (its grammar) and resolves to what makes documents of it. Rejects when that is missing. */
  prepare(languageId: string): Promise<(text: string) => AnalysedDocument>;
}

/** Of calls whose arguments say nothing to us. Shared: make a copy to change it. */
export const NO_ARGUMENTS: Readonly<CallArguments> = Object.freeze<CallArguments>({
  port: { is: 'absent' },
  host: { is: 'absent' },
  path: { is: 'absent' },
  backlog: { is: 'absent' },
  bindsFirst: false,
  existing: false,
  reusePort: false,
  ipv6Only: false,
  family: null,
});
