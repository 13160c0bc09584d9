import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { atomicWriteFile } from '@growr/runtime'
import { z } from 'zod'

/**
 * What a restored node knows of its restore. It stays in the data directory: until the operator has reconciled, nothing is sent; and
 * afterwards it says from which instant on something may be missing.
 */
const restored = z.object({
  v: z.literal(1),
  /** ISO instants: when it was restored, and as of when everything is. */
  at: z.string(),
  instant: z.string(),
  /** The back-up's file name; null where books were taken up in place. */
  file: z.string().nullable(),
  sending: z.enum(['off', 'on']),
  /** Whether what the restored data still had to send has been held back. */
  settled: z.boolean(),
  /** What becomes of it; decided when reconciling. */
  held: z.enum(['undecided', 'drop', 'send']),
  reconciledAt: z.string().nullable(),
  /** What the marks that were found show to be lost. */
  lost: z.array(z.object({ book: z.string(), entries: z.number() })),
})
export type Restored = z.output<typeof restored>

export const RESTORED_NOTE = 'restored.json'

/** null for a node that was never restored. Throws where the note cannot be read: then nobody knows whether it may send. */
export function readRestored(data: string): Restored | null {
  const file = join(data, RESTORED_NOTE)
  return existsSync(file) ? restored.parse(JSON.parse(readFileSync(file, 'utf8'))) : null
}

export const writeRestored = (data: string, note: Restored): Promise<void> => atomicWriteFile(join(data, RESTORED_NOTE), `${JSON.stringify(note)}\n`)
