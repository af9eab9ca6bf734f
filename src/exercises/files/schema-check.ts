/** Holds a value against a JSON schema, with a sentence for a person. The part of draft 7 that our schemas use; anything else in one is an error. */
import type { JsonObject, JsonValue } from '../../contracts/trace';

const KNOWN = new Set(
  '$schema title description definitions type const enum properties required additionalProperties items minItems maxItems minLength maxLength pattern minimum maximum $ref'.split(
    ' ',
  ),
);

/** Every mistake as "field: what is wrong", in the order of the value; empty when there is none. */
export function schemaProblems(value: JsonValue | undefined, schema: JsonObject): string[] {
  const problems: string[] = [];
  look(value, schema, schema, '', problems);
  return problems;
}

function look(value: JsonValue | undefined, schema: JsonObject, root: JsonObject, at: string, problems: string[]): void {
  for (const key of Object.keys(schema)) if (!KNOWN.has(key)) throw new Error(`the schema uses "${key}", which is not understood here`);
  if (typeof schema.$ref === 'string') {
    const name = schema.$ref.replace('#/definitions/', '');
    look(value, (root.definitions as JsonObject)[name] as JsonObject, root, at, problems);
    return;
  }
  const say = (what: string) => problems.push(`${at === '' ? 'the file' : at} ${what}`);
  if (schema.const !== undefined && value !== schema.const) {
    say(`must be ${JSON.stringify(schema.const)}`);
    return;
  }
  if (Array.isArray(schema.enum) && !schema.enum.includes(value as JsonValue)) {
    say(`must be one of ${schema.enum.join(', ')}`);
    return;
  }
  const types = schema.type === undefined ? [] : ([schema.type].flat() as string[]);
  if (types.length > 0 && !types.some((type) => isA(value, type))) {
    say(`must be ${types.map((type) => WORDS[type] ?? type).join(' or ')}`);
    return;
  }
  if (typeof value === 'string') text(value, schema, say);
  else if (typeof value === 'number') {
    if (value < Number(schema.minimum ?? value)) say(`must be at least ${schema.minimum}`);
    if (value > Number(schema.maximum ?? value)) say(`must be at most ${schema.maximum}`);
  } else if (Array.isArray(value)) {
    const { minItems, maxItems } = schema;
    if (minItems !== undefined && minItems === maxItems && value.length !== minItems) say(`must have exactly ${minItems} entries`);
    else if (value.length < Number(minItems ?? 0)) say(`must have at least ${minItems} ${minItems === 1 ? 'entry' : 'entries'}`);
    else if (value.length > Number(maxItems ?? value.length)) say(`must have at most ${maxItems} entries`);
    for (const [index, item] of value.entries())
      if (schema.items !== undefined) look(item, schema.items as JsonObject, root, `${at}[${index}]`, problems);
  } else if (isA(value, 'object')) fields(value as JsonObject, schema, root, at, problems, say);
}

function fields(
  value: JsonObject,
  schema: JsonObject,
  root: JsonObject,
  at: string,
  problems: string[],
  say: (what: string) => void,
): void {
  const properties = (schema.properties ?? {}) as JsonObject;
  for (const name of (schema.required ?? []) as string[]) if (value[name] === undefined) say(`has no "${name}"`);
  for (const [name, item] of Object.entries(value)) {
    const place = at === '' ? name : `${at}.${name}`;
    const inner = Object.hasOwn(properties, name) ? properties[name] : schema.additionalProperties;
    if (inner === false) say(`has "${name}", which there is no such field for`);
    else if (typeof inner === 'object') look(item, inner as JsonObject, root, place, problems);
  }
}

function text(value: string, schema: JsonObject, say: (what: string) => void): void {
  if (value.length < Number(schema.minLength ?? 0)) say(`must have at least ${schema.minLength} characters`);
  if (value.length > Number(schema.maxLength ?? value.length)) say(`must have at most ${schema.maxLength} characters`);
  if (typeof schema.pattern === 'string' && !new RegExp(schema.pattern).test(value))
    say(`must look like ${schema.pattern}, and is ${JSON.stringify(value.slice(0, 40))}`);
}

const WORDS: Record<string, string> = {
  object: 'an object',
  array: 'a list',
  string: 'a text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
};

function isA(value: JsonValue | undefined, type: string): boolean {
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value);
  return type === 'integer' ? Number.isInteger(value) : typeof value === type;
}
