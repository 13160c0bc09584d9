import { existsSync, readdirSync } from 'node:fs'
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { resolvePassphrase } from '@growr/keys'
import { atomicWriteFile, makePrivateDirectory } from '@growr/runtime'
import { passphraseFile, type NodeConfig } from './config.ts'

const JOURNEY = fileURLToPath(new URL('../../../journeys/coffee-cooperative.yaml', import.meta.url))
const MARK = 'DEMONSTRATION'

/**
 * The configuration of a node that shows the cooperative's season. The first time, the journey is played into a data directory of
 * its own, which takes its place, marked as a demonstration, once it has come to its end; the clock stands where the journey ended.
 */
export async function demonstration(config: NodeConfig): Promise<NodeConfig> {
  const data = resolve(config.data === '.data' ? '.data-demo' : config.data)
  const mark = join(data, MARK)
  if (!existsSync(mark)) {
    if (existsSync(data) && readdirSync(data).length > 0) {
      throw Object.assign(new Error(`${data} holds something that is no demonstration: give --data another directory`), { code: 'DATA_IN_USE' })
    }
    await play(data)
  }
  return { ...config, data, temporary: true, clock: (await readFile(mark, 'utf8')).trim() }
}

/** Plays beside the place, so that one that is interrupted leaves nothing in it; what it left is thrown away: it is nobody's. */
async function play(data: string): Promise<void> {
  const unfinished = `${data}.unfinished`
  const mark = join(unfinished, MARK)
  if (existsSync(unfinished) && !existsSync(mark)) {
    throw Object.assign(new Error(`${unfinished} is in the way: move it elsewhere`), { code: 'DATA_IN_USE' })
  }
  await rm(unfinished, { recursive: true, force: true })
  makePrivateDirectory(unfinished)
  await writeFile(mark, '', { mode: 0o600 })
  const { passphrase } = resolvePassphrase({ group: 'node', environment: process.env, file: passphraseFile({ data }), dataDirectory: data, production: false, custodyFiles: [] })
  const { playInto } = await import('@growr/journey')
  process.stdout.write('growr: playing the coffee cooperative\'s season for the demonstration …\n')
  const end = await playInto({ file: JOURNEY, data: unfinished, passphrase, write: (line: string) => process.stdout.write(`${line}\n`) })
  await atomicWriteFile(mark, `${end.toISOString()}\n`)
  await rm(data, { recursive: true, force: true })
  await rename(unfinished, data)
}
