/** Fixes about the bytes of a stream: framing, text, limits. */
import type { Node } from '@vscode/tree-sitter-wasm';
import { field, named } from '../names';
import { chunkHandlers, gatherings } from '../rules/chunks';
import type { Program, Report } from '../rules/program';
import { inside, ownFunction } from '../rules/usage';
import type { Fixer } from '.';
import { argumentsOfCall, type Style, statementOf } from './style';

/** What a limit is when nothing says another: characters of a line, bytes of a frame. */
const LONGEST_LINE = 65536;
const LARGEST_FRAME = 1048576;

interface Handler {
  /** The statement `socket.on('data', fn)`. */
  statement: Node;
  socket: string;
  fn: Node;
}

/** A 'data' listener that can become the listener of messages: a function in place, in a statement of its own. */
function handlerAt(program: Program, report: Report): Handler | null {
  const call = report.at.parent?.parent;
  const statement = call?.parent;
  const callee = call ? field(call, 'function') : null;
  const fn = call ? argumentsOfCall(call)[1] : null;
  if (!call || !callee || !fn || statement?.type !== 'expression_statement' || field(callee, 'property')?.text !== 'on') return null;
  // `this` in it is the socket, and would be another in a function of its own.
  if (ownFunction(program.inference, fn) === null || /\bthis\b|\barguments\b/.test(fn.text)) return null;
  return { statement, socket: field(callee, 'object')!.text, fn };
}

function framed(
  { statement, socket, fn }: Handler,
  style: Style,
  title: string,
  name: string,
  before: string[],
  parameter: string,
  lines: string[],
) {
  const indent = style.indentAt(statement.startIndex);
  const own = fn.type === 'identifier' ? [] : [`const ${name} = ${fn.text}${style.semi}`];
  const head = [...own, ...before].map((line) => line + style.eol + indent).join('');
  const text = `${head}${socket}.on(${style.string('data')}, ${style.fn(parameter, lines, indent)})${style.semi}`;
  return { title, edits: [{ from: statement.startIndex, to: statement.endIndex, text }] };
}

/** Messages end with a newline. */
export const frameByLine: Fixer = (program, report, style) => {
  const handler = handlerAt(program, report);
  if (!handler) return null;
  const { semi, string } = style;
  const [onLine, rest, end, line, text] = ['onLine', 'rest', 'end', 'line', 'text'].map((base) => style.fresh(base)) as [
    string,
    string,
    string,
    string,
    string,
  ];
  const encoded = program
    .entityOf(field(field(report.at.parent!.parent!, 'function')!, 'object'))
    ?.methods.some(({ method }) => method === 'setEncoding');
  const before = [
    `let ${rest} = ${string.call(style, '')}${semi}`,
    ...(encoded ? [] : [`${handler.socket}.setEncoding(${string.call(style, 'utf8')})${semi}`]),
  ];
  const called = handler.fn.type === 'identifier' ? handler.fn.text : onLine;
  return framed(handler, style, 'Frame the messages by newline', onLine, before, text, [
    `${rest} += ${text}${semi}`,
    `let ${end}${semi}`,
    `while ((${end} = ${rest}.indexOf(${string.call(style, '\\n')})) >= 0) {`,
    `\tconst ${line} = ${rest}.slice(0, ${end})${semi}`,
    `\t${rest} = ${rest}.slice(${end} + 1)${semi}`,
    `\t${called}(${line})${semi}`,
    '}',
    `if (${rest}.length > ${LONGEST_LINE}) ${handler.socket}.destroy(new Error(${string.call(style, 'line too long')}))${semi}`,
  ]);
};

/** Four bytes of length before each message. */
export const frameByLength: Fixer = (program, report, style) => {
  const handler = handlerAt(program, report);
  const entity = handler ? program.entityOf(field(field(report.at.parent!.parent!, 'function')!, 'object')) : null;
  // Text has no bytes to count.
  if (!handler || entity?.methods.some(({ method }) => method === 'setEncoding')) return null;
  const { semi } = style;
  const [onFrame, kept, length, frame, chunk] = ['onFrame', 'kept', 'length', 'frame', 'chunk'].map((base) => style.fresh(base)) as [
    string,
    string,
    string,
    string,
    string,
  ];
  const called = handler.fn.type === 'identifier' ? handler.fn.text : onFrame;
  return framed(handler, style, 'Frame the messages by a length before each', onFrame, [`let ${kept} = Buffer.alloc(0)${semi}`], chunk, [
    `${kept} = Buffer.concat([${kept}, ${chunk}])${semi}`,
    `while (${kept}.length >= 4) {`,
    `\tconst ${length} = ${kept}.readUInt32BE(0)${semi}`,
    `\tif (${length} > ${LARGEST_FRAME}) {`,
    `\t\t${handler.socket}.destroy(new Error(${style.string('frame too large')}))${semi}`,
    `\t\treturn${semi}`,
    '\t}',
    `\tif (${kept}.length < 4 + ${length}) return${semi}`,
    `\tconst ${frame} = ${kept}.subarray(4, 4 + ${length})${semi}`,
    `\t${kept} = ${kept}.subarray(4 + ${length})${semi}`,
    `\t${called}(${frame})${semi}`,
    '}',
  ]);
};

