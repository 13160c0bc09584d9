import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { KdfCost } from './kdf.ts'
import { nodeDisk, type Disk } from './disk.ts'

// Helpers of this library's own tests; not part of the package.

/** The least cost that is allowed, so that tests are quick. */
export const CHEAP: KdfCost = { passes: 2, memory: 19 * 1024 }

/** A new directory with a space in its name. */
export function makeDirectory(): string {
  return mkdtempSync(join(tmpdir(), 'growr keys '))
}

export function removeDirectory(directory: string): void {
  rmSync(directory, { recursive: true, force: true })
}

/** The code of the error that is thrown, or 'nothing thrown'. */
export async function codeOf(work: () => unknown): Promise<string> {
  try {
    await work()
    return 'nothing thrown'
  } catch (error) {
    return String((error as { code?: string }).code ?? error)
  }
}

/** A disk that fails at the given call once it is armed, as a crash at that moment would leave the files. */
export function failingDisk(): { disk: Disk; calls: string[]; failAt: (call: keyof Disk | undefined) => void } {
  const calls: string[] = []
  let armed: keyof Disk | undefined
  const step = <A extends unknown[], R>(name: keyof Disk, call: (...args: A) => R) => (...args: A): R => {
    calls.push(name)
    if (armed === name) throw new Error(`crashed at ${name}`)
    return call(...args)
  }
  const disk: Disk = {
    open: step('open', nodeDisk.open),
    write: step('write', nodeDisk.write),
    sync: step('sync', nodeDisk.sync),
    close: step('close', nodeDisk.close),
    rename: step('rename', nodeDisk.rename),
  }
  return { disk, calls, failAt: (call) => { armed = call } }
}

interface LooseBody {
  kdf: { memory: number; passes: number }
  records: Record<string, string | number>[]
}

/** Alters the body of a custody file as someone would who knows the format: the checksum is made to fit again. */
export function forge(file: string, alter: (body: LooseBody) => void): void {
  const outer = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>
  const body = JSON.parse(outer['body'] as string) as LooseBody
  alter(body)
  outer['body'] = JSON.stringify(body)
  outer['sha256'] = createHash('sha256').update(outer['body'] as string).digest('hex')
  writeFileSync(file, JSON.stringify(outer))
}
