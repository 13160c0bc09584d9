// Writes index files in a thread of its own: see IndexThread.
import { parentPort } from 'node:worker_threads'
import { writeBatch, type IndexBatch } from './index-rows.ts'
import { DisposableDatabase } from './sqlite.ts'

const files = new Map<string, DisposableDatabase>()

parentPort?.on('message', ({ file, batch }: { file: string; batch: IndexBatch | null }) => {
  let error: string | null = null
  try {
    let db = files.get(file)
    if (batch === null) {
      db?.close()
      files.delete(file)
    } else {
      if (db === undefined) files.set(file, (db = new DisposableDatabase(file, false)))
      writeBatch(db, batch)
    }
  } catch (cause) {
    error = cause instanceof Error ? cause.message : String(cause)
  }
  parentPort?.postMessage({ file, error })
})
