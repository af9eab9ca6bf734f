// The order matters: the fake host defines acquireVsCodeApi before the page calls it.
import './fake-host';
import '../exercises/main';
import { EXERCISE_PAGES } from './exercise-pages';

/** `?page=wrong&theme=light` for looking by hand. */
const wanted = new URLSearchParams(location.search).get('page');
if (wanted && wanted in EXERCISE_PAGES)
  window.addEventListener('load', () =>
    window.dispatchEvent(
      new MessageEvent('message', { data: { type: 'page', page: EXERCISE_PAGES[wanted as keyof typeof EXERCISE_PAGES] } }),
    ),
  );
