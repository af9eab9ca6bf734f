/** A program as the rules see it: its servers and sockets, each with everything that is done with it. */
import type { Node } from '@vscode/tree-sitter-wasm';
import type { RuleId } from '../../../knowledge/rules';
import type { SocketCall, Span } from '../../analysis';
import { LISTENER_METHODS } from '../api';
import { type CallNode, span } from '../calls';
import type { Inference } from '../infer';
import { field } from '../names';
import { Follower, type MethodUse, ownFunction, parameterBinding, type Usage } from './usage';

export interface Entity extends Usage {
  kind: 'server' | 'accepted' | 'client' | 'datagram';
  /** The call that creates it; of accepted sockets the one that creates their server. */
  created: CallNode;
  /** Of accepted sockets: their server. */
  server: Entity | null;
}

export interface Listener {
  event: string;
  use: MethodUse;
  /** The function, when it is in this file. */
  fn: Node | null;
}

/** What a rule reports. */
export interface Report {
  rule: RuleId;
  at: Node;
  call?: SocketCall | null;
}

/** What a rule finds; null: nothing yet, others may work now. */
export type RuleCheck = (program: Program) => Iterable<Report | null>;

const CLIENTS = new Set(['net.connect', 'net.createConnection', 'tls.connect', 'net.Socket']);
const SERVERS = new Set(['net.createServer', 'tls.createServer']);

export class Program {
  readonly entities: Entity[] = [];
  private readonly byCall = new Map<number, CallNode>();

  constructor(
    readonly inference: Inference,
    readonly calls: readonly CallNode[],
  ) {
    for (const found of calls) this.byCall.set(found.node.id, found);
  }

  /** Follows each socket; this takes long in long programs, and may be interrupted after each. */
  *follow(): Generator<void> {
    for (const found of this.calls) {
      yield;
      const { api } = found.call;
      if (CLIENTS.has(api)) this.add('client', found);
      else if (api === 'dgram.createSocket') this.add('datagram', found);
      else if (SERVERS.has(api)) this.accepted(this.add('server', found));
    }
  }

  get text(): string {
    return this.inference.text;
  }

  /** The socket call that a call expression is. */
  callOf(node: Node): SocketCall | null {
    return this.byCall.get(node.id)?.call ?? null;
  }

  streams(): Entity[] {
    return this.entities.filter(({ kind }) => kind === 'accepted' || kind === 'client');
  }

  /** Listeners that were added to an entity. */
  listeners(entity: Usage, ...events: string[]): Listener[] {
    return entity.methods.flatMap((use) => {
      const event = use.args[0]?.type === 'string' ? use.args[0].text.slice(1, -1) : null;
      if (!LISTENER_METHODS.has(use.method) || event === null || (events.length && !events.includes(event))) return [];
      return [{ event, use, fn: ownFunction(this.inference, use.args[1]) }];
    });
  }

  /** True when errors of this object are taken care of, as far as the file shows. */
  handlesErrors(entity: Usage): boolean {
    if (this.listeners(entity, 'error').length) return true;
    return entity.passed.some(({ callee }) => /(?:^|\.)(?:pipeline|finished)$/.test(callee));
  }

  /** Whether it is used as `for await (const chunk of socket)`, which throws errors where they can be caught. */
  isIterated(entity: Usage): boolean {
    return [...entity.bindings].some((binding) =>
      this.inference.names.reads(binding).some((read) => read.parent?.type === 'for_in_statement'),
    );
  }

  /** The entity that an expression is. */
  entityOf(node: Node | null): Entity | null {
    if (!node) return null;
    const binding = node.type === 'identifier' ? this.inference.binding(node) : null;
    return (
      this.entities.find(
        (entity) => (binding && entity.bindings.has(binding)) || entity.methods.some(({ receiver }) => receiver.id === node.id),
      ) ?? null
    );
  }

  /** The declaration of a variable at the top of the file that is not constant; null for anything else. */
  moduleVariable(identifier: Node | null) {
    if (identifier?.type !== 'identifier') return null;
    const binding = this.inference.binding(identifier);
    return binding?.kind === 'variable' && binding.global ? binding : null;
  }

  span(node: Node): Span {
    return span(node);
  }

  private add(kind: Entity['kind'], created: CallNode): Entity {
    const follower = new Follower(this.inference);
    follower.value(created.node);
    const entity: Entity = { ...follower.usage, kind, created, server: null };
    // An own subclass, or an options object that adds behaviour, is not followed.
    this.entities.push(entity);
    return entity;
  }

  /** The sockets of a server: one entity for all of them, whichever listener is given them. */
  private accepted(server: Entity): void {
    const follower = new Follower(this.inference);
    let known = false;
    const handlers = [...server.created.node.descendantsOfType('arguments').slice(0, 1)].flatMap((list) =>
      list ? list.namedChildren : [],
    );
    const given = [
      ...handlers.filter((node): node is Node => !!node && node.type !== 'object' && node.type !== 'comment'),
      ...this.listeners(server, 'connection', 'secureConnection').flatMap(({ use }) => use.args[1] ?? []),
    ];
    for (const node of given) {
      const fn = ownFunction(this.inference, node);
      const binding = fn ? parameterBinding(this.inference, fn, 0) : null;
      if (binding) {
        known = true;
        follower.binding(binding);
      } else if (!fn && !isOptions(this.inference, node)) follower.usage.escaped = true;
    }
    if (server.escaped) follower.usage.escaped = true;
    if (known) this.entities.push({ ...follower.usage, kind: 'accepted', created: server.created, server });
  }
}

function isOptions(inference: Inference, node: Node): boolean {
  return inference.typeOf(node)?.is === 'literal-object';
}

/** The body of a function. */
export const bodyOf = (fn: Node): Node => field(fn, 'body') ?? fn;
