/** The timeline's harness page in a real browser: served from dist/, driven by playwright. */
import { createReadStream, existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { type Browser, chromium as engine, type Page } from 'playwright-core';
import { chromium, root, skip } from './house';

const TYPES: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.ttf': 'font/ttf' };

/** Pages of the harness, by path. */
const PAGES: Record<string, string> = { '/': 'index.html', '/reference': 'reference.html', '/exercises': 'exercises.html' };

/** A browser and the server of the page. */
export interface HarnessSite {
  browser: Browser;
  /** Opens the page at a size; `errors` collects what the page complained about. */
  page(width?: number, height?: number, path?: string): Promise<{ page: Page; errors: string[] }>;
  /** Makes bytes available under a path such as `/traces/echo`. */
  serve(path: string, bytes: Uint8Array, type?: string): void;
  close(): Promise<void>;
}

/** Starts both; null with the reason when there is no browser. */
export async function harnessSite(flags: string[] = []): Promise<HarnessSite | { missing: string }> {
  const found = await chromium();
  if (!found.path) return { missing: found.missing };
  const served = new Map<string, { bytes: Uint8Array; type: string }>();
  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname));
    const one = served.get(path);
    if (one) {
      response.writeHead(200, { 'content-type': one.type }).end(one.bytes);
      return;
    }
    const file = PAGES[path] ? join(root, 'webview/harness', PAGES[path]) : join(root, 'dist', path);
    if (!existsSync(file)) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' });
    createReadStream(file).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const browser = await engine.launch({ executablePath: found.path, args: [...found.flags, ...flags] });
  return {
    browser,
    serve: (path, bytes, type = 'application/octet-stream') => served.set(path, { bytes, type }),
    async page(width = 1200, height = 760, path = '/') {
      const page = await browser.newPage({ viewport: { width, height } });
      const errors: string[] = [];
      page.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning') errors.push(message.text());
      });
      page.on('pageerror', (error) => errors.push(String(error.stack ?? error)));
      await page.goto(new URL(path, address).href);
      return { page, errors };
    },
    async close() {
      await browser.close();
      await closed(server);
    },
  };
}

/**
 * Both for the tests of the suite that calls it, from before the first to after the last; without a browser they are skipped. `started` gets
 * them, to keep them and to do what else comes first.
 */
export function useHarness(started: (site: HarnessSite) => void, flags: string[] = []): void {
  let site: HarnessSite | null = null;
  before(async function () {
    const found = await harnessSite(flags);
    if ('missing' in found) return skip(this, found.missing);
    site = found;
    started(site);
  });
  after(async () => site?.close());
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
