import { closeSync, existsSync, fsyncSync, openSync, readdirSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'

/** Erased keys, as they are noted outside of every back-up: a random id and an instant, nothing of a person. */
const LINE = /^[A-Za-z0-9_-]{1,64} [0-9TZ:.-]{1,40}$/
/** Beside the back-ups: a back-up that is older than an erasure must not bring a person back. */
const KEPT = 'growr-erasures.log'

const linesOf = (file: string): string[] => existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []

/** All lines of the files that are such notes, each once. */
export function mergedErasures(files: readonly string[]): string[] {
  return [...new Set(files.flatMap(linesOf).filter((line) => LINE.test(line)))].toSorted()
}

/** The notes of all groups of a data directory. */
export function erasuresOf(data: string): string[] {
  const marks = join(data, 'marks')
  return existsSync(marks) ? readdirSync(marks).filter((name) => name.endsWith('.erasures')).map((name) => join(marks, name)) : []
}

export const keptErasures = (folder: string): string => join(folder, KEPT)

/** Adds what was erased so far to the notes beside the back-ups. */
export function keepErasures(data: string, folder: string): void {
  const file = keptErasures(folder)
  const known = new Set(mergedErasures([file]))
  const fresh = mergedErasures(erasuresOf(data)).filter((line) => !known.has(line))
  if (fresh.length === 0) return
  const handle = openSync(file, 'a', 0o600)
  try {
    writeSync(handle, fresh.map((line) => `${line}\n`).join(''))
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}
