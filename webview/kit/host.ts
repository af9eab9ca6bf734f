import type { FromTimeline, TimelineViewState, ToTimeline } from '../../src/contracts/timeline-api';

/** What VS Code gives a webview; a second call of `acquireVsCodeApi` throws, so this file is its only caller. */
interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}
declare function acquireVsCodeApi(): VsCodeApi;

/** The extension host as the webview sees it. */
export interface Host<From, To, State> {
  /** Sends one typed message. */
  post(message: From): void;
  /** Calls back for each message from the host; returns how to stop. */
  onMessage(receive: (message: To) => void): () => void;
  /** Keeps the view state where a window reload finds it (VS Code hands it to the panel's serializer). */
  remember(state: State): void;
}

/** Connects to VS Code (or to whatever defines `acquireVsCodeApi`, as the harness page does). Call once. */
export function connectHost<
  From = FromTimeline,
  To extends { type: string } = ToTimeline,
  State extends object = TimelineViewState & { title?: string },
>(): Host<From, To, State> {
  const api = acquireVsCodeApi();
  // The host page names its trace on the body; kept from the start, so that a reload before the first step finds it too.
  const { trace } = document.body.dataset;
  if (trace) api.setState({ ...((api.getState() as object | undefined) ?? {}), trace });
  return {
    post: (message) => api.postMessage(message),
    onMessage(receive) {
      const listener = (event: MessageEvent) => {
        const message = event.data as To | undefined;
        if (message && typeof message === 'object' && typeof message.type === 'string') receive(message);
      };
      window.addEventListener('message', listener);
      return () => window.removeEventListener('message', listener);
    },
    // Other keys of the saved state belong to the host page (the trace's file, say) and stay.
    remember: (state) => api.setState({ ...((api.getState() as object | undefined) ?? {}), ...state }),
  };
}
