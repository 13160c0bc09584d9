import { existsSync } from 'node:fs'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { resolvePassphrase } from '@growr/keys'
import { makePrivateDirectory } from '@growr/runtime'
import { passphraseFile, type NodeConfig } from './config.ts'

const JOURNEY = fileURLToPath(new URL('../../../journeys/coffee-cooperative.yaml', import.meta.url))
const MARK = 'DEMONSTRATION'
const PLAYING = 'playing'

/**
 * The configuration of a node that shows the cooperative's season. The first time, the journey is played into a data directory of
 * its own, marked as a demonstration; the clock stands where the journey ended.
 */
export async function demonstration(config: NodeConfig): Promise<NodeConfig> {
  const data = resolve(config.data === '.data' ? '.data-demo' : config.data)
  const mark = join(data, MARK)
  const marked = existsSync(mark) ? (await readFile(mark, 'utf8')).trim() : undefined
  if (marked === undefined && existsSync(join(data, 'identity'))) {
    throw Object.assign(new Error(`${data} holds a node that is no demonstration: give --data another directory`), { code: 'DATA_IN_USE' })
  }
  if (marked === undefined || marked === PLAYING) {
    // One that was interrupted is played anew: nothing in it is anybody's.
    if (marked === PLAYING) await rm(data, { recursive: true })
    makePrivateDirectory(data)
    await writeFile(mark, PLAYING, { mode: 0o600 })
    const { passphrase } = resolvePassphrase({ group: 'node', environment: process.env, file: passphraseFile({ data }), dataDirectory: data, production: false, custodyFiles: [] })
    const { playInto } = await import('@growr/journey')
    process.stdout.write('growr: playing the coffee cooperative\'s season for the demonstration …\n')
    const end = await playInto({ file: JOURNEY, data, passphrase, write: (line: string) => process.stdout.write(`${line}\n`) })
    await writeFile(mark, `${end.toISOString()}\n`, { mode: 0o600 })
  }
  return { ...config, data, temporary: true, clock: (await readFile(mark, 'utf8')).trim() }
}
