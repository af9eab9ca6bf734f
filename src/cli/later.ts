/** Commands that are announced and not there yet: they say so instead of doing half of it. */
import { UserError } from '../runner/program';

export function check(): never {
  throw new UserError('check: grading exercises is not there yet; it comes with the exercises');
}

export function exercises(): never {
  throw new UserError(
    'exercises: there are no exercises yet; try the sample with: socketscope run media/samples/echo/server.mjs --then media/samples/echo/client.mjs --print',
  );
}
