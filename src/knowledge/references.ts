/** Links to where a fact comes from. */
export interface Reference {
  title: string;
  url: string;
}

/** A Linux manual page, `listen(2)`. */
export function man(page: string): Reference {
  const [, name, section] = /^(\w+)\((\d)\)$/.exec(page) ?? [];
  return { title: page, url: `https://man7.org/linux/man-pages/man${section}/${name}.${section}.html` };
}

/** An RFC, optionally a section of it. */
export function rfc(number: number, section?: string): Reference {
  return {
    title: `RFC ${number}${section ? ` §${section}` : ''}`,
    url: `https://www.rfc-editor.org/rfc/rfc${number}${section ? `#section-${section}` : ''}`,
  };
}

/** A page of Node's documentation. */
export function nodeDoc(page: 'net' | 'dgram' | 'http' | 'https' | 'http2' | 'tls', anchor: string, title: string): Reference {
  return { title, url: `https://nodejs.org/api/${page}.html#${anchor}` };
}
