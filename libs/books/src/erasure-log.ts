import { open, readFile, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { makeDirectory, syncDirectory } from './files.ts'

/**
 * The list of keys that were destroyed, one line each, only ever added to. It holds random key ids and times, nothing of a
 * person. It lies outside the back-up of the keys, so that a restored back-up is erased again from it.
 */
export class ErasureLog {
  readonly #handle: FileHandle
  /** The key ids that the log held when it was opened. */
  readonly erased: readonly string[]

  private constructor(handle: FileHandle, erased: readonly string[]) {
    this.#handle = handle
    this.erased = erased
  }

  static async open(path: string): Promise<ErasureLog> {
    await makeDirectory(dirname(path))
    const handle = await open(path, 'a+', 0o600)
    await syncDirectory(dirname(path))
    const text = await readFile(path, 'utf8')
    // A line without its end was never acknowledged: its key was not destroyed.
    const whole = text.slice(0, text.lastIndexOf('\n') + 1)
    if (whole.length !== text.length) await handle.truncate(Buffer.byteLength(whole))
    const erased = whole.split('\n').filter(line => line !== '').map(line => line.split(' ', 1)[0] ?? '')
    return new ErasureLog(handle, erased)
  }

  /** Adds key ids; they are on disk when it resolves. */
  async add(kids: readonly string[], at: Date): Promise<void> {
    await this.#handle.appendFile(kids.map(kid => `${kid} ${at.toISOString()}\n`).join(''))
    await this.#handle.sync()
  }

  async close(): Promise<void> {
    await this.#handle.close()
  }
}
