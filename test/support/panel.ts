/** The timeline's page with a trace in it, for tests. */
import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import type { FromTimeline, TimelineViewState } from '../../src/contracts/timeline-api';
import type { HarnessSite } from './harness-page';

interface Harness {
  sent: FromTimeline[];
  send(message: unknown): void;
  theme(name: string): void;
  open(url: string, options?: { live?: boolean; state?: TimelineViewState | null; title?: string }): Promise<number>;
}
declare const window: { harness: Harness };

/** An open page. `close` fails when the page complained about anything. */
export interface Panel {
  page: Page;
  /** Messages of a kind that the page sent. */
  sent<T extends FromTimeline['type']>(type: T): Promise<Extract<FromTimeline, { type: T }>[]>;
  send(message: unknown): Promise<void>;
  /** Resolves when the toolbar says that this step is shown. */
  atStep(step: number): Promise<void>;
  text(selector: string): Promise<string>;
  close(): Promise<void>;
}

let served = 0;

/** Opens a page with these trace bytes. */
export async function openPanel(
  site: HarnessSite,
  bytes: Uint8Array,
  options: { width?: number; height?: number; theme?: string; live?: boolean; state?: TimelineViewState | null } = {},
): Promise<Panel> {
  const url = `/traces/panel-${++served}`;
  site.serve(url, bytes);
  const { page, errors } = await site.page(options.width ?? 1200, options.height ?? 760);
  await page.evaluate((theme) => window.harness.theme(theme), options.theme ?? 'dark');
  await page.evaluate(([path, live, state]) => window.harness.open(path, { live, state, title: 'server.mjs' }), [
    url,
    options.live ?? false,
    options.state ?? null,
  ] as const);
  await page.waitForFunction(() => document.querySelector('[data-name="count"]')?.textContent !== '');
  return {
    page,
    sent: async (type) => (await page.evaluate((kind) => window.harness.sent.filter((message) => message.type === kind), type)) as never,
    send: (message) => page.evaluate((one) => window.harness.send(one), message),
    atStep: async (step) => {
      await page.waitForFunction(
        (start) => document.querySelector('[data-name="count"]')?.textContent?.startsWith(start),
        `step ${step.toLocaleString('en')} of`,
      );
    },
    text: async (selector) => (await page.locator(selector).first().textContent()) ?? '',
    async close() {
      await page.close();
      assert.deepEqual(errors, []);
    },
  };
}