const handlerOf = (program: Program, { at }: Report) => [...chunkHandlers(program)].find(({ body }) => inside(at, body)) ?? null;

/** setEncoding before the listener, or a decoder; what is only sent back needs neither. */
export const readText: readonly Fixer[] = [
  (_program, report, style) => {
    if (report.at.type !== 'call_expression') return null;
    const callee = field(report.at, 'function')!;
    const bytes = field(callee, 'object') ?? argumentsOfCall(report.at)[0]!;
    void style;
    return { title: 'Send the bytes as they are', edits: [{ from: report.at.startIndex, to: report.at.endIndex, text: bytes.text }] };
  },
  (program, report, style) => {
    const handler = handlerOf(program, report);
    const call = handler?.at.parent?.parent;
    const callee = call?.type === 'call_expression' ? field(call, 'function') : null;
    if (report.at.type === 'call_expression' || call?.parent?.type !== 'expression_statement' || callee?.type !== 'member_expression')
      return null;
    const object = field(callee, 'object')!;
    if (object.type !== 'identifier' && object.type !== 'member_expression') return null;
    const from = call.parent.startIndex;
    const text = `${object.text}.setEncoding(${style.string('utf8')})${style.semi}${style.eol}${style.indentAt(from)}`;
    return { title: "Let Node keep characters whole: setEncoding('utf8')", edits: [{ from, to: from, text }] };
  },
  (program, report, style) => {
    const handler = handlerOf(program, report);
    const grown = handler ? gatherings(program, handler).find(({ node }) => node.id === report.at.id) : null;
    const statement = handler?.at.parent?.parent?.parent;
    if (!handler || !grown || statement?.type !== 'expression_statement') return null;
    const mention = program.inference.names.reads(handler.chunk).find((read) => inside(read, grown.node))!;
    const whole = grown.node.type === 'augmented_assignment_expression' ? field(grown.node, 'right')! : mention;
    const { name, edits } = style.imported('string_decoder', 'StringDecoder');
    const decoder = style.fresh('decoder');
    const head = `const ${decoder} = new ${name}(${style.string('utf8')})${style.semi}${style.eol}${style.indentAt(statement.startIndex)}`;
    return {
      title: 'Decode with a StringDecoder',
      edits: [
        ...edits,
        { from: statement.startIndex, to: statement.startIndex, text: head },
        { from: whole.startIndex, to: whole.endIndex, text: `${decoder}.write(${mention.text})` },
      ],
    };
  },
];

/** A limit right after what grows. */
export const limitSize: Fixer = (program, report, style) => {
  const handler = handlerOf(program, report);
  const grown = handler ? gatherings(program, handler).find(({ node }) => node.id === report.at.id) : null;
  const call = handler?.at.parent?.parent;
  const callee = call?.type === 'call_expression' ? field(call, 'function') : null;
  const statement = grown ? statementOf(grown.node) : null;
  if (
    !grown ||
    grown.how === 'push' ||
    !statement ||
    callee?.type !== 'member_expression' ||
    !/^(?:identifier|this)$/.test(field(callee, 'object')!.type)
  )
    return null;
  const socket = field(callee, 'object')!.text;
  const indent = style.indentAt(statement.startIndex);
  const text = `${/;$/.test(statement.text) || style.semi === '' ? '' : style.semi}${style.eol}${indent}if (${grown.into.text}.length > ${LARGEST_FRAME}) ${socket}.destroy(new Error(${style.string('message too long')}))${style.semi}`;
  return named(statement).length && statement.type === 'expression_statement'
    ? { title: 'Close the connection when this grows too long', edits: [{ from: statement.endIndex, to: statement.endIndex, text }] }
    : null;
};
