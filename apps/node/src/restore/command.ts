import { createReadStream, existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { openIdentityKeep } from '@growr/identity'
import { openStream } from '@growr/keys'
import { lockDirectory } from '@growr/runtime'
import { FORMAT, unpack, type Manifest } from '../backup/archive.ts'
import { backupPassphrase, commandConfig, givenPassphrase, readWords, say, type Print, type Words } from '../command.ts'
import { order } from '../control-socket.ts'
import { OperatorError } from '../operator-error.ts'
import { openParts } from '../parts.ts'
import { readRestored, type Restored } from './note.ts'
import { reconcileLines, toReconcile, type ToReconcile } from './reconcile.ts'
import { restoreBackup, takeUpInPlace } from './restore.ts'
import { Sending, type Fate } from './sending.ts'
import type { NodeConfig } from '../config.ts'

// npm run restore -- FILE [--erasures FILE] [--backup-passphrase-file FILE]   into an empty data directory
// npm run restore -- --check FILE                                            reads a back-up through, and changes nothing
// npm run restore -- --in-place                                              takes up the books of a copied data directory
// npm run restore -- --reconcile [--messages drop|send] [--yes] [--json]     shows what to look at; switches sending on

const USAGE = 'npm run restore -- FILE, or --check FILE, or --in-place, or --reconcile'

/** The command; its exit code. What it has to say to a person who waits goes to standard error. */
export async function restore(args: readonly string[], print: Print): Promise<number> {
  const { own, words, settings } = readWords(args, { switches: ['json', 'reconcile', 'in-place', 'check', 'yes'], values: ['erasures', 'backup-passphrase-file', 'messages'] })
  const config = commandConfig(settings)
  if (own['reconcile'] === true) return reconcile(config, own, print)
  const [file, ...others] = words
  if (own['in-place'] === true) {
    const note = await takeUpInPlace({ data: config.data, passphrase: givenPassphrase(config).passphrase })
    return told(print, note, 'Every book goes on in a signed successor.')
  }
  if (file === undefined || others.length > 0) throw new OperatorError('ARGUMENTS', USAGE)
  if (own['check'] === true) return check(config, file, own, print)
  const { passphrase } = givenPassphrase(config)
  const given = await backupPassphrase(own)
  const erasures = typeof own['erasures'] === 'string' ? [own['erasures']] : []
  const { note, manifest } = await restoreBackup({ file, data: config.data, passphrase, erasures, say, ...(given === undefined ? {} : { backupPassphrase: given }) })
  return told(print, note, `${config.data} is as it was at ${note.instant}: ${manifest.books.length} books, all verified, each in a signed successor.`)
}

function told(print: Print, note: Restored, first: string): number {
  print(`${[
    first,
    ...note.lost.map(({ book, entries }) => `Lost: ${entries} of ${book}`),
    'Start the node with npm start. It takes work and sends nothing: no e-mail, no SMS, no payout of a provider, no webhook.',
    'When you have looked at what npm run restore -- --reconcile shows, the same command switches sending on.',
  ].join('\n')}\n`)
  return 0
}

async function check(config: NodeConfig, file: string, own: Words['own'], print: Print): Promise<number> {
  if (!existsSync(file)) throw new OperatorError('BACKUP_MISSING', `there is no file ${resolve(file)}`)
  const passphrase = await backupPassphrase(own) ?? givenPassphrase(config).passphrase
  const drain = async (parts: AsyncIterable<Buffer>): Promise<void> => {
    for await (const _part of parts) continue
  }
  const manifest: Manifest = await unpack(openStream(createReadStream(file, { highWaterMark: 1024 * 1024 }), { format: FORMAT, passphrase }), { file: (_head, bytes) => drain(bytes), book: (_head, blocks) => drain(blocks) })
  if (own['json'] === true) print(`${JSON.stringify(manifest)}\n`)
  else print(`The back-up is whole: everything as it was at ${manifest.instant}; ${manifest.books.length} books with ${manifest.books.reduce((sum, { entries }) => sum + entries, 0)} entries, ${manifest.files.length} files.\n`)
  return 0
}

async function reconcile(config: NodeConfig, own: Words['own'], print: Print): Promise<number> {
  const fate = own['messages'] ?? 'drop'
  if (fate !== 'drop' && fate !== 'send') throw new OperatorError('ARGUMENTS', '--messages is drop or send')
  const report = await order<ToReconcile>(config.data, 'reconciliation') ?? await ofStopped(config)
  print(own['json'] === true ? `${JSON.stringify(report)}\n` : `${reconcileLines(report).join('\n')}\n`)
  if (report.sending === 'on') {
    say('sending is on: this was reconciled before')
    return 0
  }
  if (own['yes'] !== true && !(await agreed(fate))) {
    say('sending stays off. When all of this is settled: npm run restore -- --reconcile --yes')
    return 0
  }
  const done: Restored & { sent?: number } = await order<Restored & { sent: number }>(config.data, 'reconcile', { messages: fate }) ?? await switchOn(config, fate)
  say(`sending is on; what was held back ${fate === 'drop' ? 'was dropped' : 'is sent'}${(done.sent ?? 0) > 0 ? ` (${done.sent})` : ''}`)
  return 0
}

async function agreed(fate: Fate): Promise<boolean> {
  if (!process.stdin.isTTY) return false
  const ask = createInterface({ input: process.stdin, output: process.stderr })
  const answer = await ask.question(`\nSwitch sending on, and ${fate} what was held back? Type yes: `)
  ask.close()
  return answer.trim() === 'yes'
}

/** Of a node that does not run. Held back is what it finds when it starts: start it once before. */
async function ofStopped(config: NodeConfig): Promise<ToReconcile> {
  const note = readRestored(config.data)
  if (note === null) throw new OperatorError('NOT_RESTORED', 'this node was never restored: there is nothing to reconcile')
  if (!note.settled && note.sending === 'off') throw new OperatorError('NODE_SILENT', 'start the node first: only then is known which messages it would have sent')
  const { passphrase } = givenPassphrase(config)
  const parts = await openParts({ data: config.data, passphrase, views: false })
  let report: ToReconcile
  try {
    report = await toReconcile(parts, note, [])
  } finally {
    await parts.close()
  }
  const held = await withSending(config, (sending) => Promise.resolve(sending.held()))
  return { ...report, messages: (await toReconcile({ data: config.data, groups: [] }, note, held)).messages }
}

const switchOn = (config: NodeConfig, fate: Fate): Promise<Restored> => withSending(config, (sending) => sending.reconcile(fate, new Date()))

async function withSending<T>(config: NodeConfig, use: (sending: Sending) => Promise<T>): Promise<T> {
  const lock = lockDirectory(config.data)
  try {
    const keep = await openIdentityKeep({ dataDir: config.data, passphrase: givenPassphrase(config).passphrase })
    try {
      return await use(new Sending(config.data, keep.custody))
    } finally {
      await keep.close()
    }
  } finally {
    lock.release()
  }
}
