import { resolve } from 'node:path'
import { backupPassphrase, commandConfig, givenPassphrase, readWords, say, type Print } from '../command.ts'
import { order } from '../control-socket.ts'
import { OperatorError } from '../operator-error.ts'
import { openParts } from '../parts.ts'
import { defaultTarget, sizeOf, takeBackup, type BackupDone } from './backup.ts'

// npm run backup [-- --to FILE] [--backup-passphrase-file FILE] [--json] [settings of the node]

/** The command; its exit code. What it has to say to a person who waits goes to standard error. */
export async function backup(args: readonly string[], print: Print): Promise<number> {
  const { own, words, settings } = readWords(args, { switches: ['json'], values: ['to', 'backup-passphrase-file'] })
  if (words.length > 0) throw new OperatorError('ARGUMENTS', `what is «${words[0]}»? The file is given by --to FILE`)
  const { data } = commandConfig(settings)
  const to = typeof own['to'] === 'string' ? resolve(own['to']) : defaultTarget(data, new Date())
  const passphrase = await backupPassphrase(own)
  let told = ''
  const progress = ({ bytes, books, of }: { bytes: number; books: number; of: number }): void => {
    const line = `${sizeOf(bytes)}, ${books} of ${of} books`
    if (line !== told) say(line)
    told = line
  }
  const done = await order<BackupDone>(data, 'backup', { to, ...(passphrase === undefined ? {} : { passphrase }) }, progress as (state: never) => void) ?? await ofStopped(to, settings, passphrase, progress)
  if (own['json'] === true) print(`${JSON.stringify(done)}\n`)
  else {
    print(`${[
      `The back-up is ${done.file} (${sizeOf(done.bytes)}): everything as it was at ${done.instant}; ${done.books} books with ${done.entries} entries.`,
      `It opens with ${passphrase === undefined ? 'the pass phrase of the keys' : 'the pass phrase that was given; the keys in it with theirs'}: keep that apart from it, and both away from this machine.`,
      'Try it now and then: npm run restore -- --check FILE',
    ].join('\n')}\n`)
  }
  return 0
}

async function ofStopped(to: string, settings: readonly string[], own: string | undefined, progress: (state: { bytes: number; books: number; of: number }) => void): Promise<BackupDone> {
  const config = commandConfig(settings)
  const { passphrase } = givenPassphrase(config)
  const parts = await openParts({ data: config.data, passphrase, views: false })
  try {
    return await takeBackup(parts, { to, passphrase: own ?? passphrase, progress })
  } finally {
    await parts.close()
  }
}
