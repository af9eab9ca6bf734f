/** Frames of a page while something happens in each of them; the same measure for every timeline that is compared. */
import type { Page } from 'playwright-core';

/** Milliseconds, one number a frame. */
export interface Frames {
  /** From the start of one frame to the start of the next: with the frame clock let go, what a frame costs, painting included. */
  interval: number[];
  /** Of that the page's own thread: scripts, style, layout and recording of the paint. */
  main: number[];
  /** Frames that were asked for and did not come before the deadline. */
  missed: number;
}

/** What is done in a frame: a turn of the wheel over the picture, a key, or a message from the host (of the harness). */
export type Act =
  | { wheel: { deltaX?: number; deltaY?: number; shiftKey?: boolean; ctrlKey?: boolean } }
  | { key: string }
  | { message: unknown };

/** One act a frame; a wheel is over `target`, at these parts of its box. */
export interface Gesture {
  target: string;
  x: number;
  y: number;
  acts: Act[];
}

/** Makes the gesture until all is done or `deadline` ms have passed. Sets the mark `bench-frame` at the start of each frame. */
export function timeFrames(page: Page, gesture: Gesture, deadline: number): Promise<Frames> {
  return page.evaluate(
    async ({ gesture, deadline }) => {
      const target = document.querySelector(gesture.target)!;
      const box = target.getBoundingClientRect();
      const at = { clientX: box.left + box.width * gesture.x, clientY: box.top + box.height * gesture.y, bubbles: true, cancelable: true };
      const interval: number[] = [];
      const main: number[] = [];
      const channel = new MessageChannel();
      const began = performance.now();
      const perform = (act: Act | undefined) => {
        if (!act) return;
        if ('wheel' in act) target.dispatchEvent(new WheelEvent('wheel', { ...at, ...act.wheel }));
        else if ('key' in act) document.body.dispatchEvent(new KeyboardEvent('keydown', { key: act.key, bubbles: true, cancelable: true }));
        else window.dispatchEvent(new MessageEvent('message', { data: act.message }));
      };
      let frame = -1;
      let from = 0;
      await new Promise<void>((resolve) => {
        // A message that is sent in a frame arrives when its rendering is done.
        channel.port1.onmessage = () => {
          if (frame > 0) main.push(performance.now() - from);
          if (frame > gesture.acts.length || performance.now() - began > deadline) resolve();
        };
        const next = () => {
          const now = performance.now();
          performance.mark('bench-frame');
          if (frame > 0) interval.push(now - from);
          from = now;
          frame++;
          channel.port2.postMessage(null);
          if (frame > gesture.acts.length || from - began > deadline) return;
          // First its own next frame, then the act: the page's work of that frame comes after this start.
          requestAnimationFrame(next);
          perform(gesture.acts[frame]);
        };
        requestAnimationFrame(next);
      });
      channel.port1.close();
      performance.clearMarks();
      return { interval, main, missed: Math.max(0, gesture.acts.length - interval.length) };
    },
    { gesture, deadline },
  );
}
