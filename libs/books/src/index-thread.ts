import { Worker } from 'node:worker_threads'
import type { IndexBatch } from './index-rows.ts'

type Done = (written: boolean) => void

/** Who writes index files for others. */
export interface IndexWriter {
  /** Hands on a batch, or null to have the file closed; false: not here. One at a time for each file. */
  write(file: string, batch: IndexBatch | null, done: Done): boolean
  readonly started: boolean
}

/**
 * A thread that writes the files of indexes, so that the writer of the books need not. It is started when there is much to
 * write for the first time, one for a store. Where it cannot be had, or has failed, whoever asks writes for himself.
 */
export class IndexThread implements IndexWriter {
  #worker: Worker | null = null
  #failed = false
  readonly #waiting = new Map<string, Done>()

  write(file: string, batch: IndexBatch | null, done: Done): boolean {
    const worker = this.#start()
    if (worker === null) return false
    this.#waiting.set(file, done)
    worker.postMessage({ file, batch })
    return true
  }

  get started(): boolean {
    return this.#worker !== null && !this.#failed
  }

  async close(): Promise<void> {
    await this.#worker?.terminate()
    this.#worker = null
    this.#failed = true
  }

  #start(): Worker | null {
    if (this.#failed) return null
    if (this.#worker !== null) return this.#worker
    const here = import.meta.url
    const worker = new Worker(new URL(here.endsWith('.ts') ? './index-worker.ts' : './index-worker.js', here), { name: 'growr-books-index' })
    worker.unref()
    worker.on('message', ({ file, error }: { file: string; error: string | null }) => this.#done(file, error === null))
    worker.on('error', () => this.#fail())
    worker.on('exit', () => this.#fail())
    this.#worker = worker
    return worker
  }

  #done(file: string, written: boolean): void {
    const done = this.#waiting.get(file)
    this.#waiting.delete(file)
    done?.(written)
  }

  #fail(): void {
    this.#failed = true
    for (const file of Array.from(this.#waiting.keys())) this.#done(file, false)
  }
}
