/** Exercises by track, in the order of the list. Pure. */
import type { TrackEndView } from '../../contracts/exercise-page';
import type { Exercise, Progress } from '../../contracts/exercises';
import { progressOf } from './progress';

export interface Track {
  name: string;
  exercises: Exercise[];
}

export function tracksOf(exercises: readonly Exercise[]): Track[] {
  const tracks = new Map<string, Track>();
  for (const exercise of exercises) {
    const name = exercise.file.track;
    const track = tracks.get(name) ?? { name, exercises: [] };
    track.exercises.push(exercise);
    tracks.set(name, track);
  }
  return [...tracks.values()];
}

export const isPassed = (progress: Progress, { file }: Exercise): boolean => progressOf(progress, file.id).state.startsWith('passed');

/** The next of the track that is not passed, after this one and then from the beginning; null when all others are passed. */
export function nextInTrack(exercises: readonly Exercise[], id: string, progress: Progress): Exercise | null {
  const here = exercises.find(({ file }) => file.id === id);
  const track = exercises.filter(({ file }) => file.track === here?.file.track);
  const at = track.findIndex(({ file }) => file.id === id);
  const others = [...track.slice(at + 1), ...track.slice(0, Math.max(at, 0))];
  return others.find((exercise) => !isPassed(progress, exercise)) ?? null;
}

/** What can be said at the end of a track; null while one of it is not passed. */
export function trackEnd(exercises: readonly Exercise[], name: string, progress: Progress): TrackEndView | null {
  const tracks = tracksOf(exercises);
  const track = tracks.find((each) => each.name === name);
  if (track === undefined || !track.exercises.every((exercise) => isPassed(progress, exercise))) return null;
  const open = tracks.flatMap((each) => each.exercises).find((exercise) => !isPassed(progress, exercise));
  return {
    track: name,
    can: track.exercises.map(({ file }) => file.objective),
    again: track.exercises.flatMap(({ file: { id, title } }) => {
      const { retry } = progressOf(progress, id);
      return retry === undefined ? [] : [{ id, title, due: retry }];
    }),
    nextTrack: open === undefined ? null : { track: open.file.track, id: open.file.id, title: open.file.title },
  };
}
