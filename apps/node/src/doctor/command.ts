import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { ConfigError } from '@growr/runtime'
import { commandConfig, givenPassphrase, readWords, say, type Print } from '../command.ts'
import { OperatorError } from '../operator-error.ts'
import { outerChecks } from './checks.ts'
import { advice, findingLines, ok, wrong, type Finding } from './finding.ts'
import { look, runningChecks, stoppedChecks } from './inner.ts'
import { confirmCopy, rotatePassphrase } from './passphrase.ts'
import { rotateWrappingKeys } from './wrapping-keys.ts'
import type { NodeConfig } from '../config.ts'

// npm run doctor [-- --json] [--verify] [settings of the node]   what is wrong, and what to do; exit code 1 where something is
// npm run doctor -- --confirm-passphrase                         type the pass phrase from its copy: ends the reminder
// npm run doctor -- --rotate-passphrase                          another pass phrase for all keys, while the node is stopped
// npm run doctor -- --rotate-keys                                other keys that wrap borrowers' keys and those of books, while it is stopped

/** The command; its exit code. What it has to say to a person who waits goes to standard error. */
export async function doctor(args: readonly string[], print: Print): Promise<number> {
  const { own, words, settings } = readWords(args, { switches: ['json', 'verify', 'confirm-passphrase', 'rotate-passphrase', 'rotate-keys'], values: [] })
  if (words.length > 0) throw new OperatorError('ARGUMENTS', `what is «${words[0]}»?`)
  if (own['confirm-passphrase'] === true) return confirm(commandConfig(settings))
  if (own['rotate-passphrase'] === true) return rotate(commandConfig(settings))
  if (own['rotate-keys'] === true) return rewrap(commandConfig(settings))
  const findings = await examine(settings, own['verify'] === true)
  print(own['json'] === true ? `${JSON.stringify({ ok: healthy(findings), findings })}\n` : `${findingLines(findings).join('\n')}\n`)
  return healthy(findings) ? 0 : 1
}

const healthy = (findings: readonly Finding[]): boolean => findings.every(({ verdict }) => verdict !== 'wrong')

async function examine(settings: readonly string[], verify: boolean): Promise<Finding[]> {
  let config: NodeConfig
  try {
    config = commandConfig(settings)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return error.problems.map(({ path, source, message }) => wrong('config', `${path} (${source}): ${message}`, 'docs/configuration.md lists every setting'))
  }
  if (!existsSync(join(config.data, 'identity', 'keys.json'))) {
    return [ok('config', 'is in order'), wrong('data', `${config.data} holds no node`, 'npm start makes one there; give --data where it lies elsewhere')]
  }
  const now = new Date()
  const seen = await look(config.data)
  const subject = { config, now, runs: seen !== undefined }
  const outer = await outerChecks(subject)
  // To open the records would migrate them: that is for the start of the node.
  const migrating = outer.some(({ id }) => id.startsWith('migrations.'))
  if (migrating) return [ok('config', 'is in order'), ...outer, advice('stores', 'the books and records were not looked at: a migration comes first', 'start the node, then ask again')]
  return [ok('config', 'is in order'), ...outer, ...(seen === undefined ? await stoppedChecks(subject, { verify }) : await runningChecks(seen, now))]
}

async function confirm(config: NodeConfig): Promise<number> {
  const { passphrase } = givenPassphrase(config)
  const input = createInterface({ input: process.stdin, output: process.stderr, terminal: false })
  if (process.stdin.isTTY) process.stderr.write('Type the pass phrase from its copy (not from the file on this machine): ')
  const { value: typed = '' } = await input[Symbol.asyncIterator]().next() as { value?: string }
  input.close()
  if (await confirmCopy(config.data, passphrase, typed, new Date())) {
    say('that is it: the copy is noted, and the reminder ends')
    return 0
  }
  say('that is not the pass phrase of this node: the copy is of no use')
  return 1
}

async function rewrap(config: NodeConfig): Promise<number> {
  const { wallets } = await rotateWrappingKeys({ data: config.data, passphrase: givenPassphrase(config).passphrase })
  say(`the keys of ${wallets} borrowers and the data keys of all books are wrapped by new keys; the former ones are destroyed`)
  say('back-ups of before hold what was then: make a new one now (npm run backup), and remove old ones if a key was seen by others')
  return 0
}

async function rotate(config: NodeConfig): Promise<number> {
  const { passphrase, source, file } = givenPassphrase(config)
  const next = process.env['GROWR_NEW_PASSPHRASE']
  const inFile = source === 'file' ? file : undefined
  const { kept } = await rotatePassphrase({ data: config.data, passphrase, file: inFile, next: next === '' ? undefined : next, now: new Date() })
  say(inFile === undefined ? 'all keys are under the new pass phrase: start the node with it as GROWR_PASSPHRASE' : `all keys are under the pass phrase that is now in ${inFile}`)
  if (kept !== undefined) say(`the old one is in ${kept}: back-ups of before open with it. Keep it with them, and remove it with the last of them`)
  say('make a copy of the new one, keep it elsewhere, and show it: npm run doctor -- --confirm-passphrase')
  return 0
}
