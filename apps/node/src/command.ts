import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { resolvePassphrase } from '@growr/keys'
import { loadConfig } from '@growr/runtime'
import { nodeConfig, otherVariables, passphraseFile, type NodeConfig } from './config.ts'
import { OperatorError } from './operator-error.ts'
import { GROUPS } from './parts.ts'

export interface Words {
  /** The command's own: `--json` is true, `--to FILE` its value. */
  readonly own: Readonly<Record<string, string | true>>
  /** What is neither. */
  readonly words: readonly string[]
  /** Settings of the node, as `npm start` takes them. */
  readonly settings: readonly string[]
}

/** Takes the command's own switches and values out of its arguments; the rest are settings of the node. ARGUMENTS. */
export function readWords(args: readonly string[], { switches, values }: { readonly switches: readonly string[]; readonly values: readonly string[] }): Words {
  const own: Record<string, string | true> = {}
  const words: string[] = []
  const settings: string[] = []
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] as string
    const [, name, attached] = /^--([a-z-]+)(?:=(.*))?$/s.exec(arg) ?? []
    const next = args[at + 1]
    const hasNext = next !== undefined && !next.startsWith('--')
    if (name !== undefined && switches.includes(name)) own[name] = true
    else if (name !== undefined && values.includes(name)) {
      if (attached === undefined && !hasNext) throw new OperatorError('ARGUMENTS', `--${name} needs a value`)
      own[name] = attached ?? args[++at] as string
    } else if (arg.startsWith('--')) {
      settings.push(arg)
      if (attached === undefined && !arg.includes('=') && hasNext) settings.push(args[++at] as string)
    } else words.push(arg)
  }
  return { own, words, settings }
}

/** The node's configuration, as `npm start` would have it with the same settings; its data directory in full. */
export function commandConfig(settings: readonly string[]): NodeConfig {
  const file = process.env['GROWR_CONFIG']
  const config = loadConfig(nodeConfig, { env: process.env, args: settings, ignore: otherVariables, ...(file === undefined ? {} : { file }) })
  return { ...config, data: resolve(config.data) }
}

/** The pass phrase of the keys; none is ever made up by a command. PASSPHRASE_REQUIRED. */
export function givenPassphrase(config: NodeConfig): { readonly passphrase: string; readonly source: 'environment' | 'file'; readonly file: string } {
  const file = passphraseFile(config)
  const custodyFiles = GROUPS.map((group) => join(config.data, group, 'keys.json'))
  const { passphrase, source } = resolvePassphrase({ group: 'node', environment: process.env, file, dataDirectory: config.data, production: true, custodyFiles })
  return { passphrase, source: source === 'environment' ? source : 'file', file }
}

/** The pass phrase of a back-up, where it has one of its own. */
export async function backupPassphrase(own: Words['own']): Promise<string | undefined> {
  const given = process.env['GROWR_BACKUP_PASSPHRASE']
  const file = own['backup-passphrase-file']
  if (typeof file !== 'string') return given === undefined || given === '' ? undefined : given
  if (!existsSync(file)) throw new OperatorError('ARGUMENTS', `there is no file ${file} with a pass phrase`)
  return (await readFile(file, 'utf8')).replace(/\r?\n$/, '')
}

export const say = (text: string): void => {
  process.stderr.write(`growr: ${text}\n`)
}

/** Where a command's answer goes. */
export type Print = (text: string) => void

/** Runs a command to its end: what it refuses is said in one line, and the exit code is 1; 2 where its arguments are wrong. */
export function runCommand(work: (args: readonly string[], print: Print) => Promise<number>): void {
  work(process.argv.slice(2), (text) => process.stdout.write(text)).then((code) => process.exit(code), (error: unknown) => {
    const { code, message } = error as { code?: unknown; message?: unknown }
    say(`${typeof code === 'string' ? `${code}: ` : ''}${String(message ?? error)}`)
    process.exit(code === 'ARGUMENTS' || code === 'CONFIG_INVALID' ? 2 : 1)
  })
}
