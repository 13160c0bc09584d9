import { existsSync, readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { migrationState } from '@growr/collections'
import { freeDisk, watchStorage } from '@growr/runtime'
import { roomsOf } from '@growr/service'
import { BACKUP_NOTE, sizeOf, type BackupDone } from '../backup/backup.ts'
import { passphraseFile, type NodeConfig } from '../config.ts'
import { givenPassphrase } from '../command.ts'
import { GROUPS } from '../parts.ts'
import { readRestored } from '../restore/note.ts'
import { advice, ok, wrong, type Finding } from './finding.ts'
import { readPassphraseNote } from './passphrase.ts'

const DAY = 86_400_000
const GIGABYTE = 1_000_000_000
const LEAST_FREE = 256 * 1024 * 1024

export interface Subject {
  readonly config: NodeConfig
  readonly now: Date
  /** Whether the node runs. */
  readonly runs: boolean
}

const days = (milliseconds: number): string => `${Math.floor(milliseconds / DAY)} days`

/** What can be seen without opening anything. */
export async function outerChecks(subject: Subject): Promise<Finding[]> {
  const findings = [runtime(), ...rights(subject), await space(subject), await storage(subject), ...passphrase(subject), ...(await migrations(subject)), backups(subject), ...restored(subject), mailing(subject)]
  if (!subject.runs) findings.push(await port(subject))
  return findings
}

function runtime(): Finding {
  const major = Number(process.versions.node.split('.')[0])
  return major >= 24 ? ok('runtime', `Node ${process.versions.node}`) : wrong('runtime', `Node ${process.versions.node} is too old`, 'use npm start, which brings its own, or Node 24')
}

function rights({ config: { data } }: Subject): Finding[] {
  const { mode, uid } = statSync(data)
  const own = process.getuid?.()
  if (own !== undefined && own !== 0 && uid !== own) return [wrong('data.owner', `${data} belongs to another user`, `run the node and this as that user, or: chown -R $(id -un) ${data}`)]
  return [(mode & 0o077) === 0 ? ok('data.rights', `${data} is its owner's alone`) : wrong('data.rights', `others may enter ${data}`, `chmod 700 ${data}`)]
}

async function space({ config: { data } }: Subject): Promise<Finding> {
  const { free, total } = await freeDisk(data)
  const what = `${sizeOf(free)} of ${sizeOf(total)} are free`
  if (free < LEAST_FREE) return wrong('data.space', what, 'make room: the node is not ready until there is')
  return free < GIGABYTE ? advice('data.space', what, 'make room before it is needed') : ok('data.space', what)
}

async function storage({ config: { data } }: Subject): Promise<Finding> {
  const watch = watchStorage(data)
  try {
    const { ok: sound, reason = '' } = await watch.check()
    return sound ? ok('data.storage', 'what lies in it can be written and read') : wrong('data.storage', reason, /FULL/.test(reason) ? 'make room' : /TRUNCATED|MISSING|UNREADABLE/.test(reason) ? 'stop the node, copy the directory as it is, look at the disk, and restore the last back-up' : 'look at the rights and the mount of the directory')
  } finally {
    await watch.close()
  }
}

function passphrase({ config, now, runs }: Subject): Finding[] {
  const file = passphraseFile(config)
  try {
    const { source } = givenPassphrase(config)
    const note = readPassphraseNote(config.data)
    const created = oldest(config.data)
    const since = note.rotatedAt ?? created
    const age = since === null ? 0 : now.getTime() - new Date(since).getTime()
    const from = source === 'environment' ? 'GROWR_PASSPHRASE' : file
    const found: Finding[] = []
    found.push(age > 365 * DAY
      ? advice('keys.passphrase', `the pass phrase (${from}) is ${days(age)} old`, 'change it while the node is stopped: npm run doctor -- --rotate-passphrase')
      : ok('keys.passphrase', `the pass phrase comes from ${from}${since === null ? '' : `, and is of ${since.slice(0, 10)}`}`))
    found.push(note.copyConfirmedAt === null
      ? advice('keys.copy', 'nobody has shown that there is a copy of the pass phrase: without it neither the data nor any back-up can ever be read, by anybody', 'write it down, keep it away from this machine, then type it from there: npm run doctor -- --confirm-passphrase')
      : ok('keys.copy', `a copy of the pass phrase was shown on ${note.copyConfirmedAt.slice(0, 10)}`))
    return found
  } catch (error) {
    const { message } = error as Error
    if (runs) return [ok('keys.passphrase', 'the node has its pass phrase; this command has not been given it')]
    return [wrong('keys.passphrase', message, 'find the copy: nothing else opens the keys, and nobody can reset it. A back-up needs the pass phrase of its day, too')]
  }
}

/** When the first of the keys was made; it is in the open. */
function oldest(data: string): string | null {
  const instants = GROUPS.flatMap((group) => {
    try {
      const { body } = JSON.parse(readFileSync(roomsOf(data, group).custody, 'utf8')) as { body: string }
      return (JSON.parse(body) as { records: { createdAt: string }[] }).records.map(({ createdAt }) => createdAt)
    } catch {
      return []
    }
  })
  return instants.toSorted()[0] ?? null
}

async function migrations({ config: { data }, runs }: Subject): Promise<Finding[]> {
  const found: Finding[] = []
  for (const group of ['identity', 'financing', 'payment'] as const) {
    const file = roomsOf(data, group).collections
    // Of a node that runs they are applied: and nobody else touches its files.
    if (runs || !existsSync(file)) continue
    const { pending, unknown, changed } = await migrationState(file)
    if (unknown.length > 0) found.push(wrong(`migrations.${group}`, `a newer release was here (${unknown.join(', ')})`, 'start that release again, or restore the back-up from before it'))
    else if (changed.length > 0) found.push(wrong(`migrations.${group}`, `${changed.join(', ')} are not what was applied`, 'take the release as it was published'))
    else if (pending.length > 0) found.push(advice(`migrations.${group}`, `${pending.length} will be applied at the next start`, 'take a back-up first'))
  }
  return found.length > 0 ? found : [ok('migrations', 'the records are of this release')]
}

function backups({ config: { data, production }, now }: Subject): Finding {
  const todo = 'npm run backup, once a day and to another disk'
  const file = join(data, BACKUP_NOTE)
  if (!existsSync(file)) return (production ? wrong : advice)('backup.age', 'there was never a back-up', todo)
  const done = JSON.parse(readFileSync(file, 'utf8')) as BackupDone
  const age = now.getTime() - new Date(done.instant).getTime()
  const what = `the last back-up is of ${done.instant} (${sizeOf(done.bytes)}, ${done.file})`
  if (existsSync(done.file) && statSync(done.file).size !== done.bytes) return wrong('backup.age', `${what}, and has another size now`, todo)
  if (age > 7 * DAY) return wrong('backup.age', `${what}: ${days(age)} ago`, todo)
  return age > 1.5 * DAY ? advice('backup.age', `${what}: ${days(age)} ago`, todo) : ok('backup.age', what)
}

function restored({ config: { data } }: Subject): Finding[] {
  const found: Finding[] = []
  const note = readRestored(data)
  if (note?.sending === 'off') found.push(wrong('sending', `the node was restored on ${note.at} (as of ${note.instant}) and sends nothing`, 'npm run restore -- --reconcile shows what to look at and switches it on'))
  if (existsSync(`${data}.unfinished`)) found.push(advice('restore.unfinished', `${data}.unfinished is what a restore or a demonstration left that was interrupted`, 'start it again, or remove the directory'))
  return found
}

function mailing({ config }: Subject): Finding {
  const missing = [config.smtp ? [] : ['e-mail'], config.sms ? [] : ['SMS']].flat()
  if (missing.length === 0) return ok('messages.providers', 'e-mail and SMS have their providers')
  return (config.production ? wrong : advice)('messages.providers', `nobody receives ${missing.join(' or ')}: they are written into the mail-box folder`, 'set smtp.* and sms.* (docs/configuration.md)')
}

function port({ config: { api } }: Subject): Promise<Finding> {
  return new Promise((done) => {
    const server = createServer()
    const what = `${api.host}:${api.port}`
    server.once('error', (error: NodeJS.ErrnoException) => done(error.code === 'EADDRINUSE'
      ? wrong('port', `${what} is taken by another program`, 'stop that one, or set api.port')
      : wrong('port', `${what} cannot be listened on (${error.code ?? 'unknown'})`, 'set api.host to an address of this machine, api.port to one above 1023')))
    server.listen(api.port, api.host, () => server.close(() => done(ok('port', `${what} is free`))))
  })
}
