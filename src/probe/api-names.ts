const OBJECT_NAMES: Record<string, string> = {
  Socket: 'socket',
  Server: 'server',
  ServerResponse: 'response',
  ClientRequest: 'request',
  TLSSocket: 'socket',
};

/** `http.get`, `response.end`, `net.connect`: the Node function that the program's line called, as one writes it. */
export function apiName(frame: NodeJS.CallSite): string {
  const file = frame.getFileName() ?? '';
  const type = frame.getTypeName() ?? '';
  const name = frame.getMethodName() ?? frame.getFunctionName()?.split('.').pop() ?? 'call';
  if (name === 'fetch') return 'fetch';
  const known = OBJECT_NAMES[type];
  if (known !== undefined) return `${known}.${name}`;
  // node:_http_client -> http; node:internal/... is not something that one writes.
  const module = file.startsWith('node:') && !file.startsWith('node:internal/') ? file.slice(5).replace(/^_([a-z0-9]+)_.*$/, '$1') : '';
  if (type === '' || type === 'Object' || type === 'undefined') return module === '' ? name : `${module}.${name}`;
  return `${type.charAt(0).toLowerCase()}${type.slice(1)}.${name}`;
}
